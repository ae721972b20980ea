/** Ending at once. */
import { declare } from './libc.ts'

const leave = declare<(code: number) => never>('void _exit(int)')

/**
 * Ends the process with `code`, its `exit` listeners called, without the 0.7 ms in which Node takes itself apart. What was
 * written synchronously is out; what is still to be written is lost.
 *
 * @param code 0 to 255
 * @see _exit(2)
 * @example
 * import { exitNow } from 'fifodir/posix'
 * exitNow(0)
 */
export function exitNow(code: number): never {
  process.emit('exit', code)
  return leave(code)
}
