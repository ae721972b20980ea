/** The deaths of a service, in `supervise/death_tally`: how often it died of late, and of what. */
import { readTai64n, TAI64N_BYTES, writeTai64n } from './tai64n.ts'
import { exitCode, terminationSignal } from './wait-status.ts'

/** A death of `run`. */
export interface Death {
  readonly at: Date
  /** Its exit code; 128 and the number of the signal where one ended it. */
  readonly exitCode: number
  /** The number of the signal that ended it, or 0. */
  readonly signal: number
}

/** The bytes of one death. */
export const DEATH_BYTES: number = TAI64N_BYTES + 2

/** How many are kept where nothing else is said, and how many at most. */
export const DEATHS_KEPT = 100
export const DEATHS_KEPT_MAX = 4096

/** The death that wait(2) tells of. */
export function deathOf(waitStatus: number, at: Date): Death {
  const signal = terminationSignal(waitStatus)
  return { at, exitCode: signal === 0 ? exitCode(waitStatus) : 128 + signal, signal }
}

/**
 * The bytes of deaths, oldest first; for each:
 *
 * | offset | bytes | field |
 * | --- | --- | --- |
 * | 0 | 12 | TAI64N of `at` |
 * | 12 | 1 | `exitCode` |
 * | 13 | 1 | `signal` |
 *
 * @see s6 2.11.3.2 src/libs6/s6_dtally_pack.c
 */
export function packDeaths(deaths: readonly Death[]): Uint8Array {
  const bytes = new Uint8Array(deaths.length * DEATH_BYTES)
  const view = new DataView(bytes.buffer)
  for (const [index, { at, exitCode: code, signal }] of deaths.entries()) {
    const offset = index * DEATH_BYTES
    writeTai64n(view, offset, at.getTime())
    view.setUint8(offset + TAI64N_BYTES, code)
    view.setUint8(offset + TAI64N_BYTES + 1, signal)
  }
  return bytes
}

/** The deaths that the bytes of a tally tell of, oldest first; half a death at the end, which a crash may leave, is none. */
export function unpackDeaths(bytes: Uint8Array): Death[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: Math.floor(bytes.length / DEATH_BYTES) }, (_, index) => {
    const offset = index * DEATH_BYTES
    return {
      at: new Date(readTai64n(view, offset)),
      exitCode: view.getUint8(offset + TAI64N_BYTES),
      signal: view.getUint8(offset + TAI64N_BYTES + 1),
    }
  })
}
