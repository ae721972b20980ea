/** Internet addresses: as text, and as `struct sockaddr_in` and `sockaddr_in6`. */
import { declare } from './libc.ts'

const inetPton = declare<(family: number, text: string, bytes: Uint8Array) => number>(
  'int inet_pton(int, const char *, _Out_ uint8_t *)',
)
const inetNtop = declare<(family: number, bytes: Uint8Array, text: Uint8Array, size: number) => unknown>(
  'void *inet_ntop(int, const uint8_t *, _Out_ uint8_t *, uint32_t)',
)

export const AF_INET = 2
export const AF_INET6 = 10

/** Where the address is: behind family and port, and for IPv6 the flow; and how long the whole is. */
const LAYOUT = { [AF_INET]: { at: 4, length: 4, size: 16 }, [AF_INET6]: { at: 8, length: 16, size: 28 } }
const LONGEST_TEXT = 46

/** The family of a numeric address. */
export function inetFamily(host: string): typeof AF_INET | typeof AF_INET6 {
  return host.includes(':') ? AF_INET6 : AF_INET
}

/** The socket address of `port` at `host`, or undefined where that is no numeric address. */
export function inetAddress(host: string, port: number): Uint8Array | undefined {
  const family = inetFamily(host)
  const { at, length, size } = LAYOUT[family]
  const bytes = Buffer.alloc(length)
  if (inetPton(family, host, bytes) !== 1) return undefined
  const address = Buffer.alloc(size)
  address.set(new Uint8Array(Uint16Array.of(family).buffer)) // in the machine's own order
  address.writeUInt16BE(port, 2)
  address.set(bytes, at)
  return address
}

/** The host and port of a socket address of `family`. */
export function inetParts(family: typeof AF_INET | typeof AF_INET6, address: Buffer): { host: string; port: number } {
  const { at, length } = LAYOUT[family]
  const text = Buffer.alloc(LONGEST_TEXT)
  inetNtop(family, address.subarray(at, at + length), text, text.length)
  return { host: text.toString('latin1', 0, text.indexOf(0)), port: address.readUInt16BE(2) }
}
