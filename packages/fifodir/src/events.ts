/** A subscription as an Observable. */
import { statSync } from 'node:fs'
import { Observable, type Subscriber } from 'rxjs'
import { watchFor } from './appearance.ts'
import { EVENTS } from './event.ts'
import { FifodirError } from './error.ts'
import { failure } from './failure.ts'
import { absolutePath } from './path.ts'
import { type Receiver, Subscription } from './subscriber.ts'

export interface EventsOptions {
  /** A fifodir that does not exist yet is waited for (watched, not polled); without it that is an error. */
  readonly appear?: boolean
}

/**
 * The events of the fifodir at `path`, as one-character strings, from the moment of `subscribe()` on.
 *
 * Cold: every subscriber has a FIFO of its own. Guarantee: when `subscribe()` returns it is listening, and no later
 * event is missed, whoever sends it; when `unsubscribe()` returns, no trace of it is left in the directory. With
 * `appear` that holds from when the fifodir has appeared. A relative path is resolved once, at the call.
 *
 * Never completes. It keeps the process alive as long as it is subscribed. On an error (a {@link FifodirError}) the
 * subscription is gone already. Memory is constant: nothing is kept of past events.
 *
 * @throws TypeError where `path` cannot be one
 * @see s6 2.15.1.0 src/libs6/ftrigr_subscribe.c
 * @example
 * import { events, makeFifodir, notify } from 'fifodir'
 * import { firstValueFrom } from 'rxjs'
 * makeFifodir('event')
 * const next = firstValueFrom(events('event'))
 * notify('event', 'U')
 * await next // => 'U'
 */
export function events(path: string, { appear = false }: EventsOptions = {}): Observable<string> {
  const directory = absolutePath(path)
  return new Observable((observer) => {
    const look = (): boolean => {
      try {
        observer.add(new Subscription(path, directory, new EventReceiver(observer)))
        return true
      } catch (error) {
        if (appear && isStillToCome(directory, error)) return false
        throw error
      }
    }
    const fail = (error: unknown): void => observer.error(failure('subscribe to', path, error))
    if (appear) return watchFor(directory, look, fail)
    look()
    return undefined
  })
}

/** It is not there, or is being made: a fifodir is its owner's alone until its mode is set. */
function isStillToCome(directory: string, error: unknown): boolean {
  if (!(error instanceof FifodirError)) return false
  if (error.code === 'ENOENT') return true
  return error.code === 'EACCES' && (statSync(directory, { throwIfNoEntry: false })?.mode ?? 0) % 0o10000 === 0o700
}

/** Hands bytes on as events. */
class EventReceiver implements Receiver {
  readonly #observer: Subscriber<string>

  constructor(observer: Subscriber<string>) {
    this.#observer = observer
  }

  take(bytes: Uint8Array, length: number): void {
    for (let at = 0; at < length && !this.#observer.closed; at++)
      this.#observer.next(EVENTS[bytes[at] as number] as string)
  }

  error(error: unknown): void {
    this.#observer.error(error)
  }
}
