import { existsSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { checkPlans } from 'fifodir/readiness'
import { type Definition, signalCalled } from 'fifodir/service'
import { bytesOf, serviceOf } from './argv.ts'
import { type Command, UsageError } from './command.ts'
import { durationMs } from './duration.ts'
import { runService } from './running.ts'
import { makeOwnService } from './service-place.ts'
import { checkBeside, definitionsOf, LISTEN_OPTION, SOCKET_HELP } from './sockets.ts'
import { planCalled } from './sources.ts'

const POLICIES = ['always', 'on-failure', 'never'] as const

interface Options {
  readonly dir?: string
  readonly listen?: readonly string[]
  readonly lazy?: true
  readonly ready?: readonly string[]
  readonly restart?: string
  readonly finish?: string
  readonly 'stop-signal'?: string
  readonly 'stop-timeout'?: string
  readonly 'ready-timeout'?: string
  readonly quiet?: true
}

export const run: Command = {
  name: 'run',
  usage: '[-d SVC] [--listen SOCKET]… [--ready SOURCE]… [--restart POLICY] [OPTION]… PROG…',
  summary: 'supervise a program, without a service directory written first',
  help: `Supervises PROG as supervise does a service: starts it, starts it again when it dies, says in SVC/event and
SVC/supervise/status what becomes of it, and takes commands. What happened it says on standard error, a line each. SVC
is made where it is missing, and kept; without -d it is a directory of its own, removed at the end. Files in it that
describe a service are not read.

SOURCE:  fd:N            a newline on PROG's descriptor N, as s6 has it
         notify          READY=1 to the NOTIFY_SOCKET that PROG is given, as systemd has it
         log:REGEX       a line of PROG's output that matches; the output is passed on
         ipc             process.send('ready') of a PROG in Node
         file:PATH, tcp:[HOST:]PORT, unix:PATH, http://…, check:COMMAND   it is there, or answers

${SOCKET_HELP}
PROG finds its sockets by the protocol of sd_listen_fds(3). They are opened once, and outlive it: who comes while it
restarts waits in the socket. With --lazy nothing runs until somebody comes, and when PROG has ended, until the next.

  fifodir run -d /run/web --ready tcp:8080 --ready-timeout 10s node server.js &
  fifodir wait --appear /run/web/event U
  fifodir run --listen http=tcp:8080 node server.js                      (s6-svc -r, and no connection is lost)
  fifodir run --restart on-failure --finish 'echo "ended with $1, signal $2"' my-daemon --foreground
  fifodir run --stop-signal INT --stop-timeout 5s postgres -D data      (as process 1 of a container, too)

SIGTERM and SIGINT bring PROG down, and run ends; SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 and SIGWINCH go to PROG, but that a
terminal hangs up brings it down. Orphans are reaped. With --ready, run also ends where PROG ends, or the time is up,
before it was ready for the first time.

Exit: as PROG, 128 + n for a signal; 1 not ready, failed for good; 100 wrong usage; 111 a system call failed; 126, 127.`,
  options: [
    { short: 'd', long: 'dir', value: 'SVC', help: 'the service directory' },
    LISTEN_OPTION,
    { long: 'lazy', help: 'start PROG when somebody comes to one of its sockets' },
    { long: 'ready', value: 'SOURCE', repeated: true, help: 'where readiness is heard of; the first one counts' },
    {
      long: 'ready-timeout',
      value: 'T',
      help: 'how long it may take to be ready: 500ms, 5s, 2m; 0, the default, no limit',
    },
    { long: 'restart', value: 'POLICY', help: 'always (the default), on-failure or never: when it has died by itself' },
    {
      long: 'finish',
      value: 'COMMAND',
      help: 'run by sh when it has died: $1 exit code or 256, $2 signal, $3 SVC, $4 pid',
    },
    { long: 'stop-signal', value: 'S', help: 'what brings it down: a name or a number; TERM, if it is left out' },
    {
      long: 'stop-timeout',
      value: 'T',
      help: 'how long it may take to go down, until it is killed; 0, the default, no limit',
    },
    { short: 'q', long: 'quiet', help: 'say only what goes wrong' },
  ],
  takesProgram: 'as operands',
  async run({ options, program = [] }) {
    const given = options as Options
    const [file = ''] = program
    if (program.length === 0) throw new UsageError('no PROG; name the program that is to run')
    if (given.ready === undefined && given['ready-timeout'] !== undefined)
      throw new UsageError('--ready-timeout without --ready; say where readiness is heard of')
    if (given.lazy && given.listen === undefined) throw new UsageError('--lazy is for --listen')
    const definition = definitionOf(given, program)
    const readyTimeoutMs = durationMs(given['ready-timeout'])
    if (given.dir !== undefined) checkService(given.dir)
    const path = given.dir ?? makeOwnService()
    const name = basename(resolve(given.dir ?? file))
    return runService({ definition, program: file, name, path, readyTimeoutMs, quiet: given.quiet === true })
  },
}

function definitionOf(given: Options, program: readonly string[]): Definition {
  const { listen, lazy = false, ready, finish, restart: policy = 'always' } = given
  const restart = POLICIES.find((one) => one === policy)
  if (restart === undefined) throw new UsageError(`no such policy: '${policy}'; write ${POLICIES.join(', ')}`)
  const readiness = ready?.map(planCalled)
  checkPlans(readiness ?? [])
  const sockets = definitionsOf(listen)
  checkBeside(sockets.length, readiness ?? [])
  return {
    command: program.map(bytesOf),
    directory: process.cwd(),
    finish: finish === undefined ? undefined : ['/bin/sh', '-c', bytesOf(finish), 'finish'],
    readiness,
    sockets,
    lazy,
    restart,
    stopSignal: signalOf(given['stop-signal']),
    stopTimeoutMs: durationMs(given['stop-timeout']),
  }
}

function signalOf(text: string | undefined): Definition['stopSignal'] {
  if (text === undefined) return undefined
  const signal = signalCalled(text)
  if (signal === undefined) throw new UsageError(`no such signal: '${text}'; write TERM, SIGTERM or 15`)
  return signal
}

/** Fails where it could never be one. */
function checkService(argument: string): void {
  const path = serviceOf(argument)
  if (existsSync(path) && !statSync(path).isDirectory())
    throw new UsageError(`not a directory: '${path}'; name a service directory, or where it is to be made`)
}
