/** Waiting for something, but not for ever: what all promises that wait have in common. */
import { Subscription, type TeardownLogic } from 'rxjs'
import { afterReading } from './deadline.ts'
import { checkTimeout } from './timeout.ts'

/** How long a wait may take. */
export interface Limits {
  /** Milliseconds; 0, the default, is no limit. */
  readonly timeoutMs?: number | undefined
  /** Ends the wait, which rejects with its reason. */
  readonly signal?: AbortSignal | undefined
}

/** The ends of a wait: everything that it held is let go of first. */
export interface Ends<Result> {
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Begins to wait within the call.
 *
 * @param begin returns what lets go of what it holds; what it throws rejects
 * @param timedOut makes the error for when time is up, and all that had come by then was read
 * @throws (rejects) RangeError for a wrong `timeoutMs`, and the signal's reason, before anything was begun
 */
export function within<Result>(
  { timeoutMs = 0, signal }: Limits,
  begin: (ends: Ends<Result>) => TeardownLogic,
  timedOut: (timeoutMs: number) => Error,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    checkTimeout(timeoutMs)
    signal?.throwIfAborted()
    const wait = new Subscription()
    const settle = (how: () => void): void => {
      wait.unsubscribe()
      how()
    }
    const ends: Ends<Result> = {
      resolve: (result) => settle(() => resolve(result)),
      reject: (error) => settle(() => reject(error)),
    }
    wait.add(begin(ends))
    if (timeoutMs > 0) wait.add(afterReading(timeoutMs, () => ends.reject(timedOut(timeoutMs))))
    const abort = (): void => ends.reject(signal?.reason)
    signal?.addEventListener('abort', abort)
    wait.add(() => signal?.removeEventListener('abort', abort))
  })
}
