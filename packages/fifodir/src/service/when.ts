/** Waiting for a state of a service, as promises. */
import type { Subscription } from 'rxjs'
import { FifodirError } from '../error.ts'
import { type Ends, within } from '../within.ts'
import { type Phase, type ServiceStatus, statuses } from './observe.ts'

export interface WhenOptions {
  /** How long it may take, in milliseconds: up to 2,147,483,647 (24 days); 0, the default, is no limit. */
  readonly timeoutMs?: number
  /** Ends the wait: it rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/**
 * Waits until the service of the service directory `path` is up, ready or not, under a supervisor of whatever make.
 *
 * Guarantee: it listens from the call on, and looks after that: it is not missed, however short. A service directory that
 * does not exist yet, or has no supervisor yet, is waited for.
 *
 * @returns the state; rejects with FifodirError ETIMEDOUT, FIFODIR_FAILED where `finish` has said that the service has
 *   failed for good, FIFODIR_UNSUPERVISED where its supervisor goes, and with what {@link statuses} fails with; with the
 *   signal's reason; with RangeError, TypeError for wrong arguments
 * @see s6 2.11.3.2 src/supervision/s6-svwait.c; differs: that fails where there is no supervisor yet
 */
export async function whenUp(path: string, options?: WhenOptions): Promise<ServiceStatus> {
  return when(path, 'up', ['up', 'ready'], options)
}

/** Waits until the service is up and ready; otherwise as {@link whenUp}. */
export async function whenReady(path: string, options?: WhenOptions): Promise<ServiceStatus> {
  return when(path, 'ready', ['ready'], options)
}

/** Waits until the service is down, `finish` done or not; a failure for good is no reason to reject. Otherwise as {@link whenUp}. */
export async function whenDown(path: string, options?: WhenOptions): Promise<ServiceStatus> {
  return when(path, 'down', ['down', 'finished'], options)
}

/** Waits until the service is down, and can be started again; otherwise as {@link whenDown}. */
export async function whenFinished(path: string, options?: WhenOptions): Promise<ServiceStatus> {
  return when(path, 'finished', ['finished'], options)
}

function when(path: string, name: Phase, wanted: readonly Phase[], options: WhenOptions = {}): Promise<ServiceStatus> {
  const refusal = (code: string, reason: string, hint?: string): FifodirError =>
    new FifodirError({ code, operation: 'wait for', path, reason, hint })
  let last: ServiceStatus | undefined
  const begin = ({ resolve, reject }: Ends<ServiceStatus>): Subscription => {
    const take = (status: ServiceStatus): void => {
      const { supervised, phase, failed } = status
      const wasSupervised = last?.supervised
      last = status
      if (supervised && phase !== undefined && wanted.includes(phase)) resolve(status)
      else if (!supervised && wasSupervised) {
        const reason = `its supervisor has left it ${phase}, not ${name}`
        reject(refusal('FIFODIR_UNSUPERVISED', reason, 'start its supervisor again'))
      } else if (failed && (name === 'up' || name === 'ready'))
        reject(refusal('FIFODIR_FAILED', 'it has failed for good: its finish said so', 'look at what it printed'))
    }
    return statuses(path).subscribe({ next: take, error: reject })
  }
  return within(options, begin, (timeoutMs) => refusal('ETIMEDOUT', notWithin(name, timeoutMs, last)))
}

function notWithin(name: Phase, timeoutMs: number, last: ServiceStatus | undefined): string {
  const now = last?.supervised ? (last.phase ?? 'without a status') : 'without a supervisor'
  return `not ${name} within ${timeoutMs} ms: it is ${now}`
}
