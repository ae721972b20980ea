/** Making a FIFO: the one thing about FIFOs that Node cannot do. */
import { check, declare } from './libc.ts'

const mkfifo = declare<(path: string, mode: number) => number>('int mkfifo(const char *, uint32_t)')
const fchmodat = declare<(directory: number, path: string, mode: number, flags: number) => number>(
  'int fchmodat(int, const char *, uint32_t, int)',
)

const AT_FDCWD = process.platform === 'darwin' ? -2 : -100
const AT_SYMLINK_NOFOLLOW = process.platform === 'darwin' ? 0x20 : 0x100

/** Makes a FIFO at `path`, which must not exist (EEXIST); the umask takes its bits out of `mode`. */
export function makeFifo(path: string, mode: number): void {
  check(mkfifo(path, mode), 'mkfifo', path)
}

/** Sets the mode of what stands at `path` itself, never of what a link there leads to. */
export function changeMode(path: string, mode: number): void {
  check(fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW), 'fchmodat', path)
}
