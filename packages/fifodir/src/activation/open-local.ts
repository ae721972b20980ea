/**
 * Unix sockets, and FIFOs. What stands in the file system is nobody's to use before it has its owner and its mode, and is
 * removed by whoever made it, where it still is what was made.
 */
import { constants, fchmodSync, fchownSync, fstatSync, lchownSync } from 'node:fs'
import { constants as os } from 'node:os'
import { absolutePath } from '../path.ts'
import { closeDescriptor, openDescriptor } from '../posix/descriptor.ts'
import { changeMode, makeFifo } from '../posix/fifo.ts'
import { AF_UNIX, listenOn, openSocket, SOCK_SEQPACKET, SOCK_STREAM } from '../posix/listening.ts'
import { bindSocket, SOCK_DGRAM, unixAddress } from '../posix/socket.ts'
import { isSystemError, systemError } from '../posix/system-error.ts'
import { ownPath } from '../systemd/own-path.ts'
import { type LocalSocket, MOST } from './definition.ts'
import { ownerOf } from './owner.ts'
import type { Release } from './release.ts'
import { removeStale } from '../posix/stale-socket.ts'

const TYPES = { unix: SOCK_STREAM, 'unix-dgram': SOCK_DGRAM, 'unix-seqpacket': SOCK_SEQPACKET } as const
const MODE = 0o666

/** Opens what `definition` says, to be closed, and removed, by `release`. */
export function openLocal(definition: LocalSocket, release: Release): number {
  const { kind, path } = definition
  if (kind === 'fifo') return openFifo(definition, absolutePath(path), release)
  return path.startsWith('@') ? openAbstract(kind, definition, release) : openSocketFile(kind, definition, release)
}

function openAbstract(kind: keyof typeof TYPES, { path, backlog = MOST }: LocalSocket, release: Release): number {
  const fd = openSocket(AF_UNIX, TYPES[kind])
  release.add(() => closeDescriptor(fd))
  bindSocket(fd, unixAddress(path), path)
  if (kind !== 'unix-dgram') listenOn(fd, backlog)
  return fd
}

function openSocketFile(kind: keyof typeof TYPES, definition: LocalSocket, release: Release): number {
  const { mode = MODE, backlog = MOST } = definition
  const path = absolutePath(definition.path)
  const [uid, gid] = ownerOf(definition)
  const fd = openSocket(AF_UNIX, TYPES[kind])
  release.add(() => closeDescriptor(fd))
  fchmodSync(fd, 0) // bind gives the file the mode of the socket, less the umask
  const address = unixAddress(path)
  try {
    bindSocket(fd, address, path)
  } catch (error) {
    if (!isSystemError(error, 'EADDRINUSE') || !removeStale(path, address)) throw error
    bindSocket(fd, address, path)
  }
  release.add(ownPath(path))
  lchownSync(path, uid, gid)
  if (kind !== 'unix-dgram') listenOn(fd, backlog)
  changeMode(path, mode)
  return fd
}

/** A FIFO that is there already is taken as it is, but for what `definition` says of it. */
function openFifo(definition: LocalSocket, path: string, release: Release): number {
  const [uid, gid] = ownerOf(definition)
  const made = makeUnlessThere(path)
  if (made) {
    release.add(ownPath(path))
    changeMode(path, 0o600) // the umask may have taken the owner's own permission
  }
  const { O_RDWR, O_NONBLOCK, O_NOFOLLOW } = constants
  // for reading and writing, so that it never ends
  const fd = openDescriptor(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW)
  release.add(() => closeDescriptor(fd))
  if (!fstatSync(fd).isFIFO()) throw systemError(os.errno.EEXIST, 'open', path)
  const mode = definition.mode ?? (made ? MODE : undefined)
  fchownSync(fd, uid, gid)
  if (mode !== undefined) fchmodSync(fd, mode)
  return fd
}

function makeUnlessThere(path: string): boolean {
  try {
    makeFifo(path, 0o600)
    return true
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false
    throw error
  }
}
