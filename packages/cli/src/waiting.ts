/** What `wait` and `listen` have in common: fifodirs and patterns, all of them or one, and how long. */
import { type Occurrence, waitForAll, waitForAny } from 'fifodir'
import { APPEAR_OPTION, type Invocation, JSON_OPTION, type Option, UsageError } from './command.ts'
import { durationMs } from './duration.ts'
import { pairsOf, printMatch, type Printing } from './pairs.ts'

export const PRINTING_OPTIONS: readonly Option[] = [
  { short: 'q', long: 'quiet', help: 'print nothing' },
  { long: 'sequence', help: 'print all events up to the completing one, not that one alone' },
  JSON_OPTION,
]

export const WAITING_OPTIONS: readonly Option[] = [
  { short: 'a', long: 'all', help: 'wait for all patterns (the default)' },
  { short: 'o', long: 'one', help: 'wait for one of the patterns' },
  { short: 't', long: 'timeout', value: 'T', help: 'give up after T: 500ms, 5s, 2m; a bare number is ms, 0 no limit' },
  APPEAR_OPTION,
  ...PRINTING_OPTIONS,
]

export function printingOf({ options, operands }: Invocation): Printing {
  const { json = false, quiet = false, sequence = false } = options as Partial<Record<keyof Printing, boolean>>
  return { json, quiet, sequence, several: operands.length > 2 }
}

/**
 * Starts what the command line asks to wait for; it is listening when this returns.
 *
 * @returns what resolves when it has come, and was printed in the order of the operands; rejects as the library's waits do
 */
export function startWaiting(invocation: Invocation, signal: AbortSignal): Promise<void> {
  const {
    all,
    one,
    timeout,
    appear = false,
  } = invocation.options as Record<string, string | undefined> & {
    all?: boolean
    one?: boolean
    appear?: boolean
  }
  if (all && one) throw new UsageError('-a and -o exclude each other')
  const waits = pairsOf(invocation.operands)
  const options = { timeoutMs: durationMs(timeout), appear, signal }
  const printing = printingOf(invocation)
  const occurrences = one ? waitForAny(waits, options).then((first) => [first]) : waitForAll(waits, options)
  return occurrences.then((found: Occurrence[]) => {
    for (const occurrence of found) printMatch(occurrence, printing)
  })
}
