/** sd_notify: a service tells its manager how it is. */
import { type Assignments, formatAssignments } from './assignments.ts'
import { type Credentials, MAX_DESCRIPTORS } from '../posix/datagram.ts'
import { sendTo } from './outbox.ts'

export interface NotifyOptions {
  /** The manager's socket, in place of the environment's NOTIFY_SOCKET: an absolute path, or `@` and an abstract name. */
  readonly address?: string
  /** Sent along, at most 253; they stay open here, and may be closed once the call has returned. */
  readonly descriptors?: readonly number[]
  /** The process that it is to come from; where this one is not privileged, or there is none, it comes from this one. */
  readonly pid?: number
  /** Removes NOTIFY_SOCKET, whatever comes of the call, so that children do not find it. */
  readonly unsetEnvironment?: boolean
  /** Gives up a message that waits for room. */
  readonly signal?: AbortSignal
}

/**
 * Tells the service manager `assignments`.
 *
 * Guarantee: what finds room in the manager's queue has been sent when the call returns, `await`ed or not, so that the
 * process may end right away. What finds none waits, without blocking, and keeps the process alive; messages arrive in
 * the order of the calls (of a thread).
 *
 * @returns true: it is queued (whether the manager accepts it, nobody is told: {@link barrier} tells that it was handled);
 *   false: there is no NOTIFY_SOCKET, so nothing was done. Rejects with FifodirError (ECONNREFUSED, ENOENT, EACCES,
 *   EINVAL, EAFNOSUPPORT, …), with the signal's reason (it is not sent then), and for wrong arguments, before anything was
 *   sent, with TypeError or RangeError
 * @see systemd 252 src/libsystemd/sd-daemon/sd-daemon.c, sd_pid_notify_with_fds; differs: it never blocks, and refuses
 *   what would be dropped
 * @example
 * import { notifySocket, sdNotify } from 'fifodir/systemd'
 * const manager = notifySocket()
 * await sdNotify({ READY: 1, STATUS: 'up' }, { address: manager.address }) // => true
 * await sdNotify({ READY: 1 }) // => false
 * manager.close()
 */
export async function sdNotify(assignments: Assignments, options: NotifyOptions = {}): Promise<boolean> {
  const { address = process.env['NOTIFY_SOCKET'], descriptors = [], pid, unsetEnvironment = false, signal } = options
  if (unsetEnvironment) delete process.env['NOTIFY_SOCKET']
  const bytes = formatAssignments(assignments)
  checkDescriptors(descriptors)
  const credentials = pid === undefined ? undefined : credentialsOf(pid)
  signal?.throwIfAborted()
  if (address === undefined) return false
  await sendTo(address, { bytes, descriptors, credentials }, signal)
  return true
}

function checkDescriptors(descriptors: readonly number[]): void {
  const wrong = descriptors.find((fd) => !(Number.isInteger(fd) && fd >= 0))
  if (wrong !== undefined) throw new TypeError(`a descriptor is a whole number from 0 on, not ${wrong}`)
  if (descriptors.length > MAX_DESCRIPTORS)
    throw new RangeError(`a message takes at most ${MAX_DESCRIPTORS} descriptors, not ${descriptors.length}`)
}

/** Undefined for this process: the kernel says so by itself. */
function credentialsOf(pid: number): Credentials | undefined {
  if (!(Number.isInteger(pid) && pid > 0)) throw new TypeError(`pid must be a whole number from 1 on, not ${pid}`)
  if (pid === process.pid) return undefined
  return { pid, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
}
