/**
 * Starting programs and waiting for their end by posix_spawn and waitpid, called through koffi: what is timed has nothing
 * of child_process in it (1 to 2 ms), and programs can take turns, which hyperfine does not let them.
 */
import { closeSync, constants } from 'node:fs'
import { kill } from 'node:process'
import koffi from 'koffi'
import { now } from './measure.mjs'

const libc = koffi.load(null)
const posixSpawn = libc.func(
  'int posix_spawnp(_Out_ int *pid, const char *file, const void *actions, const void *attributes, const char **argv, const void *environment)',
)
const actionsInit = libc.func('int posix_spawn_file_actions_init(void *actions)')
const actionsAddOpen = libc.func(
  'int posix_spawn_file_actions_addopen(void *actions, int fd, const char *path, int flags, uint32_t mode)',
)
const waitpid = libc.func('int waitpid(int pid, _Out_ int *status, int options)')
const pidfdOpen = libc.func('int pidfd_open(int pid, unsigned int flags)')
const poll = libc.func('int poll(_Inout_ void *descriptors, unsigned long count, int timeoutMs)')

const POLLIN = 1
const LONGEST_MS = 20_000

/** The standard descriptors are /dev/null: Node closes its own on exec, and who finds one closed opens others there. */
const actions = koffi.alloc('uint8_t', 256)
actionsInit(actions)
for (const fd of [0, 1, 2]) actionsAddOpen(actions, fd, '/dev/null', constants.O_RDWR, 0)

/** Starts a program, with the environment of this process. @returns its pid */
export function start(argv) {
  const pid = [0]
  const environment = koffi.decode(libc.symbol('environ'), 'void *')
  const errno = posixSpawn(pid, argv[0], actions, null, [...argv, null], environment)
  if (errno !== 0) throw new Error(`cannot run ${argv[0]}: errno ${errno}`)
  return pid[0]
}

/** Blocks until the process is gone, which must have succeeded. */
export function waitForEnd(pid, what) {
  // a descriptor of the process becomes readable when it ends: waitpid alone could block for ever
  const process = Buffer.alloc(8)
  process.writeInt32LE(pidfdOpen(pid, 0), 0)
  process.writeInt16LE(POLLIN, 4)
  const ended = poll(process, 1, LONGEST_MS)
  closeSync(process.readInt32LE(0))
  const status = [0]
  if (ended !== 1) end([pid])
  else waitpid(pid, status, 0)
  if (ended !== 1 || status[0] !== 0) throw new Error(`${what} ${ended === 1 ? `failed: ${status[0]}` : 'never ended'}`)
}

/** Runs a program to its end. @returns how long that took */
export function timeOfProgram(argv) {
  const begin = now()
  waitForEnd(start(argv), argv.join(' '))
  return now() - begin
}

/** Ends processes that would wait for ever. */
export function end(pids) {
  for (const pid of pids) {
    kill(pid, 'SIGTERM')
    waitpid(pid, [0], 0)
  }
}
