/** Waiting until somebody comes, without receiving them: that is the service's to do. */
import { Observable } from 'rxjs'
import { attempt } from '../failure.ts'
import { type Watch, watchDescriptor } from '../posix/poll.ts'
import type { Passed } from './provision.ts'

/**
 * The first of `sockets` at which something waits to be accepted or read, as soon as there is one; then it completes.
 * Nothing is taken from it: whoever comes is connected by the system already, and waits for the service.
 *
 * When it emits, nothing of it watches any more. Idle it makes no system calls. It keeps the process alive.
 *
 * Fails with a FifodirError EBADF, EPERM (a file: what there is to read there is read at once), EMFILE.
 *
 * @example
 * import { openSockets, traffic } from 'fifodir/activation'
 * import { connect } from 'node:net'
 * import { firstValueFrom } from 'rxjs'
 * const web = openSockets(['http=unix:web.sock'])
 * const first = firstValueFrom(traffic(web.sockets))
 * const client = connect('web.sock')
 * const { name } = await first
 * name // => 'http'
 * client.destroy()
 * web.close()
 */
export function traffic<Socket extends Passed>(sockets: readonly Socket[]): Observable<Socket> {
  return new Observable((observer) => {
    const watches: Watch[] = []
    const close = (): void => {
      for (const watch of watches) watch.close()
    }
    observer.add(close)
    for (const socket of sockets) {
      const come = (): void => {
        close()
        observer.next(socket)
        observer.complete()
      }
      watches.push(attempt('wait at', socket.name, () => watchDescriptor(socket.fd, { readable: true }, come)))
    }
  })
}
