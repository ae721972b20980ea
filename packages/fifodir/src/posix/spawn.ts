/** Starting another program; unlike Node's own way it hands on arguments and environment byte for byte. */
import { constants } from 'node:os'
import { type Child, childOf } from './child.ts'
import { type Handover, handOver, type Image, type Strings } from './handover.ts'
import { koffi } from './koffi.ts'
import { declare } from './libc.ts'
import { closeCopies, copies } from './placement.ts'
import { signalSet } from './signal-action.ts'
import { systemError } from './system-error.ts'

type Opaque = Uint8Array

const posixSpawn = declare<
  (
    pid: number[],
    file: Uint8Array,
    actions: Opaque,
    attributes: Opaque,
    argv: Uint8Array,
    environment: unknown,
  ) => number
>('int posix_spawnp(_Out_ int *, const uint8_t *, const uint8_t *, const uint8_t *, const uint8_t *, const void *)')
const newActions = declare<(actions: Opaque) => number>('int posix_spawn_file_actions_init(_Out_ uint8_t *)')
const freeActions = declare<(actions: Opaque) => number>('int posix_spawn_file_actions_destroy(_Inout_ uint8_t *)')
const addDup2 = declare<(actions: Opaque, fd: number, number: number) => number>(
  'int posix_spawn_file_actions_adddup2(_Inout_ uint8_t *, int, int)',
)
const addChdir = declare<(actions: Opaque, path: string) => number>(
  'int posix_spawn_file_actions_addchdir_np(_Inout_ uint8_t *, const char *)',
)
const newAttributes = declare<(attributes: Opaque) => number>('int posix_spawnattr_init(_Out_ uint8_t *)')
const freeAttributes = declare<(attributes: Opaque) => number>('int posix_spawnattr_destroy(_Inout_ uint8_t *)')
const setFlags = declare<(attributes: Opaque, flags: number) => number>(
  'int posix_spawnattr_setflags(_Inout_ uint8_t *, short)',
)
const setDefaultSignals = declare<(attributes: Opaque, signals: Uint8Array) => number>(
  'int posix_spawnattr_setsigdefault(_Inout_ uint8_t *, const uint8_t *)',
)

/** More than any system's posix_spawn_file_actions_t and posix_spawnattr_t. */
const BYTES = 1024
const POSIX_SPAWN_SETSIGDEF = 0x04
const POSIX_SPAWN_SETSID = process.platform === 'darwin' ? 0x0400 : 0x80

/** What a program that is started may be given beside what one that takes over is given. */
export interface SpawnOptions extends Handover {
  /** Its working directory, ENOENT where there is none; ours where it is left out. A relative `program` is found from there. */
  readonly directory?: string | undefined
  /** Makes it the leader of a session, and of a process group, of its own. */
  readonly session?: boolean | undefined
}

/**
 * Starts `program`; where `options` do not say otherwise, with this process's environment and descriptors 0 to 2, and no
 * others.
 *
 * @param program a path, or a name that is looked up in PATH
 * @param args its arguments, without its own name; bytes are passed as they are
 * @throws a system error where it cannot be run: ENOENT (not found), EACCES (may not be run), E2BIG, EAGAIN, …
 * @see posix_spawnp(3); Node 20.20.2 lib/child_process.js: it makes the environment anew, out of text
 * @example
 * import { spawn } from 'fifodir/posix'
 * spawn('sh', ['-c', 'exit 3']).pid > 0 // => true
 */
export function spawn(program: string | Uint8Array, args: Strings = [], options: SpawnOptions = {}): Child {
  const argv = [program, ...args]
  let [errno, pid] = start(argv, options)
  // a script without #!, which execvp would hand to the shell
  if (errno === constants.errno.ENOEXEC) [errno, pid] = start(['/bin/sh', '-c', 'exec "$0" "$@"', ...argv], options)
  if (errno !== 0) throw systemError(errno, 'posix_spawnp', Buffer.from(program).toString())
  return childOf(pid)
}

function start(argv: Strings, options: SpawnOptions): [errno: number, pid: number] {
  const pid = [0]
  const actions = Buffer.alloc(BYTES)
  const attributes = Buffer.alloc(BYTES)
  const descriptors = copies(options.descriptors ?? {})
  newActions(actions)
  newAttributes(attributes)
  try {
    for (const [number, fd] of descriptors) addDup2(actions, fd, number) // also clears close-on-exec where they are one
    if (options.directory !== undefined) addChdir(actions, options.directory)
    setDefaultSignals(attributes, signalSet(options.ignoredSignals ?? []))
    setFlags(attributes, POSIX_SPAWN_SETSIGDEF | (options.session ? POSIX_SPAWN_SETSID : 0))
    const run = ({ file, argv, environment }: Image): number =>
      posixSpawn(pid, file, actions, attributes, argv, environment ?? ownEnvironment())
    return [handOver(argv, options, run), pid[0] as number]
  } finally {
    freeActions(actions)
    freeAttributes(attributes)
    closeCopies(descriptors)
  }
}

function ownEnvironment(): unknown {
  return koffi().decode(koffi().load(null).symbol('environ'), 'void *') as unknown
}
