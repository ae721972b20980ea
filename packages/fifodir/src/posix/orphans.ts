/**
 * Orphans: processes whose parent has died, and which a process 1, or a subreaper, is given in its place. When they end they
 * stay zombies until they are reaped, and Node reaps those alone that it has started itself.
 */
import { isAwaited } from './child.ts'
import { check, declare } from './libc.ts'

const prctl = declare<(option: number, type: 'unsigned long', value: number) => number>('int prctl(int, ...)')
const waitid = declare<(type: number, id: number, info: Uint8Array, options: number) => number>(
  'int waitid(int, unsigned int, _Inout_ uint8_t *, int)',
)
const waitpid = declare<(pid: number, status: null, options: number) => number>('int waitpid(int, int *, int)')

const PR_SET_CHILD_SUBREAPER = 36
const P_ALL = 0
const WNOHANG = 1
const WEXITED = 4
const WNOWAIT = 0x01000000

/** A siginfo_t, and where in it the pid is; it stays 0 where there is no zombie. */
const INFO_BYTES = 128
const PID_AT = 16

/**
 * Has this process given the orphans of all that it starts, from now on and as long as it lives, and reaps them when they
 * end: woken by SIGCHLD, it polls nothing. The children of `spawn`, and of `node:child_process`, stay theirs. On Linux; it does nothing
 * elsewhere.
 *
 * @see prctl(2), PR_SET_CHILD_SUBREAPER; Node 20.20.2 deps/uv/src/unix/process.c, uv__wait_children
 * @example
 * import { reapOrphans } from 'fifodir/posix'
 * reapOrphans()
 */
export function reapOrphans(): void {
  if (process.platform !== 'linux' || isReaping) return
  isReaping = true
  check(prctl(PR_SET_CHILD_SUBREAPER, 'unsigned long', 1), 'prctl')
  process.on('SIGCHLD', look)
  look() // a process 1 may have been given some already
}

let isReaping = false
let isLooking = false

/** One after the other: the kernel shows the same zombie until that is reaped. */
function look(): void {
  if (isLooking) return
  const pid = zombie()
  if (pid === 0) return
  isLooking = true
  // a full turn, in which whoever has started it hears of its end
  setImmediate(() =>
    setImmediate(() => {
      isLooking = false
      if (!isAwaited(pid)) waitpid(pid, null, WNOHANG) // it fails where it has been reaped
      look()
    }),
  )
}

/** A child that has ended, and is not reaped; 0 where there is none, nor any child. */
function zombie(): number {
  const info = new DataView(new ArrayBuffer(INFO_BYTES))
  waitid(P_ALL, 0, new Uint8Array(info.buffer), WEXITED | WNOHANG | WNOWAIT)
  return info.getInt32(PID_AT, true)
}
