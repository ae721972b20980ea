/** Waiting for readiness, whoever tells of it. */
import { catchError, defer, EMPTY, merge, type Observable, type Subscription, take, throwError } from 'rxjs'
import { FifodirError } from '../error.ts'
import { NeverReadyError } from './never-ready.ts'
import { type Ends, within } from '../within.ts'

/**
 * Where readiness is heard of: emits once, when it is there, and fails with a {@link NeverReadyError} where it can be seen
 * that it never will be. It listens, and looks, from the subscription on, and no longer than that.
 */
export type Source = Observable<void>

export interface WhenReadyOptions {
  /** Milliseconds until the wait fails with `ETIMEDOUT`; 0, the default, is no limit. */
  readonly timeoutMs?: number | undefined
  /** Ends the wait, which rejects with its reason; what the source held is closed then. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Resolves when `source` says that it is ready.
 *
 * @throws (rejects) NeverReadyError where that will never come, FifodirError ETIMEDOUT where time is up, a system error of
 *   the source, `signal.reason`; RangeError for a wrong `timeoutMs`
 * @example
 * import { createServer } from 'node:net'
 * import { fromUnix, whenReady } from 'fifodir/readiness'
 * const ready = whenReady(fromUnix('server.sock'), { timeoutMs: 5000 })
 * const server = createServer().listen('server.sock')
 * await ready
 * server.close()
 */
export function whenReady(source: Source, options: WhenReadyOptions = {}): Promise<void> {
  const begin = ({ resolve, reject }: Ends<void>): Subscription =>
    source.pipe(take(1)).subscribe({
      next: resolve,
      error: reject,
      complete: () => reject(new NeverReadyError('nothing is left that could tell of it')),
    })
  return within(options, begin, timedOut)
}

function timedOut(timeoutMs: number): FifodirError {
  const reason = `it was not ready within ${timeoutMs} ms`
  return new FifodirError({ code: 'ETIMEDOUT', operation: 'wait for readiness', reason })
}

/** The first of `sources` that is ready. It fails when the last of them has failed, with the first failure. */
export function anyOf(sources: readonly Source[]): Source {
  return defer(() => {
    const failures: unknown[] = []
    const lenient = sources.map((source) =>
      source.pipe(
        catchError((error: unknown) => {
          failures.push(error)
          return failures.length < sources.length ? EMPTY : throwError(() => failures[0])
        }),
      ),
    )
    return merge(...lenient).pipe(take(1))
  })
}
