import { FifodirError } from '../error.ts'
import { printable } from '../event.ts'

/**
 * A pattern that cannot be compiled: it is wrong, too large, or asks for what no automaton can decide.
 *
 * The message is one line saying what is wrong, where, and what to do, then the pattern, then a caret under the fault.
 * Bytes outside printable ASCII are shown as `\xNN`.
 *
 * @example
 * import { Pattern, PatternError } from 'fifodir'
 * try {
 *   new Pattern('u(U')
 * } catch (error) {
 *   if (!(error instanceof PatternError)) throw error
 *   error.code // => 'FIFODIR_PATTERN'
 *   error.offset // => 1
 *   error.message.split('\n').slice(1) // => ['u(U', ' ^']
 * }
 */
export class PatternError extends FifodirError {
  /** The pattern as it was given; a RegExp as `/source/flags`. */
  readonly pattern: string
  /** Where in {@link pattern} the fault is, in characters from 0. */
  readonly offset: number
  override readonly hint: string

  /** @internal */
  constructor(pattern: string, offset: number, reason: string, hint: string) {
    super({
      code: 'FIFODIR_PATTERN',
      operation: 'compile pattern',
      reason: `${reason} at offset ${offset}`,
      // handed over as a part of the hint, because `stack` takes its copy of the message when the error is made
      hint: `${hint}\n${printable(pattern)}\n${' '.repeat(printable(pattern.slice(0, offset)).length)}^`,
    })
    this.pattern = pattern
    this.offset = offset
    this.hint = hint
  }
}
