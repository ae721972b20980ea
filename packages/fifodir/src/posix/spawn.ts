/** Starting another program; unlike Node's own way it hands on arguments and environment byte for byte. */
import { constants } from 'node:os'
import { handOver } from './handover.ts'
import { koffi } from './koffi.ts'
import { declare } from './libc.ts'
import { systemError } from './system-error.ts'

const posixSpawn = declare<
  (pid: number[], file: Uint8Array, actions: null, attributes: null, argv: Uint8Array, environment: unknown) => number
>('int posix_spawnp(_Out_ int *, const uint8_t *, const void *, const void *, const uint8_t *, const void *)')
const waitpid = declare<(pid: number, status: number[], options: number) => number>(
  'int waitpid(int, _Out_ int *, int)',
)

const WNOHANG = 1

/** How a process ended: with an exit code, or by a signal. */
export type Exit = { readonly code: number } | { readonly signal: string }

export interface Child {
  readonly pid: number
  /** Resolves when it has ended; does not keep this process alive. */
  readonly ended: Promise<Exit>
}

/**
 * Starts `program` with this process's environment and descriptors 0 to 2, and no others.
 *
 * @param program a path, or a name that is looked up in PATH
 * @param args its arguments, without its own name; bytes are passed as they are
 * @throws a system error where it cannot be run: ENOENT (not found), EACCES (may not be run), E2BIG, EAGAIN, …
 * @see posix_spawnp(3); Node 20.20.2 lib/child_process.js: it makes the environment anew, out of text
 * @example
 * import { spawn } from 'fifodir/posix'
 * spawn('sh', ['-c', 'exit 3']).pid > 0 // => true
 */
export function spawn(program: string | Uint8Array, args: readonly (string | Uint8Array)[] = []): Child {
  const argv = [program, ...args]
  let [errno, pid] = start(argv)
  // a script without #!, which execvp would hand to the shell
  if (errno === constants.errno.ENOEXEC) [errno, pid] = start(['/bin/sh', '-c', 'exec "$0" "$@"', ...argv])
  if (errno !== 0) throw systemError(errno, 'posix_spawnp', Buffer.from(program).toString())
  return { pid, ended: end(pid) }
}

function start(argv: readonly (string | Uint8Array)[]): [errno: number, pid: number] {
  const environment = koffi().decode(koffi().load(null).symbol('environ'), 'void *') as unknown
  const pid = [0]
  const errno = handOver(argv, (file, table) => posixSpawn(pid, file, null, null, table, environment))
  return [errno, pid[0] as number]
}

function end(pid: number): Promise<Exit> {
  return new Promise((resolve) => {
    const look = (): void => {
      const status = [0]
      if (waitpid(pid, status, WNOHANG) !== pid) return
      process.removeListener('SIGCHLD', look)
      resolve(exitOf(status[0] as number))
    }
    process.on('SIGCHLD', look)
    look() // it may have ended before anybody listened
  })
}

function exitOf(status: number): Exit {
  const number = status & 0x7f
  if (number === 0) return { code: (status >> 8) & 0xff }
  const [signal = `signal ${number}`] = Object.entries(constants.signals).find(([, value]) => value === number) ?? []
  return { signal }
}
