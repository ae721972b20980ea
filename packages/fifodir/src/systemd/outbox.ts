/**
 * Messages on their way to a manager. One that finds room goes at once, on a socket of its own, as libsystemd's do. Where
 * there is none (mostly the kernel keeps 11 unread ones) it waits, and later ones for the same address wait behind it: of
 * a connected socket the kernel tells when there is room again.
 */
import { attempt, failure } from '../failure.ts'
import { atExit } from '../posix/at-exit.ts'
import { type OutgoingDatagram, sendDatagram } from '../posix/datagram.ts'
import { closeDescriptor, duplicateDescriptor } from '../posix/descriptor.ts'
import { type Watch, watchDescriptor } from '../posix/poll.ts'
import { connectSocket, openUnixSocket, SOCK_DGRAM, unixAddress } from '../posix/socket.ts'
import { isSystemError } from '../posix/system-error.ts'

/** Those in which messages wait, by address. */
const outboxes = new Map<string, Outbox>()

/** A message that waits, with descriptors of its own: its sender may close those it named. */
interface Waiting {
  readonly message: OutgoingDatagram
  readonly settle: (error?: unknown) => void
}

/**
 * Sends a message to the socket at `address`: within this call where there is room, else as soon as there is. Messages
 * to one address arrive in the order of the calls.
 *
 * @returns resolves when the kernel has it; rejects where it could not be delivered after all, and with the signal's reason
 * @throws FifodirError where it cannot be sent
 */
export function sendTo(address: string, message: OutgoingDatagram, signal?: AbortSignal): Promise<void> {
  return attempt('notify systemd at', address, () => {
    const waiting = outboxes.get(address)
    if (waiting !== undefined) return waiting.add(message, signal)
    const socket = openUnixSocket(SOCK_DGRAM)
    try {
      if (deliver(socket, address, message)) return Promise.resolve()
      return new Outbox(address, socket).add(message, signal)
    } finally {
      closeDescriptor(socket)
    }
  })
}

/**
 * Whether there was room. Connects anew each time: a socket whose peer is gone is connected to nobody, and there may be
 * another one at that address by now. Who may not send in another's name sends in its own, as libsystemd does.
 */
function deliver(socket: number, address: string, message: OutgoingDatagram): boolean {
  connectSocket(socket, unixAddress(address), address)
  try {
    return sendDatagram(socket, message)
  } catch (error) {
    if (message.credentials === undefined || !isSystemError(error, 'EPERM', 'ESRCH')) throw error
    return sendDatagram(socket, { ...message, credentials: undefined })
  }
}

/** Lives as long as messages wait in it, and keeps the process alive meanwhile. */
class Outbox {
  readonly #address: string
  readonly #watch: Watch
  readonly #waiting = new Set<Waiting>()

  constructor(address: string, socket: number) {
    this.#address = address
    this.#watch = watchDescriptor(socket, { writable: true }, () => this.#flush())
    outboxes.set(address, this)
  }

  add(message: OutgoingDatagram, signal?: AbortSignal): Promise<void> {
    const descriptors = this.#duplicates(message.descriptors)
    return new Promise((resolve, reject) => {
      const abort = (): void => waiting.settle(signal?.reason)
      const waiting: Waiting = {
        message: { ...message, descriptors },
        settle: (error) => {
          signal?.removeEventListener('abort', abort)
          stay()
          closeAll()
          this.#waiting.delete(waiting)
          this.#endWhenEmpty()
          if (error === undefined) resolve()
          else reject(error)
        },
      }
      const closeAll = (): void => descriptors.forEach(closeDescriptor)
      const stay = atExit(closeAll)
      signal?.addEventListener('abort', abort)
      this.#waiting.add(waiting)
    })
  }

  #flush(): void {
    for (const { message, settle } of this.#waiting) {
      try {
        if (!deliver(this.#watch.fd, this.#address, message)) return
        settle()
      } catch (error) {
        settle(failure('notify systemd at', this.#address, error))
      }
    }
  }

  #duplicates(fds: readonly number[]): number[] {
    const duplicates: number[] = []
    try {
      for (const fd of fds) duplicates.push(duplicateDescriptor(fd))
      return duplicates
    } catch (error) {
      for (const fd of duplicates) closeDescriptor(fd)
      this.#endWhenEmpty()
      throw error
    }
  }

  #endWhenEmpty(): void {
    if (this.#waiting.size > 0) return
    outboxes.delete(this.#address)
    this.#watch.close()
  }
}
