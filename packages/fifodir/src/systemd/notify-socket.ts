/** The manager's side: a socket that services notify, read in Node's own loop. */
import { Observable, share } from 'rxjs'
import { failure } from '../failure.ts'
import { atExit } from '../posix/at-exit.ts'
import { DatagramReader } from '../posix/datagram.ts'
import { closeDescriptor } from '../posix/descriptor.ts'
import { watchDescriptor } from '../posix/poll.ts'
import { MAX_BYTES } from './assignments.ts'
import { adoptNotifySocket, bindNotifySocket, type BindOptions, type BoundSocket } from './binding.ts'
import { type NotifyMessage, readMessage } from './message.ts'
import { ownPath } from './own-path.ts'

/** How many are read in one turn of the event loop, so that nobody who sends without end stops it. */
const AT_ONCE = 32

/** Memory for one datagram: a thread handles one at a time. */
let reader: DatagramReader | undefined

/** A socket for notifications. */
export interface NotifySocket extends Disposable {
  /** What NOTIFY_SOCKET is to say to those who are to notify it. */
  readonly address: string
  /**
   * The messages, as they come; hot, and shared by all who subscribe. While anybody is subscribed they are read, and the
   * process is kept alive; else they wait in the kernel, which keeps some 11, and then their senders wait. Completes at
   * {@link close}; errors with FifodirError where the socket cannot be read.
   */
  readonly messages: Observable<NotifyMessage>
  /** Closes the socket, and removes its path; idempotent. Who notifies it afterwards fails (ECONNREFUSED, ENOENT). */
  close(): void
}

/**
 * Opens a socket that children may be given as NOTIFY_SOCKET: under an abstract name that nobody has, at `path`, or over
 * `fd`, the descriptor of a socket that is bound already, which is taken over.
 *
 * Guarantee: from the return on nothing that is sent to it is lost. Messages are handled one after another; what came
 * with one is closed when its handlers have run, and a sender's barrier is released when all that came before it has been
 * handled. A datagram that is no message changes nothing: one of more than 4,096 bytes, with a NUL in it, from a sender
 * that nobody vouches for, or whose descriptors could not all be taken. A path is removed at the end of the process, too.
 *
 * Anybody in the network namespace may send to an abstract name: filter by `pid` or `uid`.
 *
 * @throws FifodirError and others as {@link bindNotifySocket}; EBADF, ENOTSOCK, EPROTOTYPE for a wrong `fd`
 * @see systemd 252 src/core/manager.c, manager_dispatch_notify_fd
 * @example
 * import { spawn } from 'node:child_process'
 * import { isReady, notifySocket } from 'fifodir/systemd'
 * import { filter, firstValueFrom } from 'rxjs'
 * const socket = notifySocket()
 * const service = `import { sdNotify } from 'fifodir/systemd'; sdNotify({ READY: 1, STATUS: 'up' })`
 * const child = spawn(process.execPath, ['--input-type=module', '-e', service], {
 *   env: { ...process.env, NOTIFY_SOCKET: socket.address },
 * })
 * const isChild = ({ pid }) => pid === child.pid
 * const { assignments } = await firstValueFrom(socket.messages.pipe(filter(isChild), filter(isReady)))
 * assignments.get('STATUS') // => 'up'
 * socket.close()
 */
export function notifySocket(options: BindOptions | { readonly fd: number } = {}): NotifySocket {
  const socket = 'fd' in options ? adoptNotifySocket(options.fd) : bindNotifySocket(options)
  const removePath = 'path' in options ? ownPath(socket.address) : () => undefined
  const closed = new AbortController()
  const close = (): void => {
    if (closed.signal.aborted) return
    stay()
    closed.abort() // whoever reads it ends first
    removePath()
    closeDescriptor(socket.fd)
  }
  const stay = atExit(close)
  const messages = messagesOf(socket, closed.signal).pipe(share())
  return { address: socket.address, messages, close, [Symbol.dispose]: close }
}

/** Cold: a subscriber reads the socket, until `closed`. */
function messagesOf({ fd, address }: BoundSocket, closed: AbortSignal): Observable<NotifyMessage> {
  return new Observable((observer) => {
    const complete = (): void => observer.complete()
    if (closed.aborted) return complete()
    const read = (): void => {
      try {
        for (
          let count = 0;
          count < AT_ONCE && !observer.closed && handleNext(fd, (one) => observer.next(one));
          count++
        );
      } catch (error) {
        observer.error(failure('receive notifications at', address, error))
      }
    }
    closed.addEventListener('abort', complete)
    observer.add(() => closed.removeEventListener('abort', complete))
    const watch = watchDescriptor(fd, { readable: true }, read)
    observer.add(() => watch.close())
    return undefined
  })
}

/** Handles the datagram that is next. Whether there was one. */
function handleNext(fd: number, handle: (message: NotifyMessage) => void): boolean {
  const datagram = (reader ??= new DatagramReader(MAX_BYTES)).read(fd)
  if (datagram === undefined) return false
  try {
    const message = readMessage(datagram)
    if (message !== undefined) handle(message)
    return true
  } finally {
    for (const descriptor of datagram.descriptors) closeDescriptor(descriptor)
  }
}
