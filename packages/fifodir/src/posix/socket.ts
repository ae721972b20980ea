/**
 * Sockets as the kernel knows them, for what `node:net` and `node:dgram` refuse: Unix datagram sockets, abstract names,
 * options. Constants are Linux's. All that is opened here is for `closeDescriptor`.
 */
import { constants } from 'node:os'
import { check, declare } from './libc.ts'
import { systemError } from './system-error.ts'

const socket = declare<(domain: number, type: number, protocol: number) => number>('int socket(int, int, int)')
const bind = declare<(fd: number, address: Uint8Array, length: number) => number>(
  'int bind(int, const uint8_t *, uint32_t)',
)
const connect = declare<(fd: number, address: Uint8Array, length: number) => number>(
  'int connect(int, const uint8_t *, uint32_t)',
)
const getsockname = declare<(fd: number, address: Uint8Array, length: number[]) => number>(
  'int getsockname(int, _Out_ uint8_t *, _Inout_ uint32_t *)',
)
const setsockopt = declare<(fd: number, level: number, option: number, value: number[], length: number) => number>(
  'int setsockopt(int, int, int, const int *, uint32_t)',
)
const getsockopt = declare<(fd: number, level: number, option: number, value: number[], length: number[]) => number>(
  'int getsockopt(int, int, int, _Out_ int *, _Inout_ uint32_t *)',
)

const AF_UNIX = 1
const SOL_SOCKET = 1
const SOCK_NONBLOCK = 0o4000
const SOCK_CLOEXEC = 0o2000000

/** Kinds of sockets. */
export const SOCK_DGRAM = 2

/** Options of sockets: whole numbers, all of them. */
export const SO_TYPE = 3
export const SO_PASSCRED = 16

/** Of the 108 bytes that the kernel has for a name; systemd leaves the last one out for either kind. */
const MAX_NAME = 107

/** The family, in the machine's own order of bytes. */
const FAMILY: readonly number[] = [...new Uint8Array(Uint16Array.of(AF_UNIX).buffer)]

/** An address without a name: the kernel finds an abstract one, that nobody has. */
export const ANY_UNIX_ADDRESS: Uint8Array = Uint8Array.from(FAMILY)

/**
 * The address of `name`, an absolute path or `@` and an abstract name, of exactly the length that it has: a path ends
 * with a NUL, an abstract name with its last byte, as every byte after that would belong to it.
 *
 * @throws a system error: EINVAL (it is neither, has a NUL, names nothing, or is abstract and too long), ENAMETOOLONG (a
 *   path of more than 107 bytes), EAFNOSUPPORT (an address of virtual machines, `vsock:…`)
 * @see unix(7); systemd 252 src/libsystemd/sd-daemon/sd-daemon.c, sockaddr_un_set_path
 */
export function unixAddress(name: string): Uint8Array {
  const bytes = Buffer.from(name)
  const isAbstract = name.startsWith('@')
  const refuse = (errno: number): never => {
    throw systemError(errno, 'sockaddr_un', name)
  }
  const { EAFNOSUPPORT, EINVAL, ENAMETOOLONG } = constants.errno
  if (/^vsock(-\w+)?:/.test(name)) refuse(EAFNOSUPPORT)
  if (!/^[/@][^\0]+$/s.test(name)) refuse(EINVAL)
  if (bytes.length > MAX_NAME) refuse(isAbstract ? EINVAL : ENAMETOOLONG)
  return Uint8Array.from(isAbstract ? [...FAMILY, 0, ...bytes.subarray(1)] : [...FAMILY, ...bytes, 0])
}

/** What {@link unixAddress} takes, or the empty string where the socket has no name. */
export function nameOf(fd: number): string {
  const address = Buffer.alloc(FAMILY.length + MAX_NAME + 1)
  const length = [address.length]
  check(getsockname(fd, address, length), 'getsockname')
  const name = address.subarray(FAMILY.length, length[0])
  return name[0] === 0 ? `@${name.toString('utf8', 1)}` : name.toString().replace(/\0.*$/s, '')
}

/** Opens a Unix socket of the kind `type`: close-on-exec, and nothing that is done with it blocks. */
export function openUnixSocket(type: number): number {
  return check(socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), 'socket')
}

/** Gives the socket its address; `name` is for the error. */
export function bindSocket(fd: number, address: Uint8Array, name: string): void {
  check(bind(fd, address, address.length), 'bind', name)
}

/** Gives the socket its peer; `name` is for the error. */
export function connectSocket(fd: number, address: Uint8Array, name: string): void {
  check(connect(fd, address, address.length), 'connect', name)
}

export function setOption(fd: number, option: number, value: number): void {
  check(setsockopt(fd, SOL_SOCKET, option, [value], 4), 'setsockopt')
}

export function getOption(fd: number, option: number): number {
  const value = [0]
  check(getsockopt(fd, SOL_SOCKET, option, value, [4]), 'getsockopt')
  return value[0] as number
}
