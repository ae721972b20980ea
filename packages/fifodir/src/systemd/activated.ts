/** What a Node server wants of the descriptors that were handed over: something to listen on, or its one connection. */
import type { Socket } from 'node:net'
import { type ListenFd, listenFds } from './listen-fds.ts'

const isOf =
  (name: string | undefined) =>
  (each: ListenFd): boolean =>
    each.type === 'stream' && (name === undefined || each.name === name)

/**
 * The first socket handed over, under `name` where that is given, that accepts connections; undefined where this service
 * was started without. It goes where a port or a path goes: into `listen()` of a server of `node:net`, `http`, `http2`, `tls`.
 *
 * @throws FifodirError as {@link listenFds}
 * @see {@link listenFdByName} for all else: `createSocket('udp4').bind(listenFdByName('dns'))` takes a UDP socket
 * @example
 * import { createServer } from 'node:http'
 * import { activated } from 'fifodir/systemd'
 * const server = createServer((_, response) => response.end('hello'))
 * server.listen(activated('http') ?? 0) // its own port where nobody opened one for it
 * server.close()
 */
export function activated(name?: string): ListenFd | undefined {
  return listenFds().find((each) => each.listening && isOf(name)(each))
}

const connections = new Map<number, Socket>()

/**
 * The first connection handed over, under `name` where that is given: with `Accept=yes`, or `activate --accept`, one
 * process serves one connection. Undefined where this service was started without. Asked again, it is the same.
 *
 * @throws FifodirError as {@link listenFds}
 * @example
 * import { accepted } from 'fifodir/systemd'
 * accepted()?.end('good bye\n')
 */
export function accepted(name?: string): Socket | undefined {
  const found = listenFds().find((each) => !each.listening && isOf(name)(each))
  if (found === undefined) return undefined
  const net = process.getBuiltinModule('node:net') // not at import: it is slow to load, and most services have it anyway
  const connection = connections.get(found.fd) ?? new net.Socket({ fd: found.fd, readable: true, writable: true })
  connections.set(found.fd, connection)
  return connection
}
