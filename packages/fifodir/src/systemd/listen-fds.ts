/**
 * Socket activation, the service's half: sockets that somebody opened before this process ran, and that outlive it. They
 * are descriptors 3 and up, and the environment says how many, for whom, and how they are called.
 */
import { fstatSync, readlinkSync, type Stats } from 'node:fs'
import { setCloseOnExec } from '../posix/descriptor-flags.ts'
import { isListening } from '../posix/listening.ts'
import { getOption, SO_TYPE } from '../posix/socket.ts'
import { ownAddress, type SocketAddress } from '../posix/socket-address.ts'
import { isSystemError } from '../posix/system-error.ts'
import { countIn, LISTEN_VARIABLES, namesIn, refusal } from './listen-environment.ts'

const FIRST = 3
const FAMILIES = { 1: 'unix', 2: 'inet', 10: 'inet6', 16: 'netlink', 40: 'vsock' } as const
const TYPES = { 1: 'stream', 2: 'datagram', 3: 'raw', 5: 'seqpacket' } as const

/** A descriptor that was handed to this process. As it is, it can be given to `server.listen()`. */
export interface ListenFd {
  readonly fd: number
  /** How whoever opened it calls it, several perhaps the same; `unknown` where it has no name. */
  readonly name: string
  /** Undefined where it is not a socket, or of none of these. */
  readonly family: (typeof FAMILIES)[keyof typeof FAMILIES] | undefined
  /** What it is; `other` is what has no name in the file system, such as an eventfd. */
  readonly type: (typeof TYPES)[keyof typeof TYPES] | 'fifo' | 'file' | 'directory' | 'device' | 'other'
  /** Whether connections can be accepted from it. */
  readonly listening: boolean
  /** Its own address: host and port, or a path (`@` and a name where that is in no file system); undefined where it has none. */
  readonly address: SocketAddress | undefined
}

export interface ListenFdsOptions {
  /** Takes the variables out of the environment, also where this fails, so that nobody else considers them. */
  readonly unsetEnvironment?: boolean | undefined
}

/**
 * The descriptors that were handed to this process, in their order: none where it was started without. All are made
 * close-on-exec, which does not keep anybody from handing them on by number.
 *
 * Guarantee: what this process opened by itself is never among them, if the first call is made before any of them is
 * closed: call it at the start. What it found is remembered, for as long as the environment says the same.
 *
 * @throws FifodirError EINVAL (the environment is wrong: numbers that are none, as many names as there are no
 *   descriptors), EBADF (one of them was not open when this process began); nothing was taken
 * @see sd_listen_fds_with_names(3); systemd 252 src/libsystemd/sd-daemon/sd-daemon.c — differs: numbers are decimal, and
 *   a backslash in a name is one
 * @example
 * import { listenFds } from 'fifodir/systemd'
 * listenFds() // => []
 */
export function listenFds({ unsetEnvironment = false }: ListenFdsOptions = {}): ListenFd[] {
  try {
    const said = JSON.stringify(LISTEN_VARIABLES.map((variable) => process.env[variable]))
    if (said !== found?.said) found = { said, fds: takeAll() }
    return [...found.fds]
  } finally {
    if (unsetEnvironment) for (const variable of LISTEN_VARIABLES) delete process.env[variable]
  }
}

/**
 * The first of the descriptors that were handed to this process under `name`, or undefined.
 *
 * @throws FifodirError as {@link listenFds}
 * @example
 * import { listenFdByName } from 'fifodir/systemd'
 * listenFdByName('dns') // => undefined
 */
export function listenFdByName(name: string): ListenFd | undefined {
  return listenFds().find((each) => each.name === name)
}

/** A descriptor that was closed since may be something else by now. */
let found: { readonly said: string; readonly fds: readonly ListenFd[] } | undefined

function takeAll(): ListenFd[] {
  const count = countIn(process.env)
  if (count === 0) return [] // and no names are looked at
  for (let fd = FIRST; fd < FIRST + count; fd++) take(fd)
  return namesIn(process.env, count).map((name, index) => ({ fd: FIRST + index, name, ...factsOf(FIRST + index) }))
}

function take(fd: number): void {
  try {
    setCloseOnExec(fd)
    if (!isEventPoll(fd)) return
  } catch (error) {
    if (!isSystemError(error, 'EBADF')) throw error
    throw notOpen(fd, error)
  }
  throw notOpen(fd)
}

function notOpen(fd: number, cause?: unknown): Error {
  return refusal('EBADF', `descriptor ${fd}, which LISTEN_FDS counts, was not handed over`, cause)
}

/**
 * Whether `fd` is what Node opens before all else, an epoll instance: it has the first number that was free. To a program
 * in C, that descriptor would be closed.
 */
function isEventPoll(fd: number): boolean {
  return linkOf(fd) === 'anon_inode:[eventpoll]'
}

/** What /proc says that `fd` leads to, where there is a /proc. */
function linkOf(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

function factsOf(fd: number): Omit<ListenFd, 'fd' | 'name'> {
  const stats = fstatSync(fd)
  if (stats.isSocket()) {
    const { family, address } = ownAddress(fd)
    const type = TYPES[getOption(fd, SO_TYPE) as keyof typeof TYPES] ?? 'other'
    return { family: FAMILIES[family as keyof typeof FAMILIES], type, listening: isListening(fd), address }
  }
  const path = linkOf(fd)
  const address = path?.startsWith('/') ? { path } : undefined
  return { family: undefined, type: fileType(stats), listening: false, address }
}

function fileType(stats: Stats): ListenFd['type'] {
  if (stats.isFIFO()) return 'fifo'
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isCharacterDevice() || stats.isBlockDevice() ? 'device' : 'other'
}
