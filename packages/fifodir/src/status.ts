/**
 * The record that a supervisor keeps of its service, in `supervise/status`: 35 bytes, replaced as a whole. It is the truth
 * that the events only tell of: it is written before them.
 */
import { FifodirError } from './error.ts'
import { readTai64n, TAI64N_BYTES, writeTai64n } from './tai64n.ts'

/** The state of a service, as its supervisor has recorded it. */
export interface Status {
  /** When it last went up or down: when `run` was started, or died. */
  readonly since: Date
  /** When it last became ready: to serve, while it is up; to be started again, while it is down. */
  readonly readySince: Date
  /** Of `run`, or of `finish` while that runs; 0 where neither does. */
  readonly pid: number
  /** How the last `run` that died did so, as wait(2) has it; 0 where none has died yet. */
  readonly waitStatus: number
  /** `run` was sent SIGSTOP; or, with a pid of 0, it has not been started yet. */
  readonly paused: boolean
  /** `finish` runs. */
  readonly finishing: boolean
  /** It is to be up: it is started again when it has died. */
  readonly wantedUp: boolean
  /** While it is up, it is ready to serve; while it is down, `finish` is done. */
  readonly ready: boolean
}

/** As long as it is in s6 since 2.3. */
export const STATUS_BYTES = 35

const SINCE = 0
const READY_SINCE = SINCE + TAI64N_BYTES
const PID = READY_SINCE + TAI64N_BYTES
const WAIT_STATUS = PID + 8
const FLAGS = WAIT_STATUS + 2

const PAUSED = 1
const FINISHING = 2
const WANTED_UP = 4
const READY = 8

/**
 * The bytes of a status record, big-endian:
 *
 * | offset | bytes | field |
 * | --- | --- | --- |
 * | 0 | 12 | TAI64N of `since` |
 * | 12 | 12 | TAI64N of `readySince` |
 * | 24 | 8 | `pid` |
 * | 32 | 2 | `waitStatus` |
 * | 34 | 1 | flags: 1 `paused`, 2 `finishing`, 4 `wantedUp`, 8 `ready` |
 *
 * @see s6 2.11.3.2 src/libs6/s6_svstatus_pack.c
 */
export function packStatus(status: Status): Uint8Array {
  const bytes = new Uint8Array(STATUS_BYTES)
  const view = new DataView(bytes.buffer)
  writeTai64n(view, SINCE, status.since.getTime())
  writeTai64n(view, READY_SINCE, status.readySince.getTime())
  view.setBigUint64(PID, BigInt(status.pid))
  view.setUint16(WAIT_STATUS, status.waitStatus)
  const { paused, finishing, wantedUp, ready } = status
  bytes[FLAGS] = (paused ? PAUSED : 0) | (finishing ? FINISHING : 0) | (wantedUp ? WANTED_UP : 0) | (ready ? READY : 0)
  return bytes
}

/**
 * What the bytes of a status record say; moments to the millisecond.
 *
 * @param path where they were read, for the error
 * @throws FifodirError FIFODIR_STATUS where they are not {@link STATUS_BYTES}: no supervisor of a kind known here wrote them
 * @see s6 2.11.3.2 src/libs6/s6_svstatus_unpack.c
 */
export function unpackStatus(bytes: Uint8Array, path?: string): Status {
  if (bytes.length !== STATUS_BYTES)
    throw new FifodirError({
      code: 'FIFODIR_STATUS',
      operation: 'read status of',
      path,
      reason: `its record has ${bytes.length} bytes, not ${STATUS_BYTES}`,
      hint: 'restart its supervisor, which writes it anew',
    })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const flags = view.getUint8(FLAGS)
  return {
    since: new Date(readTai64n(view, SINCE)),
    readySince: new Date(readTai64n(view, READY_SINCE)),
    pid: Number(view.getBigUint64(PID)),
    waitStatus: view.getUint16(WAIT_STATUS),
    paused: (flags & PAUSED) !== 0,
    finishing: (flags & FINISHING) !== 0,
    wantedUp: (flags & WANTED_UP) !== 0,
    ready: (flags & READY) !== 0,
  }
}
