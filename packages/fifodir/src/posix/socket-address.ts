/** Where a socket is, and where its peer is, in the form in which people write it. */
import { AF_INET, AF_INET6, inetParts } from './inet.ts'
import { check, declare } from './libc.ts'

const getsockname = declare<(fd: number, address: Uint8Array, length: number[]) => number>(
  'int getsockname(int, _Out_ uint8_t *, _Inout_ uint32_t *)',
)
const getpeername = declare<(fd: number, address: Uint8Array, length: number[]) => number>(
  'int getpeername(int, _Out_ uint8_t *, _Inout_ uint32_t *)',
)

const AF_UNIX = 1
/** `struct sockaddr_storage` */
const LARGEST = 128

/** An internet address; or a path, `@` and a name where that is in no file system. */
export type SocketAddress = { readonly host: string; readonly port: number } | { readonly path: string }

/** The family that `fd` is of, a number of the system's, and its own address, where it has one that can be written. */
export function ownAddress(fd: number): { family: number; address: SocketAddress | undefined } {
  return addressFrom(getsockname, 'getsockname', fd)
}

/** The address of whoever `fd` is connected to, where it has one; ENOTCONN where there is nobody. */
export function peerAddress(fd: number): SocketAddress | undefined {
  return addressFrom(getpeername, 'getpeername', fd).address
}

function addressFrom(
  ask: typeof getsockname,
  syscall: string,
  fd: number,
): { family: number; address: SocketAddress | undefined } {
  const bytes = Buffer.alloc(LARGEST)
  const length = [bytes.length]
  check(ask(fd, bytes, length), syscall)
  const family = new Uint16Array(bytes.buffer, bytes.byteOffset, 1)[0] as number
  if (family === AF_UNIX) return { family, address: unixParts(bytes.subarray(2, length[0])) }
  if (family === AF_INET || family === AF_INET6) return { family, address: inetParts(family, bytes) }
  return { family, address: undefined }
}

function unixParts(name: Buffer): SocketAddress | undefined {
  if (name.length === 0) return undefined // a socket pair, or a client that did not ask for a name
  return { path: name[0] === 0 ? `@${name.toString('utf8', 1)}` : name.toString().replace(/\0.*$/s, '') }
}
