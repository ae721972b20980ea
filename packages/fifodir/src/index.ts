/** fifodir: events and readiness between Unix processes, through nothing but a directory. */
export { cleanFifodir, type Cleaned, makeFifodir, type MakeOptions } from './directory.ts'
export { FifodirError, type FifodirErrorFacts, type Operation } from './error.ts'
export { events, type EventsOptions } from './events.ts'
export { match } from './match.ts'
export { Notifier, type NotifierOptions } from './notifier.ts'
export { type Delivery, notify } from './notify.ts'
export { type Matcher, Pattern, type PatternOptions } from './pattern/pattern.ts'
export { PatternError } from './pattern/pattern-error.ts'
export { type Match } from './search.ts'
export {
  type Missing,
  type Occurrence,
  TimedOutError,
  type Wait,
  waitFor,
  waitForAll,
  waitForAny,
  type WaitOptions,
} from './wait.ts'
