/** How a process ended, out of the 16 bits in which wait(2) tells it: the same on every Unix that there is. */

/** The signal that ended it, by number; 0 where it exited by itself. */
export function terminationSignal(waitStatus: number): number {
  return waitStatus & 0x7f
}

/** Its exit code, 0 to 255; of no meaning where a signal ended it. */
export function exitCode(waitStatus: number): number {
  return (waitStatus >> 8) & 0xff
}
