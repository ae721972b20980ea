/**
 * The writing side of one subscription, in a directory where anybody may have put anything: opened without ever
 * blocking, following a link, or touching what is not a FIFO.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { isSystemError } from './posix/system-error.ts'
import type { Entry } from './reading.ts'

/**
 * What became of one message for one subscription:
 * - `delivered`: the subscriber has the whole message in its pipe;
 * - `full`: its pipe has no room, the message is lost for this subscriber;
 * - `stale`: its subscriber is dead;
 * - `denied`: it may not be written to;
 * - `foreign`: what bears the name is not a FIFO;
 * - `gone`: it was removed meanwhile, as by an unsubscribe.
 */
export type Outcome = 'delivered' | 'full' | 'stale' | 'denied' | 'foreign' | 'gone'

/**
 * Opens what a reading of the directory found, for writing; where that cannot be, says why.
 *
 * @throws EMFILE, ENFILE
 */
export function openWriteEnd(path: string, entry: Entry): number | Exclude<Outcome, 'delivered' | 'full'> {
  if (!entry.isFIFO()) return 'foreign' // to open a device is to act on it
  let fd: number
  try {
    fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  } catch (error) {
    if (!isSystemError(error) || error.code === 'EMFILE' || error.code === 'ENFILE') throw error
    return error.code === 'ENXIO' ? whatNobodyReads(path) : (OBSTACLES[error.code] ?? 'denied')
  }
  const isFifo = fstatSync(fd).isFIFO()
  if (isFifo && !entry.name.startsWith('.')) return fd
  closeSync(fd)
  return isFifo ? 'gone' : 'foreign' // hidden, and somebody is still at it; or exchanged since it was read
}

const OBSTACLES: Record<string, 'foreign' | 'gone'> = { ELOOP: 'foreign', ENOENT: 'gone' }

/** A FIFO that nobody reads, or a socket that has taken its place: it would say the same. */
function whatNobodyReads(path: string): 'stale' | 'foreign' | 'gone' {
  const now = lstatSync(path, { throwIfNoEntry: false })
  if (now === undefined) return 'gone'
  return now.isFIFO() ? 'stale' : 'foreign'
}

/** Writes a message to an open write end: at most PIPE_BUF bytes, so the kernel takes all of it or nothing. */
export function send(fd: number, bytes: Uint8Array): 'delivered' | 'full' | 'stale' {
  try {
    writeSync(fd, bytes)
    return 'delivered'
  } catch (error) {
    if (isSystemError(error, 'EAGAIN')) return 'full'
    if (isSystemError(error, 'EPIPE')) return 'stale'
    throw error
  }
}

/** Removes a FIFO whose subscriber is dead or leaves. What cannot be removed stays stale, and harms nobody. */
export function removeFifo(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}
