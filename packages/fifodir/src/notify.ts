/**
 * Notifying: a message written to every FIFO of a fifodir, never blocking, never trusting what is found there, and
 * tidying up after the dead.
 */
import { closeSync } from 'node:fs'
import { messageBytes } from './event.ts'
import { attempt } from './failure.ts'
import { checkPath } from './path.ts'
import { type Entry, readEntries } from './reading.ts'
import { openWriteEnd, type Outcome, removeFifo, send } from './write-end.ts'

/** What a notification came to: how many subscriptions it found, by what became of the message there. */
export interface Delivery {
  /** Took the whole message. */
  readonly delivered: number
  /** Had no room left in their pipe (64 KiB on Linux): the message is lost for these subscribers alone. */
  readonly full: number
  /** Had a dead subscriber; their FIFOs were removed. */
  readonly stale: number
  /** Could not be opened for writing. */
  readonly denied: number
  /** Bear a subscription's name and are no FIFOs: never written to, never removed. */
  readonly foreign: number
}

/**
 * Sends `events` to every subscriber of the fifodir at `path`, now.
 *
 * Guarantee: who had subscribed before the call gets all the bytes, in order and in one piece, or is counted in
 * `full` or `denied`. It never blocks, writes to nothing but FIFOs, and follows no link out of the directory.
 *
 * | errno | on | meaning |
 * | --- | --- | --- |
 * | ENXIO, EPIPE | a FIFO | its subscriber is dead: removed, counted as `stale` |
 * | EAGAIN | a FIFO | its pipe is full: counted as `full` |
 * | ENOENT | a FIFO | unsubscribed meanwhile: not counted |
 * | EACCES, any other | a FIFO | counted as `denied` |
 * | ENOENT, ENOTDIR, EACCES | the directory | thrown |
 * | EMFILE, ENFILE | any | thrown: some subscribers may have been notified |
 *
 * @param events 1 to 4,096 events: a Latin-1 string, one character an event, or bytes
 * @throws FifodirError as above; TypeError, RangeError for wrong arguments
 * @see s6 2.15.1.0 src/libs6/ftrigw_notifyb_nosig.c; differs: it checks that it writes to a FIFO, and reports what was
 *   not delivered
 * @example
 * import { makeFifodir, notify } from 'fifodir'
 * makeFifodir('event')
 * notify('event', 'uU') // => { delivered: 0, full: 0, stale: 0, denied: 0, foreign: 0 }
 */
export function notify(path: string, events: string | Uint8Array): Delivery {
  checkPath(path)
  const bytes = messageBytes(events)
  return attempt('notify', path, () => {
    const tally = newTally()
    for (const entry of readEntries(path).entries) count(tally, sendOnce(`${path}/${entry.name}`, entry, bytes))
    return tally
  })
}

/** Opens, writes, closes. */
function sendOnce(fifo: string, entry: Entry, bytes: Uint8Array): Outcome {
  const end = openWriteEnd(fifo, entry)
  if (typeof end !== 'number') return settle(fifo, end)
  try {
    return settle(fifo, send(end, bytes))
  } finally {
    closeSync(end)
  }
}

/** Removes the FIFO of a dead subscriber. */
export function settle(fifo: string, outcome: Outcome): Outcome {
  if (outcome === 'stale') removeFifo(fifo)
  return outcome
}

/** A delivery still to be counted. */
export type Tally = { -readonly [Outcome in keyof Delivery]: number }

export function newTally(): Tally {
  return { delivered: 0, full: 0, stale: 0, denied: 0, foreign: 0 }
}

/** Counts what became of the message for one subscription. Who left meanwhile was not there. */
export function count(tally: Tally, outcome: Outcome): void {
  if (outcome !== 'gone') tally[outcome]++
}
