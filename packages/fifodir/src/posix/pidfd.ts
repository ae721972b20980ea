/** A process by a descriptor: it stays that process's when the number is another's already, and is readable at its end. */
import { fstatSync, statfsSync } from 'node:fs'
import { closeDescriptor } from './descriptor.ts'
import { check, declare } from './libc.ts'
import { isSystemError } from './system-error.ts'

const syscall = declare<(number: number, pid: number, flags: number) => number>('long syscall(long, int, unsigned int)')

/** The same on all machines. @see pidfd_open(2), Linux 5.3 */
const PIDFD_OPEN = 434

/** Opens the process `pid`, close-on-exec. For `closeDescriptor`. @throws a system error: ESRCH, ENOSYS, … */
export function openProcess(pid: number): number {
  return check(syscall(PIDFD_OPEN, pid, 0), 'pidfd_open')
}

/** Before Linux 6.9 all pidfds have one inode in common. */
const PIDFS_MAGIC = 0x50494446

/**
 * What tells this process from all others, those included that have its pid before or after it: the inode of its pidfd,
 * systemd's `LISTEN_PIDFDID`; undefined where the kernel gives none.
 */
export function ownPidfdId(): bigint | undefined {
  try {
    const fd = openProcess(process.pid)
    try {
      return statfsSync(`/proc/self/fd/${fd}`).type === PIDFS_MAGIC ? fstatSync(fd, { bigint: true }).ino : undefined
    } finally {
      closeDescriptor(fd)
    }
  } catch (error) {
    if (isSystemError(error, 'ENOSYS', 'EPERM', 'ENOENT')) return undefined // too old, sandboxed, or without /proc
    throw error
  }
}
