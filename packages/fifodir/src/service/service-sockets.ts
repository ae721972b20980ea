/** The sockets of a service: opened once, before it is started for the first time. */
import { type OpenSocket, openSockets, type OpenSockets } from '../activation/open.ts'
import { FifodirError } from '../error.ts'
import { attempt } from '../failure.ts'
import type { Handover } from '../posix/handover.ts'
import type { Definition } from './definition.ts'

/** The number of the first socket, by the protocol. */
export const FIRST_SOCKET = 3

/**
 * Opens what `definition` says.
 *
 * @param name the service directory, as its caller calls it
 * @throws FifodirError FIFODIR_DEFINITION where it cannot be what it says, and as {@link openSockets}; nothing is left open
 */
export function openServiceSockets(name: string, definition: Definition, { descriptors = {} }: Handover): OpenSockets {
  try {
    const sockets = attempt('read definition of', name, () => definition.sockets ?? [])
    const lost = sockets.map((_, index) => FIRST_SOCKET + index).find((number) => number in descriptors)
    if (lost !== undefined)
      throw new RangeError(`its programs are to have descriptor ${lost}, where a socket goes; close that`)
    if (definition.lazy === true && sockets.length === 0) throw new TypeError('it is lazy, and has no sockets')
    const opened = openSockets(sockets)
    if (sockets.length === 0) return opened
    const answered = definition.readiness?.find(({ name: source }) => opened.sockets.some(isAskedBy(source)))
    if (answered === undefined) return opened
    opened.close()
    throw new RangeError(
      `${answered.name} is a socket of its own, and accepts before it runs; have it tell by notify or fd:N`,
    )
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    const { message: reason } = error
    throw new FifodirError({ code: 'FIFODIR_DEFINITION', operation: 'supervise', path: name, reason, cause: error })
  }
}

/** Whether a source of readiness would connect to a socket: that is answered by the system, whatever the service does. */
const isAskedBy =
  (source: string) =>
  ({ kind, address }: OpenSocket): boolean => {
    if ('path' in address) return kind === 'unix' && source === `unix:${address.path}`
    const [, host, port] = /^tcp:(?:(.*):)?(\d+)$/.exec(source) ?? []
    if (kind !== 'tcp' || Number(port) !== address.port) return false
    return host === undefined || /^(?:::|0\.0\.0\.0)$/.test(address.host) || host.replace(/[[\]]/g, '') === address.host
  }
