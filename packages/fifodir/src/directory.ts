/**
 * The fifodir itself: a directory that its notifier makes, in which every subscription is a FIFO. No data is ever
 * stored in it, so a file system in memory is the natural place.
 */
import { closeSync, constants, fchmodSync, fchownSync, fstatSync, mkdirSync, openSync, rmdirSync } from 'node:fs'
import { checkPath } from './path.ts'
import { FifodirError } from './error.ts'
import { attempt } from './failure.ts'
import { changeMode } from './posix/fifo.ts'
import { groupNumber } from './posix/group.ts'
import { isSystemError } from './posix/system-error.ts'
import { readEntries } from './reading.ts'
import { openWriteEnd, removeFifo } from './write-end.ts'

const PUBLIC_MODE = 0o1733
/** With the setgid bit, which gives every FIFO in it the group. */
const GROUP_MODE = 0o3730

export interface MakeOptions {
  /** Only members of this group, a name or a number, may subscribe. Everybody may where it is left out. */
  readonly group?: number | string
  /** Sets group and mode again where the fifodir exists already. */
  readonly force?: boolean
}

/**
 * Makes a fifodir at `path`, mode 1733 whatever the umask: anybody may subscribe, only its owner may notify. With a
 * group, mode 3730. One that exists already and is this user's is left as it is.
 *
 * @throws FifodirError EACCES (no permission, or it belongs to another user), ENOTDIR, ENOENT (no parent directory),
 *   EPERM (this user may not give it that group), ENOSPC, EROFS, …; nothing is left behind
 * @throws RangeError where there is no such group; TypeError, RangeError for wrong arguments
 * @see s6 2.15.1.0 src/libs6/ftrigw_fifodir_make.c
 * @example
 * import { makeFifodir } from 'fifodir'
 * makeFifodir('event')
 * makeFifodir('event') // it is there already: nothing happens
 */
export function makeFifodir(path: string, { group, force = false }: MakeOptions = {}): void {
  checkPath(path)
  const gid = group === undefined ? undefined : groupOf(group)
  attempt('make', path, () => {
    const made = makeDirectory(path)
    try {
      const fd = openDirectory(path, made)
      try {
        refuseForeign(path, fstatSync(fd).uid)
        if (!made && !force) return
        if (gid !== undefined) fchownSync(fd, -1, gid)
        fchmodSync(fd, gid === undefined ? PUBLIC_MODE : GROUP_MODE) // last: a change of group clears the setgid bit
      } finally {
        closeSync(fd)
      }
    } catch (error) {
      if (made) rmdirSync(path)
      throw error
    }
  })
}

/** Nobody can use it before its mode is set. */
function makeDirectory(path: string): boolean {
  try {
    mkdirSync(path, 0o700)
    return true
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false
    throw error
  }
}

function openDirectory(path: string, made: boolean): number {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants
  const open = (): number => openSync(path, O_RDONLY | O_DIRECTORY | (made ? O_NOFOLLOW : 0))
  try {
    return open()
  } catch (error) {
    if (!made || !isSystemError(error, 'EACCES')) throw error
    changeMode(path, 0o700) // the umask took even the owner's own permission
    return open()
  }
}

function refuseForeign(path: string, uid: number): void {
  if (uid === process.geteuid?.()) return
  throw new FifodirError({
    code: 'EACCES',
    operation: 'make',
    path,
    reason: `it exists and belongs to another user, uid ${uid}`,
    hint: 'use it as it is, or make another',
  })
}

function groupOf(group: number | string): number {
  const gid = typeof group === 'string' ? groupNumber(group) : group
  if (gid === undefined) throw new RangeError(`no such group: ${group}; name one of the system's, or give its number`)
  if (!Number.isInteger(gid) || gid < 0 || gid > 0xfffffffe)
    throw new RangeError(`not the number of a group: ${gid}; give an integer from 0 to 4294967294`)
  return gid
}

/** How many of a fifodir's FIFOs had a `live` subscriber, were `stale` and removed, `denied`, or not FIFOs at all. */
export interface Cleaned {
  readonly live: number
  readonly stale: number
  readonly denied: number
  readonly foreign: number
}

/**
 * Removes the FIFOs whose subscribers are dead from the fifodir at `path`, and nothing else. A notification does so in
 * passing; this is for fifodirs that are seldom notified.
 *
 * @throws FifodirError ENOENT, ENOTDIR, EACCES on the directory; EMFILE, ENFILE
 * @see s6 2.15.1.0 src/libs6/ftrigw_clean.c
 * @example
 * import { cleanFifodir, makeFifodir } from 'fifodir'
 * makeFifodir('event')
 * cleanFifodir('event') // => { live: 0, stale: 0, denied: 0, foreign: 0 }
 */
export function cleanFifodir(path: string): Cleaned {
  checkPath(path)
  return attempt('clean', path, () => {
    const tally = { live: 0, stale: 0, denied: 0, foreign: 0 }
    for (const entry of readEntries(path).entries) {
      const fifo = `${path}/${entry.name}`
      const end = openWriteEnd(fifo, entry)
      if (typeof end === 'number') closeSync(end)
      if (end === 'stale') removeFifo(fifo)
      const found = typeof end === 'number' ? 'live' : end
      if (found !== 'gone') tally[found]++
    }
    return tally
  })
}
