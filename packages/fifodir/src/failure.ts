/** From the system's errors to ours: what a system error means for what was being done, and what to do about it. */
import { FifodirError, type Operation } from './error.ts'
import { isSystemError, reasonOf } from './posix/system-error.ts'

const HINTS: Partial<Record<Operation, Record<string, string>>> = {
  make: {
    EACCES: 'make it where this user may write, or take it over as its owner',
    ENOENT: 'make its parent directory first',
    ENOTDIR: 'remove what stands there, or choose another name',
    ENOSPC: 'make room on its file system (a directory takes an inode)',
    EPERM: 'choose a group that this user belongs to',
  },
  notify: {
    ENOENT: 'make it first, with makeFifodir',
    ENOTDIR: 'name the fifodir itself',
    EACCES: 'notify as its owner, who alone may list it',
  },
  clean: {
    ENOENT: 'make it first, with makeFifodir',
    ENOTDIR: 'name the fifodir itself',
    EACCES: 'clean it as its owner, who alone may list it',
  },
  'subscribe to': {
    ENOENT: 'make it first, with makeFifodir, or wait for it to appear',
    ENOTDIR: 'name the fifodir itself',
    EACCES: 'its mode lets this user create nothing there: make it with mode 1733, or join its group',
    ENOSPC: 'make room on its file system (a FIFO takes an inode), or raise the limit of file watches',
  },
  'listen on': {
    EACCES: 'choose a port from 1024 on, or a directory that this user may write to',
    EADDRINUSE: 'stop what has it, or choose another',
    EADDRNOTAVAIL: 'choose an address of this machine',
    EEXIST: 'remove what stands there, or choose another path',
    ELOOP: 'choose a path that is no link',
    ENAMETOOLONG: 'choose a path of at most 107 bytes, from the root on',
    ENOENT: 'make its directory first',
    ENOTDIR: 'choose a path whose directories are directories',
    EPERM: 'only root gives away what it makes: leave out user and group',
  },
  'wait at': { EPERM: 'hand over a socket, a pipe or a FIFO: nothing comes to a file' },
  'notify systemd at': {
    ENOENT: 'name in NOTIFY_SOCKET a socket that this process can see, whatever its root directory',
    EACCES: 'its mode lets this user send nothing: run as its owner, or have its manager make it with a wider mode',
    ECONNREFUSED: 'nobody listens there any more, or not in this network namespace: unset NOTIFY_SOCKET',
    EPIPE: 'nobody reads there any more: unset NOTIFY_SOCKET',
    EPROTOTYPE: 'name in NOTIFY_SOCKET a datagram socket',
    EINVAL: 'make NOTIFY_SOCKET an absolute path, or @ and an abstract name',
    ENAMETOOLONG: 'choose a path of at most 107 bytes',
    EAFNOSUPPORT:
      'have the manager give an absolute path or an abstract name: virtual machine sockets are not supported',
    EBADF: 'send descriptors that are open',
  },
  'receive notifications at': {
    EADDRINUSE: 'end who listens there, remove what is no socket, or choose another path',
    EACCES: 'choose a directory that this user may write to',
    ENOENT: 'make its parent directory first',
    ENAMETOOLONG: 'choose a path of at most 107 bytes, or none',
    ENOTSOCK: 'give the descriptor of a bound Unix datagram socket',
    EPROTOTYPE: 'give the descriptor of a bound Unix datagram socket',
    EBADF: 'give the descriptor of a bound Unix datagram socket',
  },
  read: { EINVAL: 'set it as systemd does: a whole number in decimal digits' },
  supervise: {
    ENOENT: 'make the service directory first',
    ENOTDIR: 'name the service directory itself',
    EACCES: 'supervise it as its owner, who may write to it',
    ENOSPC: 'make room on its file system (supervise/ and event/ take a few inodes)',
  },
  start: {
    ENOENT: 'put the program there (and what its first line names)',
    EACCES: 'make the program executable',
    EAGAIN: 'raise the limit of processes (ulimit -u)',
  },
  finish: {
    ENOENT: 'put there what the first line of the program names',
    EACCES: 'make the program executable, or remove it',
    EAGAIN: 'raise the limit of processes (ulimit -u)',
  },
  'record status of': { ENOSPC: 'make room on its file system' },
  'record death of': { ENOSPC: 'make room on its file system' },
  'read status of': {
    ENOENT: 'start its supervisor first',
    ENOTDIR: 'name the service directory itself',
    EACCES: 'ask as the user that its supervisor runs as',
  },
  control: {
    ENOENT: 'start its supervisor first',
    ENOTDIR: 'name the service directory itself',
    ENXIO: 'start its supervisor first',
    EACCES: 'ask as the user that its supervisor runs as',
    EAGAIN: 'look after its supervisor: it does not read its commands',
  },
}

const DESCRIPTORS = 'raise the limit of open files (ulimit -n)'
const HINTS_EVERYWHERE: Record<string, string> = { EMFILE: DESCRIPTORS, ENFILE: DESCRIPTORS }

/** The failure of `operation` on what is at `path` that a system error tells of; anything else is passed on. */
export function failure(operation: Operation, path: string, cause: unknown): unknown {
  if (!isSystemError(cause)) return cause
  const { code } = cause
  const hint = HINTS[operation]?.[code] ?? HINTS_EVERYWHERE[code]
  return new FifodirError({ code, operation, path, reason: reasonOf(cause), hint, cause })
}

/** Runs `act`, and throws its system errors as the failures of `operation` on what is at `path`. */
export function attempt<Result>(operation: Operation, path: string, act: () => Result): Result {
  try {
    return act()
  } catch (error) {
    throw failure(operation, path, error)
  }
}
