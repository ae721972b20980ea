/**
 * The supervisor's hold on a service directory: what must be there is made, the lock is taken, the control FIFO is open. One
 * supervisor at a time holds it, of whatever make.
 */
import { closeSync, constants, fstatSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { constants as os } from 'node:os'
import type { OpenSocket, OpenSockets } from '../activation/open.ts'
import { cleanFifodir, makeFifodir } from '../directory.ts'
import { FifodirError } from '../error.ts'
import { closeDescriptor, openDescriptor } from '../posix/descriptor.ts'
import { changeMode, makeFifo } from '../posix/fifo.ts'
import { tryLock } from '../posix/lock.ts'
import { Reader, type Sink } from '../posix/reader.ts'
import { isSystemError, systemError } from '../posix/system-error.ts'
import { READ_ENDS } from '../read-end.ts'
import { CONTROL, DEATH_TALLY, EVENT, LOCK, SUPERVISE } from './paths.ts'
import { makePrivateDirectory } from './service-files.ts'

const CONTROL_MODE = 0o600

/** A service directory that is held until {@link HeldDirectory.close}. */
export class HeldDirectory {
  #reader: Reader | undefined
  #descriptors: number[]
  #sockets: OpenSockets | undefined

  /**
   * @param path absolute; `name` is the same as its caller calls it
   * @throws FifodirError FIFODIR_SUPERVISED where another supervisor holds it; system errors
   * @see s6 2.11.3.2 src/supervision/s6-supervise.c, control_init
   */
  constructor(name: string, path: string) {
    makeEventDirectory(path)
    makePrivateDirectory(`${path}/${SUPERVISE}`)
    this.#descriptors = [takeLock(name, `${path}/${LOCK}`)]
    try {
      makeControl(`${path}/${CONTROL}`)
      cleanFifodir(`${path}/${EVENT}`)
      writeFileSync(`${path}/${DEATH_TALLY}`, '')
    } catch (error) {
      this.close()
      throw error
    }
  }

  /**
   * Takes commands from now on; who finds the FIFO open finds a supervisor. It keeps the process alive.
   *
   * @throws a system error, EEXIST where something else stands there; nothing is held then
   */
  listen(path: string, sink: Sink): void {
    try {
      const [fd, ...keepers] = openControl(`${path}/${CONTROL}`)
      this.#descriptors.push(...keepers)
      this.#reader = new Reader(fd as number, sink)
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Holds the sockets that `open` opens, too; where that fails nothing is held. */
  openSockets(open: () => OpenSockets): readonly OpenSocket[] {
    try {
      this.#sockets = open()
      return this.#sockets.sockets
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Lets go of it; idempotent. */
  close(): void {
    this.#sockets?.close()
    this.#reader?.close()
    for (const fd of this.#descriptors.splice(0)) closeDescriptor(fd)
  }
}

/** Left as it is where it exists: what it is shows when it is to be held. */
export function makeServiceDirectory(path: string): void {
  try {
    mkdirSync(path)
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error
  }
}

/** With the supervisor's own group, which may subscribe; left as it is where it exists, whoever's it is. */
export function makeEventDirectory(path: string): void {
  const made = makePrivateDirectory(`${path}/${EVENT}`)
  if (made !== undefined) makeFifodir(made, { group: process.getegid?.() as number, force: true })
}

function takeLock(name: string, path: string): number {
  closeSync(openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_NONBLOCK, 0o644))
  const fd = openDescriptor(path, constants.O_WRONLY | constants.O_NONBLOCK)
  try {
    if (tryLock(fd)) return fd
  } catch (error) {
    closeDescriptor(fd)
    throw error
  }
  closeDescriptor(fd)
  throw new FifodirError({
    code: 'FIFODIR_SUPERVISED',
    operation: 'supervise',
    path: name,
    reason: 'it has a supervisor already',
    hint: 'use that, or tell it to exit',
  })
}

function makeControl(path: string): void {
  try {
    makeFifo(path, CONTROL_MODE)
    changeMode(path, CONTROL_MODE)
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error // it may have been given to a group; so it is left as it is
  }
}

function openControl(path: string): number[] {
  const fds: number[] = []
  try {
    for (const access of READ_ENDS) fds.push(openDescriptor(path, access | constants.O_NONBLOCK))
    if (!fstatSync(fds[0] as number).isFIFO()) throw systemError(os.errno.EEXIST, 'open', path)
    return fds
  } catch (error) {
    for (const fd of fds) closeDescriptor(fd)
    throw error
  }
}
