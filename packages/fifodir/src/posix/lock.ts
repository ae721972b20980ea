/** Locks that die with their holder: advisory, on the whole of a file. */
import { constants } from 'node:os'
import { koffi } from './koffi.ts'
import { check, declare } from './libc.ts'
import { systemError } from './system-error.ts'

const fcntl =
  declare<(fd: number, command: number, type: 'uint8_t *' | '_Inout_ uint8_t *', lock: Uint8Array) => number>(
    'int fcntl(int, int, ...)',
  )

const { EAGAIN, EACCES } = constants.errno

/**
 * Bound to the open file, not to the process: it is not lost when another descriptor of the same file is closed, and two
 * supervisors in one process exclude each other. It conflicts with the record locks that s6 takes, and they with it. Other
 * systems have only the latter.
 */
const [SET_LOCK, WRITE_LOCK, TYPE] =
  process.platform === 'linux' ? [37, 1, 0] : process.platform === 'darwin' ? [90, 3, 20] : [12, 3, 20]

/** Asks who would be in the way; F_UNLCK where nobody is. */
const [GET_LOCK, UNLOCKED] = process.platform === 'linux' ? [36, 2] : process.platform === 'darwin' ? [92, 2] : [11, 2]

/** More than any system's `struct flock`; of zeros it means all of the file, from its start to wherever it ends. */
const BYTES = 64

/**
 * Takes an exclusive lock on the file at `fd`, open for writing, until that is closed; does not wait for it.
 *
 * @returns whether it has it: false where another holds it
 * @throws a system error: EBADF, ENOLCK, …
 * @see fcntl(2), F_OFD_SETLK
 */
export function tryLock(fd: number): boolean {
  const lock = new Uint8Array(BYTES)
  new DataView(lock.buffer).setInt16(TYPE, WRITE_LOCK, true)
  if (fcntl(fd, SET_LOCK, 'uint8_t *', lock) >= 0) return true
  const errno = koffi().errno()
  if (errno === EAGAIN || errno === EACCES) return false
  throw systemError(errno, 'fcntl')
}

/**
 * Whether somebody else holds a lock on the file at `fd`, open for reading or writing; takes none.
 *
 * @throws a system error
 * @see fcntl(2), F_OFD_GETLK
 */
export function isLocked(fd: number): boolean {
  const lock = new Uint8Array(BYTES)
  const view = new DataView(lock.buffer)
  view.setInt16(TYPE, WRITE_LOCK, true)
  check(fcntl(fd, GET_LOCK, '_Inout_ uint8_t *', lock), 'fcntl')
  return view.getInt16(TYPE, true) !== UNLOCKED
}
