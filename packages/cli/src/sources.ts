/** Sources of readiness, as the command line names them. */
import { type Plan, sourceCalled } from 'fifodir/readiness'
import { latin1Of } from './argv.ts'

/** A pattern has a character for each byte; a path is text. @throws RangeError, PatternError */
export function planCalled(name: string): Plan {
  return sourceCalled(name.startsWith('log:') ? latin1Of(name) : name)
}
