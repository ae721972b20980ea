/**
 * What a program has to be given with its sockets: descriptors 3 and up, and an environment that says so to it alone.
 * `LISTEN_PID` is to be the pid of that very process: known before for the program that this one becomes, but for one that
 * is started only to the process itself. So there a shell writes it, and then becomes the program; no other way is open,
 * as what posix_spawn(3) starts is the program itself.
 */
import { setBlocking } from '../posix/descriptor-flags.ts'
import { withVariables } from '../posix/environment.ts'
import type { Strings } from '../posix/handover.ts'
import type { SocketAddress } from '../posix/socket-address.ts'

/** What can be handed to a program: sockets of `openSockets`, connections, what `listenFds` found. */
export interface Passed {
  readonly fd: number
  readonly name: string
  /** For a connection, who is at its other end. */
  readonly remote?: SocketAddress | undefined
}

export interface ProvisionOptions {
  /** The environment that the program is to have, `NAME=value` each; ours where it is left out. */
  readonly environment?: Strings | undefined
  /** Its pid, where that is known: this process's own, for the program that it becomes. */
  readonly pid?: number | undefined
}

/** A program with its sockets, for `exec` and `spawn` of `fifodir/posix`. */
export interface Provision {
  readonly program: string | Uint8Array
  readonly args: Strings
  readonly descriptors: Readonly<Record<number, number>>
  readonly environment: Strings
}

const FIRST = 3
/** What shells set, or act upon; dash also drops whatever is no identifier. These go past the shell. */
const SHELLS_OWN =
  /^(?:PWD|OLDPWD|SHLVL|_|IFS|OPT[A-Z]+|PPID|LINENO|PS[124]|ENV|SHELLOPTS|BASH.*|S?RANDOM|EPOCH.*|HISTCMD|COMP_.*|POSIXLY_CORRECT)$/
const SET_BY_SHELLS = ['PWD', 'OLDPWD', 'SHLVL', '_']
const WRITE_PID = 'LISTEN_PID=$$ exec /usr/bin/env "$@"'

/**
 * What is to be run so that `program` finds `sockets`, by the rules of sd_listen_fds(3). The sockets are made blocking,
 * as a program expects of its own.
 *
 * Without a `pid` a shell and env(1) run before the program, in the same process: 2 ms; a program that is not there is
 * exit code 127, one that may not be run 126. Its environment is what it is to be, byte for byte; variables whose names are
 * no identifiers are for that moment among the arguments, which other users may see.
 *
 * @throws TypeError for a `program` with `=` in its name, without a `pid`: env(1) would take it for a variable
 * @throws a system error: EBADF
 * @see sd_listen_fds(3); systemd 252 src/core/execute.c, which sets LISTEN_PID in the child
 * @example
 * import { openSockets, provide } from 'fifodir/activation'
 * const web = openSockets(['http=tcp:127.0.0.1:0'])
 * const { program, args, ...handover } = provide('node', ['server.js'], web.sockets)
 * // spawn(program, args, handover), both of fifodir/posix
 * args.slice(-2) // => ['node', 'server.js']
 * handover.environment.includes('LISTEN_FDNAMES=http') // => true
 * web.close()
 */
export function provide(
  program: string | Uint8Array,
  args: Strings,
  sockets: readonly Passed[],
  { environment, pid }: ProvisionOptions = {},
): Provision {
  for (const { fd } of sockets) setBlocking(fd)
  const descriptors = Object.fromEntries(sockets.map(({ fd }, index) => [FIRST + index, fd]))
  const connected = sockets.filter((socket) => 'remote' in socket)
  const isAny = sockets.length > 0
  // whatever an outer protocol has said was not for this program
  const variables = withVariables(
    {
      LISTEN_PIDFDID: undefined,
      LISTEN_FDS: isAny ? `${sockets.length}` : undefined,
      LISTEN_FDNAMES: isAny ? names(sockets) : undefined,
      LISTEN_PID: isAny && pid !== undefined ? `${pid}` : undefined,
      ...(connected.length > 0 && remoteVariables(connected[0]?.remote)),
    },
    environment,
  )
  if (!isAny || pid !== undefined) return { program, args, descriptors, environment: variables }
  return { ...throughShell(program, args, variables), descriptors }
}

function throughShell(
  program: string | Uint8Array,
  args: Strings,
  environment: Strings,
): Omit<Provision, 'descriptors'> {
  if (Buffer.from(program).includes('='))
    throw new TypeError(`cannot start ${String(program)} with sockets: its name has a = in it; start it by a link`)
  const isPast = (variable: string | Uint8Array): boolean => {
    const name = nameOf(variable)
    if (name === undefined) return false // no variable: env(1) would take it for the program
    return SHELLS_OWN.test(name) || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
  }
  const unset = SET_BY_SHELLS.flatMap((name) => ['-u', name])
  const past = environment.filter(isPast)
  return {
    program: '/bin/sh',
    args: ['-c', WRITE_PID, 'sh', ...unset, '--', ...past, program, ...args],
    environment: environment.filter((variable) => !isPast(variable)),
  }
}

function nameOf(variable: string | Uint8Array): string | undefined {
  const text = typeof variable === 'string' ? variable : Buffer.from(variable).toString('latin1')
  return text.includes('=') ? text.slice(0, text.indexOf('=')) : undefined
}

function names(sockets: readonly Passed[]): string {
  return sockets.map(({ name }) => name).join(':')
}

/** As systemd has them for `Accept=yes`; of a Unix socket's peer only a path is told. */
function remoteVariables(remote: SocketAddress | undefined): Record<string, string | undefined> {
  if (remote === undefined) return { REMOTE_ADDR: undefined, REMOTE_PORT: undefined }
  if ('path' in remote) return { REMOTE_ADDR: remote.path, REMOTE_PORT: undefined }
  // an IPv4 client of a socket for both families is told as what it is
  return { REMOTE_ADDR: remote.host.replace(/^::ffff:(?=.*\.)/, ''), REMOTE_PORT: `${remote.port}` }
}
