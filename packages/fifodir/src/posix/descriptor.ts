/**
 * Descriptors behind Node's back. In a worker thread Node keeps a list of what `node:fs` opened, and closes at the
 * thread's end what `node:fs` has not closed: also what a socket has closed long since, when the number belongs to
 * somebody else. So what a socket is to own is opened here.
 */
import { check, declare } from './libc.ts'

const openPath = declare<(path: string, flags: number) => number>('int open(const char *, int, ...)')
const fcntl = declare<(fd: number, command: number, type: 'int', value: number) => number>('int fcntl(int, int, ...)')
const close = declare<(fd: number) => number>('int close(int)')

/** Node knows it, and does not tell. */
const O_CLOEXEC = process.platform === 'linux' ? 0o2000000 : process.platform === 'darwin' ? 0x1000000 : 0x100000

/** Opens what is at `path`, close-on-exec; `flags` as in `node:fs`. */
export function openDescriptor(path: string, flags: number): number {
  return check(openPath(path, flags | O_CLOEXEC), 'open', path)
}

const F_DUPFD_CLOEXEC = process.platform === 'linux' ? 1030 : process.platform === 'darwin' ? 67 : 17

/** A second number, `least` or above, for what `fd` leads to, close-on-exec. */
export function duplicateDescriptor(fd: number, least = 0): number {
  return check(fcntl(fd, F_DUPFD_CLOEXEC, 'int', least), 'fcntl')
}

/** Closes what was opened here, where no socket does. */
export function closeDescriptor(fd: number): void {
  check(close(fd), 'close')
}
