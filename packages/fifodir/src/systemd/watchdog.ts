/** The watchdog: a manager that hears nothing for a while ends the service. */
import { constants } from 'node:os'
import { failure } from '../failure.ts'
import { systemError } from '../posix/system-error.ts'
import { watchdog } from './announce.ts'
import type { NotifyOptions } from './notify.ts'

const MAX_U64 = 2n ** 64n - 1n
const MAX_TIMER_MS = 0x7fffffff

/**
 * The time within which the manager wants to hear from this process, in milliseconds, after WATCHDOG_USEC and
 * WATCHDOG_PID; undefined where it wants nothing, or wants it from another process.
 *
 * @throws FifodirError EINVAL where the variables are not as systemd sets them
 * @see systemd 252 src/libsystemd/sd-daemon/sd-daemon.c, sd_watchdog_enabled
 * @example
 * import { watchdogInterval } from 'fifodir/systemd'
 * process.env.WATCHDOG_USEC = '30000000'
 * watchdogInterval() // => 30000
 */
export function watchdogInterval(): number | undefined {
  const time = readVariable('WATCHDOG_USEC', (value) => value > 0n && value < MAX_U64)
  if (time === undefined) return undefined
  const pid = readVariable('WATCHDOG_PID', (value) => value > 0n && value < 2n ** 31n)
  return pid === undefined || pid === BigInt(process.pid) ? Number(time) / 1000 : undefined
}

function readVariable(name: string, isValid: (value: bigint) => boolean): bigint | undefined {
  const text = process.env[name]
  if (text === undefined) return undefined
  const value = /^\d+$/.test(text) ? BigInt(text) : -1n
  if (isValid(value)) return value
  throw failure('read', `${name}='${text}'`, systemError(constants.errno.EINVAL, 'getenv'))
}

export interface WatchdogOptions extends NotifyOptions {
  /** Every how many milliseconds, in place of half the time that the manager set. */
  readonly intervalMs?: number
  /**
   * Whether the service is well, asked before each message. Where it returns or resolves to false, throws, rejects, or
   * does not come to an end, no message is sent.
   */
  readonly check?: () => unknown
  /** Is told what `check` threw, and why a message could not be sent; without it that is a process warning. */
  readonly onError?: (error: unknown) => void
}

/** Ends what it was returned by; idempotent. */
export type Stop = (() => void) & Disposable

/**
 * Tells the manager that the service is alive, now and at half the time it wants it in, from the event loop: so it ends
 * when that hangs. Does nothing where the manager wants nothing. Does not keep the process alive.
 *
 * @throws FifodirError EINVAL as {@link watchdogInterval}; RangeError where `intervalMs` is no time
 * @example
 * import { startWatchdog } from 'fifodir/systemd'
 * const stop = startWatchdog({ check: () => true })
 * stop()
 */
export function startWatchdog(options: WatchdogOptions = {}): Stop {
  const { intervalMs, check = () => true, onError = warn, ...notifyOptions } = options
  if (intervalMs !== undefined && !(intervalMs > 0))
    throw new RangeError(`intervalMs must be above 0, not ${intervalMs}`)
  const everyMs = intervalMs ?? (watchdogInterval() ?? 0) / 2
  let checking = false
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const stop = (): void => {
    stopped = true
    clearInterval(timer)
  }
  const tell = async (): Promise<void> => {
    if (checking) return // an answer is overdue, or there is no room for the last message
    checking = true
    try {
      if ((await check()) !== false && !stopped) await watchdog(notifyOptions)
    } catch (error) {
      onError(error)
    } finally {
      checking = false
    }
  }
  if (everyMs > 0) {
    timer = setInterval(tell, Math.min(Math.max(1, Math.floor(everyMs)), MAX_TIMER_MS)).unref()
    void tell()
  }
  return Object.assign(stop, { [Symbol.dispose]: stop })
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}
