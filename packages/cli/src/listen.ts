import { events, match } from 'fifodir'
import { type Child, exitNow, spawn } from 'fifodir/posix'
import { map, merge, Subscription, take, tap } from 'rxjs'
import { bytesOf } from './argv.ts'
import { BEFORE } from './before.ts'
import { cannotRun } from './become.ts'
import { type Command, type Invocation, UsageError } from './command.ts'
import { EXIT } from './exit.ts'
import { warn } from './output.ts'
import { pairsOf, printMatch } from './pairs.ts'
import { endCleanly } from './signals.ts'
import { printingOf, startWaiting, WAITING_OPTIONS } from './waiting.ts'

export const listen: Command = {
  name: 'listen',
  usage: '[-a | -o] [-t T] DIR PATTERN [DIR PATTERN]… -- PROG…, or [-n N] DIR [PATTERN] [DIR PATTERN]…',
  summary: 'subscribe, then run a program, then wait; or print events as they come',
  help: `With PROG: subscribes first and runs PROG then, so that nothing PROG does can be missed, and waits as wait does.
PROG is left running when the events have come. Where PROG fails before that, so does listen, at once.
Without PROG: prints every match as it comes, or every event where PATTERN is left out.

  fifodir listen -t 10s /run/db/event U -- start-database
  fifodir listen /run/db/event
  fifodir listen -n 1 /run/db/event 'u.*U' /run/cache/event U

A PATTERN that begins with - is written [-].

Exit: 0 it came; 1 PROG failed first; 99 time is up; 100 wrong usage; 111 a system call failed.`,
  options: [{ short: 'n', long: 'count', value: 'N', help: 'end after N matches (without PROG)' }, ...WAITING_OPTIONS],
  takesProgram: 'after --',
  run(invocation) {
    return invocation.program === undefined ? printAll(invocation) : runAndWait(invocation, invocation.program)
  },
}

async function runAndWait(invocation: Invocation, program: readonly string[]): Promise<number> {
  if (program.length === 0) throw new UsageError('no PROG after --; name one, or leave out the --')
  if (invocation.options['count'] !== undefined) throw new UsageError('-n is for listening without PROG')

  const controller = new AbortController()
  let child: Child | undefined
  endCleanly((signal) => {
    if (child !== undefined) passOn(signal, child)
    controller.abort()
  })
  const arrival = startWaiting(invocation, controller.signal).then((): number => EXIT.done)
  await Promise.race([arrival, turnOfTheLoop()]) // a wait that could not even start has failed by then

  const [name = '', ...args] = program
  try {
    child = spawn(bytesOf(name), args.map(bytesOf), BEFORE)
  } catch (error) {
    cannotRun(name, error)
    return EXIT.impossible
  }
  const failure = child.ended.then(async (exit) => {
    child = undefined
    if ('code' in exit && exit.code === 0) return arrival
    await turnOfTheLoop() // what PROG sent before it failed is read first
    warn(`${name} ${'code' in exit ? `exited ${exit.code}` : `was killed by ${exit.signal}`} before the events came`)
    return EXIT.impossible
  })
  return exitNow(await Promise.race([arrival, failure]))
}

/** A child that has become another user's does not take it. */
function passOn(signal: NodeJS.Signals, { pid }: Child): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error
  }
}

function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function printAll(invocation: Invocation): Promise<number> {
  const { options, operands } = invocation
  for (const option of ['all', 'one', 'timeout'])
    if (options[option] !== undefined) throw new UsageError(`--${option} is for listening with PROG; name one after --`)
  const appear = options['appear'] === true
  const printing = printingOf(invocation)
  const pairs = operands.length === 1 ? pairsOf([...operands, '.']) : pairsOf(operands)
  const found = pairs.map(([path, pattern]) =>
    events(path, { appear }).pipe(
      match(pattern),
      map((one) => ({ ...one, path, at: new Date() })),
    ),
  )
  return new Promise((resolve, reject) => {
    const printed = merge(...found).pipe(
      tap((one) => printMatch(one, printing)),
      take(countOf(options['count'] as string | undefined)),
    )
    const listening = new Subscription()
    endCleanly(() => listening.unsubscribe()) // before there is anything to clean
    listening.add(printed.subscribe({ complete: () => resolve(EXIT.done), error: reject }))
  })
}

function countOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new UsageError(`not a count: '${text}'; write a number from 1 on`)
  return Number(text)
}
