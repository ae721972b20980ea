/** The reading side of one's own subscription: open so that it never comes to an end when notifiers come and go. */
import { constants, fchmodSync, fstatSync } from 'node:fs'
import { constants as os } from 'node:os'
import { closeDescriptor, openDescriptor } from './posix/descriptor.ts'
import { changeMode } from './posix/fifo.ts'
import { isSystemError, systemError } from './posix/system-error.ts'

const { O_RDONLY, O_WRONLY, O_RDWR, O_NONBLOCK, O_NOFOLLOW } = constants

/** On Linux one descriptor is both ends; POSIX leaves that undefined, so elsewhere a second one holds the other end. */
export const READ_ENDS: readonly number[] = process.platform === 'linux' ? [O_RDWR] : [O_RDONLY, O_WRONLY]

/**
 * Opens the FIFO at `path`, just made, and sets its mode, whatever the umask left of it.
 *
 * @returns the descriptor to read from, and, where it takes one, the descriptor that keeps it from ending
 */
export function openReadEnd(path: string, mode: number, ends: readonly number[] = READ_ENDS): number[] {
  const fds: number[] = []
  try {
    for (const access of ends) fds.push(openOwn(path, access, mode))
    // the directory's owner could have exchanged it: nothing but our FIFO gets that mode
    if (!fstatSync(fds[0] as number).isFIFO()) throw systemError(os.errno.EEXIST, 'open', path)
    fchmodSync(fds[0] as number, mode)
    return fds
  } catch (error) {
    for (const fd of fds) closeDescriptor(fd)
    throw error
  }
}

function openOwn(path: string, access: number, mode: number): number {
  const open = (): number => openDescriptor(path, access | O_NONBLOCK | O_NOFOLLOW)
  try {
    return open()
  } catch (error) {
    if (!isSystemError(error, 'EACCES')) throw error
    changeMode(path, mode) // the umask took even the owner's own permission
    return open()
  }
}
