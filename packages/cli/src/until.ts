import { statSync } from 'node:fs'
import { FifodirError } from 'fifodir'
import { exitNow } from 'fifodir/posix'
import { whenDown, whenFinished, whenReady, whenUp } from 'fifodir/service'
import { becomeProgram } from './become.ts'
import { type Command, UsageError } from './command.ts'
import { durationMs } from './duration.ts'
import { EXIT, report } from './exit.ts'
import { print } from './output.ts'
import { servicesOf } from './service-directories.ts'
import { endCleanly } from './signals.ts'

const STATES = { up: whenUp, ready: whenReady, down: whenDown, finished: whenFinished } as const

export const until: Command = {
  name: 'until',
  usage: 'up|ready|down|finished [-a | -o] [-t T] SVC… [-- PROG…]',
  summary: 'wait for a state of services, then become a program',
  help: `up: it was started; ready: and it is ready to serve; down: it is dead; finished: and it can be started again. Returns
at once where that is so already. A service directory whose supervisor has not come yet is waited for, so it does not
matter who was started first. With -o, the service that came is printed. With PROG, the command then becomes PROG: same
pid, same environment.

  fifodir until ready -t 30s /run/service/db
  fifodir until ready /run/service/db /run/service/cache -- node server.js
  fifodir until down -t 10s /run/service/web || fifodir control /run/service/web kill

When time is up, each service that is missing is named, with its state. It cannot be any more where the supervisor has
left, or the service has failed for good.

Exit: 0 it is so; 1 it cannot be any more; 99 time is up; 100 wrong usage; 111 a system call failed; 126, 127 as wait.`,
  options: [
    { short: 'a', long: 'all', help: 'wait for all services (the default)' },
    { short: 'o', long: 'one', help: 'wait for one of the services' },
    {
      short: 't',
      long: 'timeout',
      value: 'T',
      help: 'give up after T: 500ms, 5s, 2m; a bare number is ms, 0 no limit',
    },
    { long: 'appear', help: 'wait for a SVC that does not exist yet (watched, not polled)' },
  ],
  takesProgram: 'after --',
  async run({ options, operands: [state = '', ...operands], program }) {
    const when = Object.hasOwn(STATES, state) ? STATES[state as keyof typeof STATES] : undefined
    if (when === undefined) throw new UsageError(`not a state: '${state}'; name up, ready, down or finished`)
    if (options['all'] && options['one']) throw new UsageError('-a and -o exclude each other')
    if (program?.length === 0) throw new UsageError('no PROG after --; name one, or leave out the --')
    const services = servicesOf(operands)
    const timeoutMs = durationMs(options['timeout'] as string | undefined)
    if (!options['appear']) for (const service of services) checkThere(service)

    const controller = new AbortController()
    endCleanly(() => controller.abort())
    const waits = services.map((service) => when(service, { timeoutMs, signal: controller.signal }).then(() => service))
    const failures = await (options['one'] ? firstOf(waits) : allOf(waits, controller))
    controller.abort() // no trace of those that did not come
    if (failures.length > 0) return Math.min(...failures.map((failure) => report(failure)))
    return program === undefined ? exitNow(EXIT.done) : becomeProgram(program)
  },
}

/** All that is missing, where time is up; what cannot be any more, as soon as that is known. */
async function allOf(waits: readonly Promise<string>[], controller: AbortController): Promise<readonly unknown[]> {
  const failures: unknown[] = []
  const settled = waits.map((wait) =>
    wait.catch((error: unknown) => {
      if (!controller.signal.aborted) failures.push(error)
      if (!isTimeOut(error)) controller.abort()
    }),
  )
  await Promise.all(settled)
  return failures
}

/** Prints the first that comes; where none can, all failures. */
async function firstOf(waits: readonly Promise<string>[]): Promise<readonly unknown[]> {
  try {
    const service = await Promise.any(waits)
    if (waits.length > 1) print(service)
    return []
  } catch (error) {
    if (error instanceof AggregateError) return error.errors
    throw error
  }
}

function isTimeOut(error: unknown): boolean {
  return error instanceof FifodirError && error.code === 'ETIMEDOUT'
}

/** A mistyped name should not be waited for. */
function checkThere(service: string): void {
  if (statSync(service, { throwIfNoEntry: false }) !== undefined) return
  throw new FifodirError({
    code: 'ENOENT',
    operation: 'wait for',
    path: service,
    reason: 'no such file or directory',
    hint: 'make the service directory first, or wait for it with --appear',
  })
}
