/** Connections one by one, for programs that serve a single one. */
import { Observable } from 'rxjs'
import { attempt, failure } from '../failure.ts'
import { closeDescriptor } from '../posix/descriptor.ts'
import { acceptConnection, isListening } from '../posix/listening.ts'
import { type Watch, watchDescriptor } from '../posix/poll.ts'
import { peerAddress, type SocketAddress } from '../posix/socket-address.ts'
import { isSystemError } from '../posix/system-error.ts'
import { NAMELESS } from './definition.ts'
import type { Passed } from './provision.ts'

/** A connection that was accepted. It is its receiver's, to be closed when it was handed on. */
export interface Connection extends Passed, Disposable {
  /** Who is at its other end; undefined for a Unix socket's peer without a name of its own. */
  readonly remote: SocketAddress | undefined
  /** Idempotent. */
  close(): void
}

/**
 * The connections that come to `sockets`, accepted as they come. Each has the name of its socket, or `connection` where
 * that has none.
 *
 * Never completes; it keeps the process alive as long as it is subscribed. Fails with a FifodirError EMFILE, ENFILE,
 * ENOBUFS, ENOMEM where no connection can be accepted now: who waits goes on waiting, so that it can be subscribed again.
 *
 * @throws TypeError where one of them accepts no connections: a datagram socket, a FIFO
 * @see systemd.socket(5), Accept=yes; accept(2)
 * @example
 * import { connections, openSockets } from 'fifodir/activation'
 * import { connect } from 'node:net'
 * import { firstValueFrom } from 'rxjs'
 * const web = openSockets(['tcp:127.0.0.1:0'])
 * const first = firstValueFrom(connections(web.sockets))
 * connect(web.sockets[0].address).resume()
 * const connection = await first
 * connection.remote.host // => '127.0.0.1'
 * connection.close()
 * web.close()
 */
export function connections(sockets: readonly Passed[]): Observable<Connection> {
  for (const { fd, name } of sockets)
    if (!isListening(fd))
      throw new TypeError(`no connections can be accepted from ${name}: it is not a listening socket`)
  return new Observable((observer) => {
    const watches: Watch[] = []
    observer.add(() => {
      for (const watch of watches) watch.close()
    })
    for (const { fd, name } of sockets) {
      const accept = (): void => {
        try {
          const connection = connectionFrom(fd, name === NAMELESS ? 'connection' : name)
          if (connection !== undefined) observer.next(connection)
        } catch (error) {
          observer.error(failure('accept connections of', name, error))
        }
      }
      watches.push(attempt('wait at', name, () => watchDescriptor(fd, { readable: true }, accept)))
    }
  })
}

function connectionFrom(listening: number, name: string): Connection | undefined {
  const fd = acceptConnection(listening)
  if (fd === undefined) return undefined
  let open = true
  const close = (): void => {
    if (open) closeDescriptor(fd)
    open = false
  }
  return { fd, name, remote: remoteOf(fd), close, [Symbol.dispose]: close }
}

function remoteOf(fd: number): SocketAddress | undefined {
  try {
    return peerAddress(fd)
  } catch (error) {
    if (isSystemError(error, 'ENOTCONN')) return undefined // it is gone already
    throw error
  }
}
