/** Readiness that can be seen never to come. */
import { FifodirError } from '../error.ts'

/**
 * Nothing will tell any more that it is ready: code `FIFODIR_NEVER_READY`.
 *
 * @example
 * import { NeverReadyError } from 'fifodir/readiness'
 * new NeverReadyError('it ended').message // => 'cannot wait for readiness: it ended (FIFODIR_NEVER_READY)'
 */
export class NeverReadyError extends FifodirError {
  /** The last lines that it printed, where they were seen; without their newlines. */
  readonly output: readonly string[]

  constructor(reason: string, output: readonly string[] = []) {
    super({ code: 'FIFODIR_NEVER_READY', operation: 'wait for readiness', reason })
    this.output = output
  }
}
