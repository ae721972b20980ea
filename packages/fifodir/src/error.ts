/**
 * What went wrong, as facts: the errno name, what was being done, to what, and what to do about it. The message is
 * derived from the facts, so that no call site can get it wrong.
 */

/** What was being done when it went wrong: the verb of the message. */
export type Operation =
  | 'make'
  | 'clean'
  | 'notify'
  | 'subscribe to'
  | 'wait'
  | 'wait for'
  | 'wait for readiness'
  | 'compile pattern'
  | 'take descriptors'
  | 'listen on'
  | 'wait at'
  | 'accept connections of'
  | 'serve'
  | 'notify systemd at'
  | 'receive notifications at'
  | 'read'
  | 'supervise'
  | 'start'
  | 'finish'
  | 'stop'
  | 'signal'
  | 'record status of'
  | 'record death of'
  | 'read definition of'
  | 'read status of'
  | 'control'

/** The facts of a {@link FifodirError}. */
export interface FifodirErrorFacts {
  /** The errno name (`ENOENT`, `EACCES`, …) or a code of ours (`FIFODIR_…`). */
  readonly code: string
  readonly operation: Operation
  /** The path, or the address, that it was being done to. */
  readonly path?: string | undefined
  /** Why, in words: the system's own for an errno. */
  readonly reason: string
  /** What to do next: imperative, no trailing period. */
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/** One line of facts: `cannot notify svc/event: no such file or directory (ENOENT); make it first`. */
export function describe({ code, operation, path, reason, hint }: FifodirErrorFacts): string {
  const what = path === undefined ? operation : `${operation} ${path}`
  return `cannot ${what}: ${reason} (${code})${hint === undefined ? '' : `; ${hint}`}`
}

/**
 * An operation that the system, or the state of things, did not allow. Callers' mistakes are not among these: they are
 * TypeErrors and RangeErrors, thrown before anything was touched.
 *
 * @example
 * import { FifodirError, notify } from 'fifodir'
 * try {
 *   notify('no/such/fifodir', 'U')
 * } catch (error) {
 *   if (!(error instanceof FifodirError)) throw error
 *   error.code // => 'ENOENT'
 *   error.path // => 'no/such/fifodir'
 * }
 */
export class FifodirError extends Error {
  // inherited and not enumerable, so that printing an error shows its facts alone
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'FifodirError', configurable: true, writable: true })
  }
  readonly code: string
  readonly operation: Operation
  readonly path: string | undefined
  readonly reason: string
  readonly hint: string | undefined

  constructor(facts: FifodirErrorFacts) {
    super(describe(facts), facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = facts.code
    this.operation = facts.operation
    this.path = facts.path
    this.reason = facts.reason
    this.hint = facts.hint
  }
}
