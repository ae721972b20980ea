/** Becoming another program, which Node 20 cannot do, and which later versions do without the standard descriptors. */
import { placed } from './placement.ts'
import { type Handover, handOver, type Image, type Strings } from './handover.ts'
import { koffi } from './koffi.ts'
import { declare } from './libc.ts'
import { systemError } from './system-error.ts'

const execvp = declare<(file: Uint8Array, argv: Uint8Array) => number>('int execvp(const uint8_t *, const uint8_t *)')
const execvpe = declare<(file: Uint8Array, argv: Uint8Array, environment: Uint8Array) => number>(
  'int execvpe(const uint8_t *, const uint8_t *, const uint8_t *)',
)

/**
 * Becomes `program`: same process, same pid, and where `handover` does not say otherwise the same environment and
 * descriptors 0 to 2; all others are closed. Nothing of this process runs any more, `exit` listeners included. Does not
 * return.
 *
 * @param program a path, or a name that is looked up in PATH
 * @param args its arguments, without its own name; bytes are passed as they are
 * @throws a system error where it cannot be run, and this process goes on as it was: ENOENT (not found), EACCES (may not
 *   be run), E2BIG, …
 * @see execvp(3)
 * @example
 * import { exec } from 'fifodir/posix'
 * exec('sh', ['-c', 'test "$PPID" -gt 0']) // the exit code is the shell's
 */
export function exec(program: string | Uint8Array, args: Strings = [], handover: Handover = {}): never {
  const become = ({ file, argv, environment }: Image): number => {
    if (environment === undefined) execvp(file, argv)
    else execvpe(file, argv, environment)
    return koffi().errno() // it has failed, or it would not have returned
  }
  const errno = placed(handover.descriptors ?? {}, () => handOver([program, ...args], handover, become))
  throw systemError(errno, 'execvp', Buffer.from(program).toString())
}

/**
 * Does what {@link exec} does, but for becoming another program, and undoes it: what takes 2 ms for the first time is then
 * done. For who waits for something to become a program, and is waited for when it comes.
 *
 * @throws a system error, as where a descriptor is not open: EBADF
 */
export function rehearseExec(handover: Handover = {}): void {
  placed(handover.descriptors ?? {}, () => handOver([''], handover, () => 0))
}
