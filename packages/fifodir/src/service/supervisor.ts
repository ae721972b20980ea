/**
 * The supervisor: the one interpreter of what the {@link lifecycle} says. It holds a service directory, starts the service,
 * and tells everybody what becomes of it: in the status first, by an event then.
 */
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import type { OpenSocket } from '../activation/open.ts'
import { DEATHS_KEPT, DEATHS_KEPT_MAX, deathOf, packDeaths, unpackDeaths } from '../death-tally.ts'
import { after } from '../deadline.ts'
import { FifodirError, type Operation } from '../error.ts'
import { failure } from '../failure.ts'
import { type Deeds, type Effect, type Input, type Lifecycle, step, type Time } from '../lifecycle.ts'
import { notify } from '../notify.ts'
import type { Child, Exit } from '../posix/child.ts'
import type { Handover } from '../posix/handover.ts'
import { NeverReadyError } from '../readiness/never-ready.ts'
import { packStatus, type Status } from '../status.ts'
import { exitCode, terminationSignal } from '../wait-status.ts'
import type { Definition } from './definition.ts'
import { Demand } from './demand.ts'
import type { FaultReport } from './fault.ts'
import { type HeldDirectory, makeEventDirectory } from './held-directory.ts'
import { DEATH_TALLY, DOWN, EVENT, STATUS } from './paths.ts'
import { Listening } from './listening.ts'
import { Programs } from './programs.ts'
import { replaceFile } from './service-files.ts'
import { FIRST_SOCKET } from './service-sockets.ts'

/** How long after `run` was ready, or where it was not after it is down, it may be started again. */
const RESTART_MS = 1000
/** How long after a failed attempt to start it the next one is made. */
const RETRY_MS = 10_000
/** How long what was sent SIGKILL may take to die. */
const KILLED_MS = 5000
const FINISH_MS = 5000
/** The longest that a timer of Node's can be set to: 24 days. */
const LONGEST_MS = 0x7fffffff

/** The exit code by which `finish` says that the service has failed for good. */
const FAILED = 125

/** What a supervisor works with. */
export interface Means {
  /** The service directory, as its caller calls it, and absolute. */
  readonly name: string
  readonly path: string
  readonly definition: Definition
  readonly held: HeldDirectory
  readonly sockets: readonly OpenSocket[]
  /** What the programs of the service are given. */
  readonly handover: Handover
  /** Whether it leaves when the service is not to be started again. */
  readonly leaveWhenDone: boolean
  /** Is told of events as they are sent, and of what is recorded by then. */
  readonly onEvents: (events: string, status: Status) => void
  readonly onNeverReady: (error: NeverReadyError) => void
  readonly report: FaultReport
  /** Is called when it has left. */
  readonly onLeave: () => void
}

export class Supervision implements Deeds {
  readonly #means: Means
  readonly #programs: Programs
  #lifecycle: Lifecycle
  #since: Date = new Date()
  #readySince: Date = this.#since
  #pid = 0
  /** The pid that the last `run` had. */
  #dead = 0
  #waitStatus = 0
  /** Whether the process with that pid has ended, though what follows from that may still be to come. */
  #ended = false
  /** Whether the present `run` was sent the signal that is to bring it down. */
  #toldToStop = false
  /** When the present or last `run` was ready, by a clock that nobody sets. */
  #readyAt: number | undefined
  /** For the present `run` to be ready. */
  #listening: Listening | undefined
  #cancelTime = (): void => undefined
  /** Starts it when somebody comes, where it is lazy. */
  readonly #demand: Demand | undefined
  #over = false

  constructor(means: Means, lifecycle: Lifecycle) {
    this.#means = means
    this.#lifecycle = lifecycle
    this.#programs = new Programs(means.definition, means.path, means.handover)
    if (means.definition.lazy !== true) return
    this.#demand = new Demand(means.sockets, {
      allowed: () => !existsSync(this.#at(DOWN)),
      start: () => this.take('o'),
      fail: (error) => this.fail('serve', error),
    })
  }

  /** The service directory, as its caller calls it. */
  get name(): string {
    return this.#means.name
  }

  /** What is known of the service, as it is recorded. */
  get status(): Status {
    const { state, wantedUp, paused, ready } = this.#lifecycle
    return {
      since: this.#since,
      readySince: this.#readySince,
      pid: this.#pid,
      waitStatus: this.#waitStatus,
      paused,
      finishing: state === 'finish' || state === 'lastfinish',
      wantedUp,
      ready,
    }
  }

  /** Starts it, where it is wanted up, or waits for somebody to come. */
  begin(): void {
    this.time('at once')
    this.#demand?.consider(this.#lifecycle)
  }

  /** Takes an input, and does what follows from it. Once it has left, nothing does. */
  take(input: Input): void {
    if (this.#over) return
    const { next, effects } = step(this.#lifecycle, input)
    this.#lifecycle = next
    for (const effect of effects) this.#perform(effect)
    if (!this.#over) this.#demand?.consider(this.#lifecycle, input)
  }

  #perform<Verb extends keyof Deeds>([verb, ...of]: Extract<Effect, readonly [Verb, ...unknown[]]>): void {
    ;(this[verb] as (...of: unknown[]) => void)(...of)
  }

  start(): void {
    const { definition, handover, sockets } = this.#means
    const taken = Object.keys(handover.descriptors ?? {}).map(Number)
    const numbers = sockets.map((_, index) => FIRST_SOCKET + index)
    const listening = this.#attempt('start', () => new Listening(definition, taken, numbers))
    if (listening === undefined) return this.take('not started')
    const child = this.#attempt('start', () => this.#programs.start(definition.command, listening.provisions, sockets))
    if (child === undefined) {
      listening.close()
      return this.take('not started')
    }
    this.#pid = child.pid
    this.#readyAt = undefined
    this.#toldToStop = false
    this.take('started')
    this.#listening = listening
    listening.begin(
      child.pid,
      () => this.take('ready'),
      (error) => this.#notReady(error),
    )
    this.#whenEnded(child, (exit) => this.#died(exit))
  }

  finish(): void {
    const { name, definition } = this.#means
    const dead = this.#dead
    this.#countDeath()
    const { finish } = definition
    if (finish === undefined) return this.take('no finish')
    const signal = terminationSignal(this.#waitStatus)
    const code = signal === 0 ? exitCode(this.#waitStatus) : 256
    const argv = [...finish, `${code}`, `${signal}`, name, `${dead}`]
    const child = this.#attempt('finish', () => this.#programs.start(argv))
    if (child === undefined) return this.take('no finish')
    this.#pid = child.pid
    this.take('finishing')
    this.#whenEnded(child, (exit) => {
      this.#pid = 0
      const hasFailed = 'code' in exit && exit.code === FAILED
      this.take(hasFailed ? 'failed' : 'finished')
      if (hasFailed && this.#means.leaveWhenDone) this.take('SIGTERM')
    })
  }

  changed(): void {
    this.#since = new Date()
  }

  readied(): void {
    this.#readySince = new Date()
    this.#readyAt = performance.now()
  }

  record(): void {
    this.#attempt('record status of', () => replaceFile(this.#at(STATUS), packStatus(this.status)))
  }

  addDown(): void {
    this.#attempt('control', () => closeSync(openSync(this.#at(DOWN), 'a')))
  }

  removeDown(): void {
    this.#attempt('control', () => rmSync(this.#at(DOWN), { force: true }))
  }

  stop(): void {
    this.#toldToStop = true
    this.signal(this.#means.definition.stopSignal ?? 'SIGTERM')
  }

  signal(signal: NodeJS.Signals | number): void {
    this.#kill(this.#pid, signal)
  }

  interrupt(): void {
    this.#kill(-this.#pid, 'SIGINT')
  }

  time(time: Time): void {
    this.#cancelTime()
    const delayMs = this.#delayMs(time)
    if (delayMs !== undefined) this.#cancelTime = after(Math.min(delayMs, LONGEST_MS), () => this.take('time up'))
  }

  /** Undefined where nothing will be due. */
  #delayMs(time: Time): number | undefined {
    const { definition } = this.#means
    const ifWanted = (delayMs: number): number | undefined => (this.#lifecycle.wantedUp ? delayMs : undefined)
    const now = performance.now()
    switch (time) {
      case 'never':
        return undefined
      case 'at once':
        return ifWanted(0)
      case 'restart':
        return ifWanted(Math.max(0, (this.#readyAt ?? now) + RESTART_MS - now))
      case 'retry':
        return ifWanted(RETRY_MS)
      case 'stop':
        return definition.stopTimeoutMs || undefined
      case 'finish':
        return (definition.finishTimeoutMs ?? FINISH_MS) || undefined
      case 'killed':
        return KILLED_MS
    }
  }

  overdue(who: 'run' | 'finish'): void {
    this.#means.report(
      new FifodirError({
        code: 'ETIMEDOUT',
        operation: who === 'run' ? 'stop' : 'finish',
        path: this.#means.name,
        reason: `its time was up, so it is killed`,
        hint:
          who === 'run' ? 'have it heed its signal, or give it more time' : 'have finish do less, or give it more time',
      }),
    )
  }

  /** Where the fifodir is gone it is made again: who subscribes then is served. */
  notify(events: string): void {
    const event = this.#at(EVENT)
    try {
      notify(event, events)
    } catch (error) {
      this.fail('notify', error)
      this.#attempt('supervise', () => makeEventDirectory(this.#means.path))
    }
    this.#means.onEvents(events, this.status)
  }

  detach(): void {
    this.#attempt('supervise', () => this.#programs.detach())
  }

  leave(): void {
    this.notify('x')
    this.#over = true
    this.#cancelTime()
    this.#listening?.close()
    this.#demand?.close()
    this.#programs.close()
    this.#means.held.close()
    this.#means.onLeave()
  }

  #died({ waitStatus, ...exit }: Exit): void {
    this.#listening?.close()
    const { definition, leaveWhenDone } = this.#means
    if (!this.#toldToStop && !isStartedAgain(definition.restart, exit)) this.take(leaveWhenDone ? 'SIGTERM' : 'O')
    this.#waitStatus = waitStatus
    this.#dead = this.#pid
    this.#pid = 0
    this.take('died')
  }

  /** That it never will be is no fault. */
  #notReady(error: unknown): void {
    if (error instanceof NeverReadyError) this.#means.onNeverReady(error)
    else this.fail('start', error)
  }

  #countDeath(): void {
    this.#attempt('record death of', () => {
      const kept = Math.min(this.#means.definition.deathsKept ?? DEATHS_KEPT, DEATHS_KEPT_MAX)
      const path = this.#at(DEATH_TALLY)
      const deaths = [...unpackDeaths(readFileSync(path)), deathOf(this.#waitStatus, this.#since)]
      if (kept > 0) replaceFile(path, packDeaths(deaths.slice(-kept)))
    })
  }

  /** What has ended already is sent nothing: its number may be another's. */
  #kill(pid: number, signal: NodeJS.Signals | number): void {
    if (!this.#ended) this.#attempt('signal', () => process.kill(pid, signal))
  }

  /** What it said before it ended comes first. */
  #whenEnded(child: Child, act: (exit: Exit) => void): void {
    this.#ended = false
    void child.ended.then(async (exit) => {
      this.#ended = true
      await this.#listening?.heard()
      if (!this.#over) act(exit)
    })
  }

  #at(file: string): string {
    return `${this.#means.path}/${file}`
  }

  /** Goes on where the system does not allow something, and says so. */
  #attempt<Result>(operation: Operation, act: () => Result): Result | undefined {
    try {
      return act()
    } catch (error) {
      this.fail(operation, error)
      return undefined
    }
  }

  /** Reports what is a fault, and throws what is not. */
  fail(operation: Operation, error: unknown): void {
    const { name, report } = this.#means
    const fault =
      error instanceof RangeError || error instanceof TypeError
        ? wrongDefinition(name, error)
        : failure(operation, name, error)
    if (!(fault instanceof FifodirError)) throw fault
    report(fault)
  }
}

/** As where two ways to be ready want the same descriptor: only a start shows it. */
function wrongDefinition(path: string, { message: reason }: Error): FifodirError {
  return new FifodirError({ code: 'FIFODIR_DEFINITION', operation: 'start', path, reason })
}

function isStartedAgain(
  restart: Definition['restart'] = 'always',
  exit: { code: number } | { signal: string },
): boolean {
  return restart === 'always' || (restart === 'on-failure' && !('code' in exit && exit.code === 0))
}
