/**
 * Socket activation, the opening half: sockets are opened before the service that is to use them runs, and outlive it.
 * Clients can connect while it starts, and while it restarts.
 */
import { attempt } from '../failure.ts'
import { ownAddress, type SocketAddress } from '../posix/socket-address.ts'
import { labelOf, NAMELESS, type SocketDefinition } from './definition.ts'
import { checkedDefinitions } from './definition-check.ts'
import { openInternet } from './open-internet.ts'
import { openLocal } from './open-local.ts'
import { Release } from './release.ts'

/** A socket, or a FIFO, that is open for a service. */
export interface OpenSocket {
  readonly fd: number
  readonly name: string
  readonly kind: SocketDefinition['kind']
  /** Where it can be reached; with the port that the system chose, where it was to. */
  readonly address: SocketAddress
}

/** What {@link openSockets} opened. */
export interface OpenSockets extends Disposable {
  /** In the order of the definitions. */
  readonly sockets: readonly OpenSocket[]
  /** Closes them, and removes the files that were made for them; idempotent. */
  close(): void
}

/**
 * Opens `definitions` for services to listen on: objects, or texts of the form `[NAME=]KIND:ADDRESS[,OPTION]…`.
 *
 * | text                               | is                                                                  |
 * | ---------------------------------- | ------------------------------------------------------------------- |
 * | `tcp:PORT`, `udp:PORT`             | every address, IPv4 and IPv6                                        |
 * | `tcp:127.0.0.1:PORT`, `tcp:[::1]:PORT` | that address, of that family alone                              |
 * | `unix:PATH`, `unix-dgram:PATH`, `unix-seqpacket:PATH` | a Unix socket; `@` and a name for an abstract one (Linux) |
 * | `fifo:PATH`                        | a FIFO; one that is there is used                                   |
 *
 * Options: `backlog=N`, `reuse-port` (TCP, UDP), `mode=OCTAL`, `user=NAME`, `group=NAME` (what has a path).
 *
 * A socket file that was left behind by a process that died is replaced, one that is in use never. Guarantee: nothing is
 * opened before all definitions are known to be well-formed, and nothing is left behind where one cannot be opened.
 *
 * @throws TypeError, RangeError for a definition that is wrong; FifodirError EADDRINUSE, EADDRNOTAVAIL, EACCES, ENOENT,
 *   EEXIST (no FIFO), EPERM (its owner may not be changed), EMFILE, ENFILE, …
 * @see systemd.socket(5) — differs: a path in use is refused; SO_REUSEADDR is for TCP alone
 * @example
 * import { openSockets } from 'fifodir/activation'
 * const web = openSockets(['http=tcp:127.0.0.1:0', 'admin=unix:admin.sock,mode=600'])
 * web.sockets.map(({ name }) => name) // => ['http', 'admin']
 * web.close()
 */
export function openSockets(definitions: readonly (string | SocketDefinition)[]): OpenSockets {
  const checked = checkedDefinitions(definitions)
  const release = new Release()
  const close = (): void => release.run()
  try {
    return { sockets: checked.map((definition) => open(definition, release)), close, [Symbol.dispose]: close }
  } catch (error) {
    close()
    throw error
  }
}

function open(definition: SocketDefinition, release: Release): OpenSocket {
  return attempt('listen on', labelOf(definition), () => {
    const isLocal = 'path' in definition
    const fd = isLocal ? openLocal(definition, release) : openInternet(definition, release)
    const address = definition.kind === 'fifo' ? { path: definition.path } : ownAddress(fd).address
    return { fd, name: definition.name ?? NAMELESS, kind: definition.kind, address: address as SocketAddress }
  })
}
