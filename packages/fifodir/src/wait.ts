/** Waiting, as promises: for one pattern in one fifodir, or for several, all or any. */
import { filter, map, merge, type Subscription, take } from 'rxjs'
import { FifodirError } from './error.ts'
import { printable } from './event.ts'
import { events, type EventsOptions } from './events.ts'
import { Pattern } from './pattern/pattern.ts'
import { type Match, Search } from './search.ts'
import { type Ends, within } from './within.ts'

export interface WaitOptions extends EventsOptions {
  /** How long it may take, in milliseconds: up to 2,147,483,647 (24 days); 0, the default, is no limit. */
  readonly timeoutMs?: number
  /** Ends the wait: it rejects with the signal's reason, and the FIFOs are gone when `abort()` returns. */
  readonly signal?: AbortSignal
}

/** What is waited for, and where. */
export type Wait = readonly [path: string, pattern: string | RegExp | Pattern]

/** A match, where it came, and when. */
export interface Occurrence extends Match {
  readonly path: string
  readonly at: Date
}

/** What a wait still lacked when its time was up. */
export interface Missing {
  readonly path: string
  readonly pattern: string
  /** The events that came, at most the last 4,096. */
  readonly seen: string
}

/** A wait whose time was up: code `ETIMEDOUT`. */
export class TimedOutError extends FifodirError {
  readonly missing: readonly Missing[]

  constructor(timeoutMs: number, missing: readonly Missing[]) {
    const each = missing.map(({ path, pattern, seen }) => {
      return `'${printable(pattern)}' in ${path} (events seen: ${seen === '' ? 'none' : `'${printable(seen)}'`})`
    })
    super({ code: 'ETIMEDOUT', operation: 'wait', reason: `not within ${timeoutMs} ms: ${each.join(', ')}` })
    this.missing = missing
  }
}

/**
 * Waits until the events of the fifodir at `path` match `pattern`.
 *
 * Guarantee: it listens from the call on: what is sent after that is not missed, `await`ed or not, and counts even when
 * the time is up before the event loop came to read it. When the promise settles, no trace is left in the directory.
 *
 * @param pattern a POSIX extended regular expression, a RegExp, or a {@link Pattern}, searched in the events since the
 *   call; decided after every single event
 * @returns rejects with FifodirError (ENOENT, EACCES, …), {@link TimedOutError}, the signal's reason, and with
 *   PatternError, TypeError or RangeError for wrong arguments, before anything was touched
 * @see s6 2.15.1.0 src/pipe-tools/s6-ftrig-wait.c
 * @example
 * import { makeFifodir, notify, waitFor } from 'fifodir'
 * makeFifodir('event')
 * const up = waitFor('event', 'u.*U', { timeoutMs: 5000 })
 * notify('event', 'suUd')
 * const { sequence } = await up
 * sequence // => 'suU'
 */
export async function waitFor(
  path: string,
  pattern: string | RegExp | Pattern,
  options?: WaitOptions,
): Promise<Occurrence> {
  const [found] = await start([[path, pattern]], 1, options)
  return (found as Found).occurrence
}

/**
 * Waits until every one of `waits` has matched, in whatever order. Guarantees and rejections as for {@link waitFor}: it
 * listens in all of the fifodirs from the call on.
 *
 * @returns the matches, in the order of `waits`
 * @see s6 2.15.1.0 src/pipe-tools/s6-ftrig-listen.c, -a
 * @example
 * import { makeFifodir, notify, waitForAll } from 'fifodir'
 * makeFifodir('database')
 * makeFifodir('cache')
 * const up = waitForAll([['database', 'U'], ['cache', 'U']])
 * notify('cache', 'U')
 * notify('database', 'U')
 * const found = await up
 * found.map(({ path }) => path) // => ['database', 'cache']
 */
export async function waitForAll(waits: readonly Wait[], options?: WaitOptions): Promise<Occurrence[]> {
  const found = await start(waits, waits.length, options)
  return found.toSorted((a, b) => a.index - b.index).map(({ occurrence }) => occurrence)
}

/**
 * Waits until one of `waits` has matched. Guarantees and rejections as for {@link waitForAll}.
 *
 * @returns the first match, and its index in `waits`
 * @throws (rejects) RangeError where `waits` is empty: nothing could ever match
 * @see s6 2.15.1.0 src/pipe-tools/s6-ftrig-listen.c, -o
 * @example
 * import { makeFifodir, notify, waitForAny } from 'fifodir'
 * makeFifodir('primary')
 * makeFifodir('replica')
 * const up = waitForAny([['primary', 'U'], ['replica', 'U']])
 * notify('replica', 'U')
 * const { index } = await up
 * index // => 1
 */
export async function waitForAny(
  waits: readonly Wait[],
  options?: WaitOptions,
): Promise<Occurrence & { index: number }> {
  if (waits.length === 0) throw new RangeError('waits must not be empty: nothing could ever match')
  const [first] = (await start(waits, 1, options)) as [Found]
  return { ...first.occurrence, index: first.index }
}

/** The match of the wait at `index`. */
interface Found {
  readonly index: number
  readonly occurrence: Occurrence
}

/** Listens for all of `waits` at once, and resolves with the first `needed` matches. */
function start(waits: readonly Wait[], needed: number, options: WaitOptions = {}): Promise<Found[]> {
  const found: Found[] = []
  const searches = waits.map(([path, pattern]) => ({ path, pattern: String(pattern), search: new Search(pattern) }))
  const begin = ({ resolve, reject }: Ends<Found[]>): Subscription => {
    const matches = searches.map(({ path, search }, index) =>
      events(path, { appear: options.appear ?? false }).pipe(
        map((event) => search.next(event)),
        filter((match) => match !== undefined),
        take(1),
        map((match) => ({ index, occurrence: { ...match, path, at: new Date() } })),
      ),
    )
    return merge(...matches)
      .pipe(take(needed))
      .subscribe({ next: (one) => found.push(one), error: reject, complete: () => resolve(found) })
  }
  const timedOut = (timeoutMs: number): TimedOutError => {
    const missing = searches
      .filter((_, index) => !found.some((one) => one.index === index))
      .map(({ path, pattern, search }) => ({ path, pattern, seen: search.seen().sequence }))
    return new TimedOutError(timeoutMs, missing)
  }
  return within(options, begin, timedOut)
}
