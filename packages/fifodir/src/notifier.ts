/** Notifying often: the write ends of the subscriptions are kept open between notifications. */
import { closeSync } from 'node:fs'
import { messageBytes } from './event.ts'
import { attempt } from './failure.ts'
import { count, type Delivery, newTally, settle } from './notify.ts'
import { absolutePath } from './path.ts'
import { descriptorLimit } from './posix/descriptor-limit.ts'
import { isSystemError } from './posix/system-error.ts'
import { type Entry, Reading } from './reading.ts'
import { openWriteEnd, type Outcome, send } from './write-end.ts'

export interface NotifierOptions {
  /** How many write ends may stay open, the other subscribers are served as {@link notify} does; half of the process's limit on descriptors where it is left out. */
  readonly maxOpen?: number
}

/**
 * Sends events to the subscribers of one fifodir, again and again: the same as {@link notify}, with the same guarantees,
 * and faster, since it keeps the write ends open, and reads the directory only where it may have changed.
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
  #limit: number
  #reading: Reading | undefined
  #subscriptions = new Map<string, Subscription>()
  /** How many of them have their write end open. */
  #open = 0
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
      if (!this.#reading?.holds(this.#directory)) this.#read()
      const tally = newTally()
      for (const subscription of this.#subscriptions.values()) count(tally, this.#send(subscription, bytes))
      return tally
    })
  }

  #read(): void {
    const reading = this.#makingRoom(() => new Reading(this.#directory))
    const before = this.#subscriptions
    this.#subscriptions = new Map()
    for (const entry of reading.entries) {
      this.#subscriptions.set(entry.name, { entry, end: before.get(entry.name)?.end })
      before.delete(entry.name)
    }
    for (const gone of before.values()) this.#close(gone)
    this.#reading = reading
  }

  #send(subscription: Subscription, bytes: Uint8Array): Outcome {
    if (subscription.end !== undefined) {
      const outcome = send(subscription.end, bytes)
      if (outcome !== 'stale') return outcome
      // what a kept end says of its reader need not hold for what bears the name now
      this.#close(subscription)
    }
    const fifo = `${this.#directory}/${subscription.entry.name}`
    const end = this.#makingRoom(() => openWriteEnd(fifo, subscription.entry))
    if (typeof end !== 'number') return settle(fifo, end)
    subscription.end = end
    this.#open++
    const outcome = settle(fifo, send(end, bytes))
    if (outcome === 'stale' || this.#open > this.#limit) this.#close(subscription)
    return outcome
  }

  /** Where descriptors run out, lets go of all that are kept, and tries once more. */
  #makingRoom<Result>(open: () => Result): Result {
    try {
      return open()
    } catch (error) {
      if (!isSystemError(error, 'EMFILE', 'ENFILE') || this.#open === 0) throw error
      this.#limit = this.#open >> 1
      this.#closeAll()
      return open()
    }
  }

  #close(subscription: Subscription): void {
    if (subscription.end === undefined) return
    closeSync(subscription.end)
    subscription.end = undefined
    this.#open--
  }

  #closeAll(): void {
    for (const subscription of this.#subscriptions.values()) this.#close(subscription)
  }

  /** Closes the write ends; idempotent. */
  close(): void {
    this.#closed = true
    this.#closeAll()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** What was found in the directory, and its write end where that is kept open. */
interface Subscription {
  readonly entry: Entry
  end: number | undefined
}
