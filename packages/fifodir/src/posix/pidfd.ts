/** A process by a descriptor: it stays that process's when the number is another's already, and is readable at its end. */
import { check, declare } from './libc.ts'

const syscall = declare<(number: number, pid: number, flags: number) => number>('long syscall(long, int, unsigned int)')

/** The same on all machines. @see pidfd_open(2), Linux 5.3 */
const PIDFD_OPEN = 434

/** Opens the process `pid`, close-on-exec. For `closeDescriptor`. @throws a system error: ESRCH, ENOSYS, … */
export function openProcess(pid: number): number {
  return check(syscall(PIDFD_OPEN, pid, 0), 'pidfd_open')
}
