/** Waiting until the manager has handled what was sent: it closes a pipe that comes after all of that. */
import { readSync } from 'node:fs'
import { FifodirError } from '../error.ts'
import { attempt, failure } from '../failure.ts'
import { closeDescriptor } from '../posix/descriptor.ts'
import { makePipe } from '../posix/pipe.ts'
import { type Watch, watchDescriptor } from '../posix/poll.ts'
import { isSystemError } from '../posix/system-error.ts'
import { checkTimeout } from '../timeout.ts'
import { type NotifyOptions, sdNotify } from './notify.ts'

export interface BarrierOptions extends Omit<NotifyOptions, 'descriptors'> {
  /** How long it may take, in milliseconds: up to 2,147,483,647 (24 days); 0, the default, is no limit. */
  readonly timeoutMs?: number
}

/**
 * Waits until the manager has handled all that was sent before. A process that is not the service's main one must do so
 * before it ends: the manager finds out whose message it is by looking at its sender, which must be there still.
 *
 * @returns true: it has handled it; false: there is no NOTIFY_SOCKET. Rejects as {@link sdNotify}, and with FifodirError
 *   ETIMEDOUT
 * @see systemd 252 src/libsystemd/sd-daemon/sd-daemon.c, sd_pid_notify_barrier; differs: 0 is no limit, as everywhere here
 * @example
 * import { barrier, notifySocket, ready } from 'fifodir/systemd'
 * const manager = notifySocket()
 * const messages = manager.messages.subscribe()
 * await ready({ address: manager.address })
 * await barrier({ address: manager.address, timeoutMs: 5000 }) // => true
 * messages.unsubscribe()
 * manager.close()
 */
export async function barrier({ timeoutMs = 0, signal, ...options }: BarrierOptions = {}): Promise<boolean> {
  checkTimeout(timeoutMs)
  signal?.throwIfAborted()
  const { address = process.env['NOTIFY_SOCKET'] } = options
  if (address === undefined) return false
  const operation = 'notify systemd at'
  const end = new AbortController()
  const timeUp = (): void => {
    const reason = `it has not handled its messages within ${timeoutMs} ms`
    const hint = 'see whether the manager still reads its messages, or give it longer'
    end.abort(new FifodirError({ code: 'ETIMEDOUT', operation, path: address, reason, hint }))
  }
  const timer = timeoutMs > 0 ? setTimeout(timeUp, timeoutMs) : undefined
  const abort = (): void => end.abort(signal?.reason)
  signal?.addEventListener('abort', abort)
  try {
    const { readEnd, writeEnd } = attempt(operation, address, makePipe)
    const handled = whenHungUp(readEnd, end.signal)
    const sent = sdNotify({ BARRIER: 1 }, { ...options, descriptors: [writeEnd], signal: end.signal })
    closeDescriptor(writeEnd) // sent, or waiting with one of its own
    await Promise.all([sent, handled])
    return true
  } catch (error) {
    throw failure(operation, address, error)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

/**
 * Resolves when nobody holds the other end of the pipe any more, also where `signal` comes before anybody could see that.
 * Closes its end.
 */
function whenHungUp(readEnd: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let watch: Watch
    const settle = (how: () => void): void => {
      watch.close()
      signal.removeEventListener('abort', abort)
      how()
    }
    const look = (otherwise: () => void): void => (isHungUp(watch.fd) ? settle(resolve) : otherwise())
    const abort = (): void => look(() => settle(() => reject(signal.reason)))
    try {
      watch = watchDescriptor(readEnd, { readable: true }, () => look(() => undefined))
    } finally {
      closeDescriptor(readEnd)
    }
    signal.addEventListener('abort', abort)
  })
}

/** What somebody writes there is of no interest. */
function isHungUp(readEnd: number): boolean {
  try {
    return readSync(readEnd, Buffer.alloc(4096)) === 0
  } catch (error) {
    if (isSystemError(error, 'EAGAIN')) return false
    throw error
  }
}
