/** The files that a supervisor keeps: made where they are missing, replaced as a whole. */
import {
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  closeSync,
  readlinkSync,
  renameSync,
  statSync,
  writeSync,
  ftruncateSync,
} from 'node:fs'
import { isSystemError } from '../posix/system-error.ts'

/** Takes all rights to others away at once; the umask may take away more. */
const PRIVATE = 0o700

/**
 * Replaces what is in the file at `path`: whoever reads it finds the old bytes or the new ones, all of them. Where there is
 * no room for a second file the first one is overwritten, which takes none: a few bytes, in one call.
 *
 * @throws a system error: ENOSPC where there was no first one either, EACCES, EROFS, …
 */
export function replaceFile(path: string, bytes: Uint8Array): void {
  const fresh = `${path}.new`
  try {
    write(fresh, constants.O_CREAT | constants.O_TRUNC, bytes)
    renameSync(fresh, path)
  } catch (error) {
    if (!isSystemError(error, 'ENOSPC', 'EDQUOT')) throw error
    write(path, 0, bytes)
  }
}

function write(path: string, flags: number, bytes: Uint8Array): void {
  const fd = openSync(path, constants.O_WRONLY | flags)
  try {
    writeSync(fd, bytes)
    ftruncateSync(fd, bytes.length)
  } finally {
    closeSync(fd)
  }
}

/**
 * Makes the directory at `path`, for its owner alone; where a link leads to nothing yet, what it leads to: service
 * directories may be read-only, with links to a file system in memory.
 *
 * @returns where it was made; undefined where it was there already
 * @see s6 2.11.3.2 src/supervision/s6-supervise.c, trymkdir
 */
export function makePrivateDirectory(path: string): string | undefined {
  const target = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? linkTarget(path) : path
  try {
    mkdirSync(target, PRIVATE)
    return target
  } catch (error) {
    if (!isSystemError(error, 'EEXIST') || !statSync(target).isDirectory()) throw error
    return undefined
  }
}

/** Relative to the directory that the link stands in. */
function linkTarget(path: string): string {
  const target = readlinkSync(path)
  return target.startsWith('/') ? target : `${path.slice(0, path.lastIndexOf('/'))}/${target}`
}
