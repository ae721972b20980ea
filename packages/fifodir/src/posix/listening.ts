/** Sockets that others come to: opened so that what comes is waited for, as any program expects of its own. */
import { check, declare } from './libc.ts'
import { getOption } from './socket.ts'
import { isSystemError } from './system-error.ts'

const socket = declare<(family: number, type: number, protocol: number) => number>('int socket(int, int, int)')
const setsockopt = declare<(fd: number, level: number, option: number, value: number[], length: number) => number>(
  'int setsockopt(int, int, int, const int *, uint32_t)',
)
const listen = declare<(fd: number, backlog: number) => number>('int listen(int, int)')
const accept4 = declare<(fd: number, address: null, length: null, flags: number) => number>(
  'int accept4(int, void *, void *, int)',
)

export const AF_UNIX = 1
export const SOCK_STREAM = 1
export const SOCK_SEQPACKET = 5
export const SO_REUSEADDR = 2
export const SO_REUSEPORT = 15

const SO_ACCEPTCONN = 30
const SOCK_CLOEXEC = 0o2000000
const IPPROTO_IPV6 = 41
const IPV6_V6ONLY = 26

/** Opens a socket, close-on-exec, for `closeDescriptor`. */
export function openSocket(family: number, type: number): number {
  return check(socket(family, type | SOCK_CLOEXEC, 0), 'socket')
}

/** Whether an IPv6 socket leaves IPv4 to others, whatever the system's default. */
export function setV6Only(fd: number, only: boolean): void {
  check(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, [Number(only)], 4), 'setsockopt')
}

export function listenOn(fd: number, backlog: number): void {
  check(listen(fd, backlog), 'listen')
}

/** Whether connections can be accepted from `fd`, whatever it is. */
export function isListening(fd: number): boolean {
  try {
    return getOption(fd, SO_ACCEPTCONN) === 1
  } catch (error) {
    if (isSystemError(error, 'ENOTSOCK')) return false
    throw error
  }
}

/** What befalls one connection, and not the socket: it was gone before it could be accepted, or its network was. */
const GONE = [
  'EAGAIN',
  'ECONNABORTED',
  'EINTR',
  'EPROTO',
  'ENETDOWN',
  'ENETUNREACH',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENONET',
  'ENOPROTOOPT',
  'EOPNOTSUPP',
  'EPERM',
]

/**
 * Accepts a connection: close-on-exec, blocking, for `closeDescriptor`. Undefined where there is none any more.
 *
 * @see accept(2), which says that what is wrong with a connection is to be taken like EAGAIN
 */
export function acceptConnection(fd: number): number | undefined {
  try {
    return check(accept4(fd, null, null, SOCK_CLOEXEC), 'accept4')
  } catch (error) {
    if (isSystemError(error, ...GONE)) return undefined
    throw error
  }
}
