/** Notifying often: the write ends of the subscriptions are kept open between notifications. */
import { closeSync } from 'node:fs'
import { fifoNames } from './directory.ts'
import { messageBytes } from './event.ts'
import { attempt } from './failure.ts'
import { count, type Delivery, newTally, settle } from './notify.ts'
import { absolutePath } from './path.ts'
import { descriptorLimit } from './posix/descriptor-limit.ts'
import { isSystemError } from './posix/system-error.ts'
import { openWriteEnd, type Outcome, send } from './write-end.ts'

export interface NotifierOptions {
  /** How many write ends may stay open, the other subscribers are served as {@link notify} does; half of the process's limit on descriptors where it is left out. */
  readonly maxOpen?: number
}

/**
 * Sends events to the subscribers of one fifodir, again and again: the same as {@link notify}, with the same guarantees,
 * and faster, since it keeps the write ends open. It reads the directory each time, so it knows all who have subscribed.
 *
 * Its descriptors are close-on-exec. Where descriptors run out it lets go of all that it keeps, and keeps fewer from
 * then on. Relative paths are resolved once, when it is made.
 *
 * @example
 * import { makeFifodir, Notifier } from 'fifodir'
 * makeFifodir('event')
 * const notifier = new Notifier('event')
 * notifier.notify('u').delivered // => 0
 * notifier.close()
 */
export class Notifier implements Disposable {
  readonly path: string
  readonly #directory: string
  readonly #ends = new Map<string, number>()
  #limit: number
  #closed = false

  /** @throws TypeError, RangeError for wrong arguments; the fifodir is first looked at when there is something to send */
  constructor(path: string, { maxOpen = descriptorLimit() >> 1 }: NotifierOptions = {}) {
    this.#directory = absolutePath(path)
    this.path = path
    if (!Number.isInteger(maxOpen) || maxOpen < 0) throw new RangeError(`maxOpen must be a count, not ${maxOpen}`)
    this.#limit = maxOpen
  }

  /** Sends `events` to every subscriber, now: see {@link notify}. @throws as notify does; Error once it is closed */
  notify(events: string | Uint8Array): Delivery {
    if (this.#closed) throw new Error(`the notifier of ${this.path} is closed`)
    const bytes = messageBytes(events)
    return attempt('notify', this.path, () => {
      const names = this.#makingRoom(() => fifoNames(this.#directory))
      const tally = newTally()
      let kept = 0
      for (const name of names) {
        count(tally, this.#send(name, bytes))
        if (this.#ends.has(name)) kept++
      }
      if (this.#ends.size > kept) this.#forgetAllBut(new Set(names))
      return tally
    })
  }

  #send(name: string, bytes: Uint8Array): Outcome {
    const end = this.#ends.get(name)
    const outcome = end === undefined ? 'stale' : send(end, bytes)
    if (outcome !== 'stale') return outcome
    // what a kept end says of its reader need not hold for what bears the name now
    this.#forget(name)
    return this.#sendFirst(name, bytes)
  }

  #sendFirst(name: string, bytes: Uint8Array): Outcome {
    const fifo = `${this.#directory}/${name}`
    const end = this.#makingRoom(() => openWriteEnd(fifo))
    if (typeof end !== 'number') return settle(fifo, end)
    this.#ends.set(name, end)
    const outcome = settle(fifo, send(end, bytes))
    if (outcome === 'stale' || this.#ends.size > this.#limit) this.#forget(name)
    return outcome
  }

  /** Where descriptors run out, lets go of all that are kept, and tries once more. */
  #makingRoom<Result>(open: () => Result): Result {
    try {
      return open()
    } catch (error) {
      if (!isSystemError(error, 'EMFILE', 'ENFILE') || this.#ends.size === 0) throw error
      this.#limit = this.#ends.size >> 1
      this.#forgetAllBut(new Set())
      return open()
    }
  }

  #forget(name: string): void {
    const end = this.#ends.get(name)
    if (end === undefined) return
    this.#ends.delete(name)
    closeSync(end)
  }

  #forgetAllBut(names: ReadonlySet<string>): void {
    for (const name of this.#ends.keys()) if (!names.has(name)) this.#forget(name)
  }

  /** Closes the write ends; idempotent. */
  close(): void {
    this.#closed = true
    this.#forgetAllBut(new Set())
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
