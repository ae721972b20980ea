/** One call for the author of a daemon. */
import { notify } from '../notify.ts'
import { isSystemError } from '../posix/system-error.ts'
import { ready } from '../systemd/announce.ts'
import { toDescriptor } from './descriptor.ts'

export interface AnnounceOptions {
  /** A notification descriptor, as s6 gives it: told by a newline, and closed. */
  readonly fd?: number | undefined
  /** A fifodir: told by `U`. */
  readonly fifodir?: string | undefined
}

/** Who heard it. */
export interface Announced {
  /** The reader of the descriptor. */
  readonly fd: boolean
  /** The service manager that NOTIFY_SOCKET leads to: it is in its queue. */
  readonly notify: boolean
  /** The parent, over Node's own channel: `process.send('ready')`. */
  readonly ipc: boolean
  /** How many subscribers of the fifodir. */
  readonly fifodir: number
}

/**
 * Says that this process is ready to whoever listens: over the descriptor and the fifodir that are given, the service
 * manager's NOTIFY_SOCKET, and the channel of a Node parent. Where nobody listens, nothing happens.
 *
 * Guarantee: who can be told at once has been when the call returns, `await`ed or not.
 *
 * @returns who heard it
 * @throws (rejects) FifodirError where the fifodir or the service manager cannot be told, after the others have been; a
 *   system error for a wrong descriptor
 * @example
 * import { announce } from 'fifodir/readiness'
 * import { makeFifodir } from 'fifodir'
 * makeFifodir('event')
 * await announce({ fifodir: 'event' }) // => { fd: false, notify: false, ipc: false, fifodir: 0 }
 */
export async function announce({ fd, fifodir }: AnnounceOptions = {}): Promise<Announced> {
  const telling = [tellDescriptor(fd), ready(), tellParent(), tellFifodir(fifodir)] as const
  const told = await Promise.allSettled(telling)
  const failed = told.find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  const [isRead, isQueued, isSent, delivered] = await Promise.all(telling)
  return { fd: isRead, notify: isQueued, ipc: isSent, fifodir: delivered }
}

async function tellDescriptor(fd: number | undefined): Promise<boolean> {
  if (fd === undefined) return false
  try {
    await toDescriptor(fd).tell()
    return true
  } catch (error) {
    if (isSystemError(error, 'EPIPE')) return false
    throw error
  }
}

async function tellParent(): Promise<boolean> {
  if (!process.connected) return false
  return new Promise((resolve) => process.send?.('ready', (error: Error | null) => resolve(error === null)))
}

async function tellFifodir(path: string | undefined): Promise<number> {
  return path === undefined ? 0 : notify(path, 'U').delivered
}
