/** A socket that notifications come to: made, named, and open to whom it is to be. */
import { constants } from 'node:os'
import { absolutePath } from '../path.ts'
import { attempt } from '../failure.ts'
import { closeDescriptor } from '../posix/descriptor.ts'
import { changeMode } from '../posix/fifo.ts'
import {
  ANY_UNIX_ADDRESS,
  bindSocket,
  getOption,
  nameOf,
  openUnixSocket,
  setOption,
  SO_PASSCRED,
  SO_TYPE,
  SOCK_DGRAM,
  unixAddress,
} from '../posix/socket.ts'
import { removeStale } from '../posix/stale-socket.ts'
import { isSystemError, systemError } from '../posix/system-error.ts'

export interface BindOptions {
  /** Where the socket is to be made; without it, it has an abstract name that nobody has. */
  readonly path?: string
  /** Its mode, whatever the umask: who may write to it may send. By default 0o600: its owner, and root. */
  readonly mode?: number
}

/** A bound socket; the descriptor is its holder's to close. */
export interface BoundSocket {
  readonly fd: number
  /** What NOTIFY_SOCKET is to say. */
  readonly address: string
}

const OPERATION = 'receive notifications at'

/**
 * Makes a socket for notifications, for `notifySocket({ fd })` in this process or in one that inherits it. From its return
 * on what is sent to it waits there: some 11 messages; then senders wait. Abstract names are seen by all of the network
 * namespace, and anybody may send to them: look at who sent a message.
 *
 * A socket at `path` that nobody listens at any more is replaced; its holder is to unlink it in the end.
 *
 * @throws FifodirError EADDRINUSE (somebody listens there, or it is no socket), ENOENT, EACCES, ENAMETOOLONG, EMFILE
 * @throws TypeError where `path` cannot be one, RangeError where `mode` cannot be one
 * @see systemd 252 src/core/manager.c, manager_setup_notify
 */
export function bindNotifySocket({ path, mode = 0o600 }: BindOptions = {}): BoundSocket {
  if (!(Number.isInteger(mode) && mode >= 0 && mode <= 0o777)) throw new RangeError('mode must be from 0 to 0o777')
  if (path === undefined) return attempt(OPERATION, 'an abstract name', () => bound(ANY_UNIX_ADDRESS, ''))
  const place = absolutePath(path)
  return attempt(OPERATION, path, () => {
    const address = unixAddress(place)
    const socket = boundAnew(address, place)
    changeMode(place, mode)
    return socket
  })
}

/** Adopts the descriptor of a socket that somebody has bound. */
export function adoptNotifySocket(fd: number): BoundSocket {
  return attempt(OPERATION, `descriptor ${fd}`, () => {
    if (getOption(fd, SO_TYPE) !== SOCK_DGRAM) throw systemError(constants.errno.EPROTOTYPE, 'getsockopt')
    setOption(fd, SO_PASSCRED, 1)
    return { fd, address: nameOf(fd) }
  })
}

/** A socket that nobody listens at any more is in the way, and removed. */
function boundAnew(address: Uint8Array, place: string): BoundSocket {
  try {
    return bound(address, place)
  } catch (error) {
    if (!isSystemError(error, 'EADDRINUSE') || !removeStale(place, address)) throw error
    return bound(address, place)
  }
}

function bound(address: Uint8Array, name: string): BoundSocket {
  const fd = openUnixSocket(SOCK_DGRAM)
  try {
    setOption(fd, SO_PASSCRED, 1) // before anybody can send
    bindSocket(fd, address, name)
    return { fd, address: nameOf(fd) }
  } catch (error) {
    closeDescriptor(fd)
    throw error
  }
}
