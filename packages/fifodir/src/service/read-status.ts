/** What is recorded of a service, at a glance. */
import { constants, existsSync, readFileSync, statSync } from 'node:fs'
import { attempt } from '../failure.ts'
import { absolutePath } from '../path.ts'
import { closeDescriptor, openDescriptor } from '../posix/descriptor.ts'
import { isLocked } from '../posix/lock.ts'
import { isSystemError } from '../posix/system-error.ts'
import { type Status, unpackStatus } from '../status.ts'
import { openControlFifo } from './control.ts'
import { CONTROL, DOWN, LOCK, STATUS } from './paths.ts'

/** What is recorded of a service. */
export interface RecordedStatus {
  /** Whether it has a supervisor: where it has none the rest is what the last one left. */
  readonly supervised: boolean
  /** Whether a supervisor that comes starts it by itself: it has no file `down`. */
  readonly normallyUp: boolean
  /** Undefined where it never had a supervisor. */
  readonly status: Status | undefined
}

/**
 * What is recorded of the service of the service directory `path`, under a supervisor of whatever make, or none.
 *
 * @throws FifodirError ENOENT, EACCES, …; FIFODIR_STATUS where the record is none
 * @see s6 2.11.3.2 src/libs6/s6_svstatus_read.c
 * @example
 * import { readStatus } from 'fifodir/service'
 * import { mkdirSync } from 'node:fs'
 * mkdirSync('sleeper')
 * readStatus('sleeper') // => { supervised: false, normallyUp: true, status: undefined }
 */
export function readStatus(path: string): RecordedStatus {
  const directory = absolutePath(path)
  return attempt('read status of', path, () => {
    statSync(directory)
    return {
      supervised: isSupervised(directory),
      normallyUp: !existsSync(`${directory}/${DOWN}`),
      status: read(`${directory}/${STATUS}`, path),
    }
  })
}

function isSupervised(directory: string): boolean {
  try {
    closeDescriptor(openControlFifo(`${directory}/${CONTROL}`))
    return true
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENXIO')) return false
    if (isSystemError(error, 'EACCES')) return isHeld(directory) // who may look need not be one who may command
    throw error
  }
}

/** Whether a supervisor holds the lock: it can be asked by who may read it. */
export function isHeld(directory: string): boolean {
  const fd = openDescriptor(`${directory}/${LOCK}`, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    return isLocked(fd)
  } finally {
    closeDescriptor(fd)
  }
}

function read(file: string, path: string): Status | undefined {
  try {
    return unpackStatus(readFileSync(file), path)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}
