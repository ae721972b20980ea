/** For what cannot notify: asked again and again, the one thing here that polls. */
import { Observable } from 'rxjs'
import type { Source } from './when-ready.ts'

const FIRST_PAUSE_MS = 10
const LAST_PAUSE_MS = 250
const GROWTH = 1.5

/**
 * Ready when `probe` says so. It is asked at once, and again 10 ms after it has said no, then after longer and longer
 * pauses, up to 250 ms; never twice at a time.
 *
 * @param probe aborts what it does with `signal`; what it rejects with ends the source
 */
export function probed(probe: (signal: AbortSignal) => Promise<boolean>): Source {
  return new Observable((observer) => {
    const controller = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const look = async (pauseMs: number): Promise<void> => {
      const isReady = await probe(controller.signal)
      if (observer.closed) return
      if (!isReady) {
        timer = setTimeout(() => lookAfter(pauseMs), pauseMs)
        return
      }
      observer.next()
      observer.complete()
    }
    const lookAfter = (pauseMs: number): void => {
      look(Math.min(pauseMs * GROWTH, LAST_PAUSE_MS)).catch((error: unknown) => observer.error(error))
    }
    look(FIRST_PAUSE_MS).catch((error: unknown) => observer.error(error))
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  })
}
