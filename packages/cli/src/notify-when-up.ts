import { writeSync } from 'node:fs'
import { closeDescriptor, makePipe, openProcess } from 'fifodir/posix'
import { closeProvided, type Plan, provide, sinkCalled } from 'fifodir/readiness'
import { BEFORE, environmentWith, isInherited } from './before.ts'
import { becomeProgram } from './become.ts'
import type { Errand } from './carry-readiness.ts'
import { type Command, UsageError } from './command.ts'
import { durationMs } from './duration.ts'
import { startHelper } from './helper.ts'
import { checkNow } from './notify.ts'
import { planCalled } from './sources.ts'

export const notifyWhenUp: Command = {
  name: 'notify-when-up',
  usage: '[--from SOURCE]… [--to SINK]… [-t T] PROG…',
  summary: 'run a program, and tell others when it is ready',
  help: `Becomes PROG, with the same pid, and leaves a helper behind that hears of PROG's readiness from the first SOURCE that
tells of it, tells every SINK, and ends; it also ends when PROG does, or after T.

SOURCE:  fd:N            a newline on PROG's descriptor N, as s6 has it
         notify          READY=1 to the NOTIFY_SOCKET that PROG is given, as systemd has it
         log:REGEX       a line of PROG's output that matches; the output is passed on
         ipc             process.send('ready') of a PROG in Node
         file:PATH       there is such a file
         tcp:[HOST:]PORT, unix:PATH   a connection is accepted       (these four are asked again and again,
         http://…        a GET is answered with a status of 200 to 299     10 ms apart at first, then up to 250 ms)
         check:COMMAND   the shell command exits 0
SINK:    DIR             the event U, in this fifodir
         fd:N            a newline on descriptor N, which PROG does not get
         notify          READY=1 to the NOTIFY_SOCKET, which PROG does not get; nobody is told where there is none

Without --from and --to it is from fd:1 to ./event.

  fifodir notify-when-up my-daemon --foreground
  fifodir notify-when-up --from notify --to fd:3 my-systemd-daemon      (under s6-supervise: notification-fd 3)
  fifodir notify-when-up --from fd:3 --to notify my-s6-daemon           (Type=notify, NotifyAccess=all)
  fifodir notify-when-up --from 'log:listening on' --to /run/web/event node server.js
  fifodir notify-when-up --from tcp:5432 --to /run/db/event -t 30s postgres -D data

Exit: as PROG; 100 wrong usage; 111 a system call failed; 126, 127 PROG cannot be run, is not found.`,
  options: [
    { long: 'from', value: 'SOURCE', repeated: true, help: 'where readiness is heard of; the first one counts' },
    { long: 'to', value: 'SINK', repeated: true, help: 'who is told; all of them are' },
    {
      short: 't',
      long: 'timeout',
      value: 'T',
      help: 'the helper gives up after T: 500ms, 5s, 2m; 0, the default, never',
    },
  ],
  takesProgram: 'as operands',
  async run({ options, program = [] }) {
    const { from = ['fd:1'], to = ['./event'], timeout } = options as Record<string, string[]> & { timeout?: string }
    if (program.length === 0) throw new UsageError('no PROG; name the program that will be ready')
    const timeoutMs = durationMs(timeout)
    const plans = from.map(planCalled)
    const sinks = to.filter((name) => name !== 'notify' || process.env['NOTIFY_SOCKET'] !== undefined)
    for (const sink of sinks) checkSink(sink)
    if (sinks.length === 0) return becomeProgram(program)
    return runBeside(plans, { sinks, timeoutMs, program: program[0] as string }, program)
  },
}

/** Fails now where the sink could never be told. */
function checkSink(name: string): void {
  const sink = sinkCalled(name)
  if (sink.name === 'notify') return
  const fd = descriptorOf(name)
  if (fd === undefined) checkNow(name)
  else if (!isInherited(fd)) throw new UsageError(`--to ${name}: descriptor ${fd} is not open; redirect it`)
}

/** Starts the helper, and becomes the program. */
async function runBeside(
  plans: readonly Plan[],
  told: Pick<Errand, 'timeoutMs' | 'program'> & { readonly sinks: readonly string[] },
  program: readonly string[],
): Promise<number> {
  const { pid, env } = process
  const provisions = provide(plans, Object.keys(BEFORE.descriptors ?? {}).map(Number))
  const { readEnd, writeEnd } = makePipe()
  const pidfd = openProcess(pid)
  const placed: Record<number, number> = {}
  /** The number at which the helper finds a descriptor of ours. */
  const place = (fd: number): number => {
    const number = 3 + Object.keys(placed).length
    placed[number] = fd
    return number
  }
  const errand: Errand = {
    ...told,
    sources: plans.map(({ name }, index) => ({ name, own: (provisions.own[index] ?? []).map(place) })),
    sinks: told.sinks.map((name) => {
      const fd = descriptorOf(name)
      return { name, own: fd === undefined ? name : `fd:${place(fd)}` }
    }),
    pid,
    pidfd: place(pidfd),
    start: place(readEnd),
    address: env['NOTIFY_SOCKET'],
  }
  const isPassedOn = plans.some(({ numbers }) => numbers.includes(2))
  await startHelper(['carry-readiness', JSON.stringify(errand)], { ...placed, ...(isPassedOn && { 1: 1 }) })
  for (const fd of [...provisions.own.flat(), pidfd, readEnd]) closeDescriptor(fd)

  const ours = told.sinks.map(descriptorOf)
  const inherited = Object.entries(BEFORE.descriptors ?? {}).filter(([fd]) => !ours.includes(Number(fd)))
  const isTold = told.sinks.includes('notify')
  const code = becomeProgram(program, {
    ...BEFORE,
    descriptors: { ...Object.fromEntries(inherited), ...provisions.descriptors },
    environment: environmentWith({ ...(isTold && { NOTIFY_SOCKET: undefined }), ...provisions.environment }),
  })
  closeProvided(provisions)
  writeSync(writeEnd, 'no') // the helper is not needed
  return code
}

/** The number in `fd:N`. */
function descriptorOf(sink: string): number | undefined {
  const [, number] = /^fd:(\d+)$/.exec(sink) ?? []
  return number === undefined ? undefined : Number(number)
}
