import { openSockets, type Passed, provide, traffic } from 'fifodir/activation'
import { listenFds } from 'fifodir/systemd'
import { type Handover, rehearseExec } from 'fifodir/posix'
import { firstValueFrom } from 'rxjs'
import { becomeProgram } from './become.ts'
import { BEFORE, environmentWith } from './before.ts'
import { type Command, UsageError } from './command.ts'
import { warn } from './output.ts'
import { serveEach } from './serve-each.ts'
import { endCleanly } from './signals.ts'
import { definitionsOf, descriptorsBeside, LISTEN_OPTION, SOCKET_HELP, textOf } from './sockets.ts'

interface Options {
  readonly listen?: readonly string[]
  readonly accept?: true
  readonly max?: string
  readonly verbose?: true
}

export const activate: Command = {
  name: 'activate',
  usage: '[--listen SOCKET]… [--accept [--max N]] PROG…',
  summary: 'open sockets, and run a program when somebody comes to them',
  help: `Waits until a connection, a datagram or bytes come to one of the sockets, and becomes PROG, with the same pid. PROG
finds the sockets by the protocol of sd_listen_fds(3): LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES, and descriptors from 3
on. Nobody is lost: who has come waits in the socket. With --accept there is one PROG for each connection, which is its
descriptor 3, with REMOTE_ADDR and REMOTE_PORT; SIGTERM or SIGINT ends activate, but none of those that serve.

${SOCKET_HELP}
Sockets that activate was itself handed by that protocol come first.

  fifodir activate --listen http=tcp:8080 node server.js
  fifodir activate --listen unix:/run/web.sock,mode=660,group=www-data node server.js
  fifodir activate --accept --max 50 --listen tcp:127.0.0.1:7 node echo.js

The file of a unix: socket is PROG's from when it runs; before that it is removed where SIGTERM, SIGINT, SIGHUP or
an error ends activate. One that is left, by SIGKILL as an example, is replaced by the next activate.

Exit: as PROG; 100 wrong usage; 111 a system call failed; 126, 127 PROG cannot be run, is not found.`,
  options: [
    LISTEN_OPTION,
    { long: 'accept', help: 'accept connections, and run one PROG for each' },
    { long: 'max', value: 'N', help: 'at most N at a time; more connections wait until one has ended' },
    { short: 'v', long: 'verbose', help: 'say on standard error where it listens' },
  ],
  takesProgram: 'as operands',
  async run({ options, program = [] }) {
    const { listen, accept = false, max, verbose = false } = options as Options
    const [name] = program
    if (name === undefined) throw new UsageError('no PROG; name the program that is to be run')
    if (max !== undefined && !accept) throw new UsageError('--max is for --accept')
    const most = countOf(max)
    if (accept && name.includes('=')) throw new UsageError(`PROG has a = in its name: '${name}'; run it by a link`)
    const definitions = definitionsOf(listen)
    const given = listenFds()
    const count = given.length + definitions.length
    if (count === 0) throw new UsageError('no sockets; give --listen SOCKET')
    const inherited = descriptorsBeside(accept ? 1 : count, given)
    const opened = openSockets(definitions)
    endCleanly(() => opened.close())
    try {
      const sockets = [...given, ...opened.sockets]
      if (verbose) for (const socket of sockets) warn(`listening on ${textOf(socket)}`)
      if (accept) return await serveEach(sockets, program, { max: most, inherited })
      rehearseExec(handoverOf(sockets, inherited)) // so that the first client waits 2 ms less
      await firstValueFrom(traffic(sockets))
      return becomeProgram(program, handoverOf(sockets, inherited))
    } finally {
      opened.close()
    }
  },
}

function countOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`not a count: '${text}'; write a number from 1 on`)
  return Number(text)
}

/** What PROG is given; the sockets block from then on. */
function handoverOf(sockets: readonly Passed[], inherited: Readonly<Record<number, number>>): Handover {
  const { descriptors, environment } = provide('', [], sockets, { environment: environmentWith({}), pid: process.pid })
  return { ...BEFORE, descriptors: { ...inherited, ...descriptors }, environment }
}
