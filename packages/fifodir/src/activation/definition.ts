/** What is to be opened for a service to listen on, and how it is called in messages. */

/** A TCP or UDP socket. */
export interface InternetSocket {
  readonly kind: 'tcp' | 'udp'
  /** What the service calls it: printable ASCII without colons, at most 255 characters; `unknown` where it is left out. */
  readonly name?: string | undefined
  /** A numeric address, and then of its family alone; every address, IPv4 and IPv6, where it is left out. */
  readonly host?: string | undefined
  /** 0 to 65535; the system chooses one for 0. */
  readonly port: number
  /** Whether other processes of this user may open the same, and share what comes (SO_REUSEPORT). */
  readonly reusePort?: boolean | undefined
  /** How many TCP connections may wait to be accepted; as many as the system allows where it is left out. */
  readonly backlog?: number | undefined
}

/** A Unix socket, or a FIFO. */
export interface LocalSocket {
  readonly kind: 'unix' | 'unix-dgram' | 'unix-seqpacket' | 'fifo'
  readonly name?: string | undefined
  /** A path of at most 107 bytes; or, for a socket, `@` and a name that is in no file system (Linux). */
  readonly path: string
  /** Its permission bits, whatever the umask: 0o666 where it is left out. */
  readonly mode?: number | undefined
  /** Its owner, a name or a number; this process's user where it is left out. */
  readonly user?: string | number | undefined
  readonly group?: string | number | undefined
  readonly backlog?: number | undefined
}

export type SocketDefinition = InternetSocket | LocalSocket

/** Every kind. */
export const KINDS: readonly SocketDefinition['kind'][] = ['tcp', 'udp', 'unix', 'unix-dgram', 'unix-seqpacket', 'fifo']

/** A definition as text: `tcp:[::1]:80`, `unix:/run/web.sock`. */
export function labelOf(definition: SocketDefinition): string {
  if ('path' in definition) return `${definition.kind}:${definition.path}`
  const { kind, host = '', port } = definition
  return `${kind}:${host.includes(':') ? `[${host}]:` : host && `${host}:`}${port}`
}

/** The name of what has none, as libsystemd has it. */
export const NAMELESS = 'unknown'

/** The backlog that is as long as the system allows. */
export const MOST = 0x7fffffff
