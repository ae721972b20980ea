/** The program itself: once it has ended, nobody will say that it is ready. */
import { Observable } from 'rxjs'
import { closeDescriptor } from '../posix/descriptor.ts'
import { watchDescriptor } from '../posix/poll.ts'
import { NeverReadyError } from './never-ready.ts'
import type { Source } from './when-ready.ts'

/**
 * Never ready; fails with NeverReadyError when the process that `pidfd` leads to has ended, and what it said before has
 * been read. Takes the descriptor over.
 *
 * @see pidfd_open(2), Linux 5.3
 */
export function fromProcess(pidfd: number): Source {
  return new Observable((observer) => {
    let turn: NodeJS.Immediate | undefined
    const fail = (): void => observer.error(new NeverReadyError('it ended'))
    const watch = watchDescriptor(pidfd, { readable: true }, () => {
      watch.close()
      turn = setImmediate(() => (turn = setImmediate(fail))) // a whole turn of the loop, in which the rest is read
    })
    return () => {
      clearImmediate(turn)
      watch.close()
      closeDescriptor(pidfd)
    }
  })
}
