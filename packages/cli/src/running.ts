/** `run` at work: a service is supervised, what becomes of it is said, and the end of it all becomes an exit code. */
import { isatty } from 'node:tty'
import type { FifodirError } from 'fifodir'
import { type Exit, exitOf, reapOrphans } from 'fifodir/posix'
import type { NeverReadyError } from 'fifodir/readiness'
import { type CommandWord, type Definition, type Status, supervise, type Supervisor } from 'fifodir/service'
import { cannotRun } from './become.ts'
import { BEFORE } from './before.ts'
import { EXIT } from './exit.ts'
import { warn } from './output.ts'
import { onSignals } from './signals.ts'
import { textOf } from './sockets.ts'

/** What is to be run. */
export interface Order {
  readonly definition: Definition
  /** PROG, as it was given, and the name that its lines begin with. */
  readonly program: string
  readonly name: string
  /** The service directory. */
  readonly path: string
  /** How long it may take to be ready for the first time; 0 is no limit. */
  readonly readyTimeoutMs: number
  readonly quiet: boolean
}

/** By which command each of these signals is passed on. */
const PASSED_ON: Readonly<Partial<Record<NodeJS.Signals, CommandWord>>> = {
  SIGHUP: 'hangup',
  SIGQUIT: 'quit',
  SIGUSR1: 'usr1',
  SIGUSR2: 'usr2',
  SIGWINCH: 'winch',
}

/** Runs a service until it is over. @returns the exit code */
export async function runService(order: Order): Promise<number> {
  const run = new Run(order)
  reapOrphans()
  const isTerminal = isatty(0)
  const supervisor = supervise(order.path, order.definition, {
    handover: BEFORE,
    leaveWhenDone: order.definition.lazy !== true,
    onEvents: (events, status) => {
      for (const event of events) run.take(event, status)
    },
    onNeverReady: (error) => run.explain(error),
    onFault: (fault) => run.fault(fault),
  })
  run.begin(supervisor)
  onSignals(['SIGTERM', 'SIGINT'], (signal) => run.stop(signal))
  onSignals(Object.keys(PASSED_ON) as NodeJS.Signals[], (signal) => {
    if (signal === 'SIGHUP' && isTerminal) run.stop(signal)
    else supervisor.control(PASSED_ON[signal] as CommandWord)
  })
  await supervisor.left
  // what it printed last may be unread: SIGCHLD for another child may have shown its end before the loop came to read
  await turnOfTheLoop()
  await turnOfTheLoop()
  return run.end()
}

function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

class Run {
  readonly #order: Order
  #supervisor: Supervisor | undefined
  #deadline: NodeJS.Timeout | undefined
  #upAt: number | undefined
  #wasReady: boolean
  /** How PROG ended the last time. */
  #exit: Exit | undefined
  /** Why nothing said that it was ready. */
  #neverReady: NeverReadyError | undefined
  /** Whether it will not be started again. */
  #isEnding = false
  /** The exit code that takes the place of PROG's: always, or where that was 0. */
  #code: number | undefined
  #codeForNone: number = EXIT.done

  constructor(order: Order) {
    this.#order = order
    this.#wasReady = order.definition.readiness === undefined
  }

  begin(supervisor: Supervisor): void {
    this.#supervisor = supervisor
    for (const socket of supervisor.sockets) this.#say(`listening on ${textOf(socket)}`)
  }

  take(event: string, status: Status): void {
    switch (event) {
      case 's':
        return this.#say(`supervised in ${this.#order.path}`)
      case 'u':
        this.#limit()
        this.#upAt = performance.now()
        return this.#say(`up, pid ${status.pid}`)
      case 'U':
        this.#wasReady = true
        clearTimeout(this.#deadline)
        return this.#say(`ready after ${Math.round(performance.now() - (this.#upAt ?? 0))} ms`)
      case 'd':
        return this.#died(exitOf(status.waitStatus))
      case 'O':
        this.#codeForNone = EXIT.impossible
        this.#leave()
        return this.#say('has failed for good: finish said so')
      case 'D': // whether the supervisor leaves now shows after that
        queueMicrotask(() => this.#say(this.#isEnding ? 'down' : this.#next(status)))
        return
      case 'x':
        this.#isEnding = true
    }
  }

  explain(error: NeverReadyError): void {
    this.#neverReady = error
  }

  /** Where it could not even be started the first time, that is all; the same where it does not take what comes. */
  fault(fault: FifodirError): void {
    if (fault.code === 'FIFODIR_TRIGGER_LIMIT') {
      this.#codeForNone = EXIT.impossible
      this.#leave()
    }
    if (fault.operation !== 'start' || this.#upAt !== undefined) return warn(fault.message)
    const { cause } = fault
    const isOfProgram = cause instanceof Error && 'syscall' in cause && cause.syscall === 'posix_spawnp'
    if (isOfProgram) this.#code = cannotRun(this.#order.program, cause)
    else {
      warn(fault.message)
      this.#code = EXIT.system
    }
    this.#leave()
  }

  stop(signal: NodeJS.Signals): void {
    this.#say(`stopping on ${signal}`)
    clearTimeout(this.#deadline)
    this.#wasReady = true // it is not to be any more
    this.#leave()
  }

  /** @returns the exit code */
  end(): number {
    clearTimeout(this.#deadline)
    return this.#code ?? (codeOf(this.#exit) || this.#codeForNone)
  }

  /** From when it runs for the first time it has so long to be ready. */
  #limit(): void {
    const { readyTimeoutMs } = this.#order
    if (readyTimeoutMs > 0 && this.#upAt === undefined)
      this.#deadline = setTimeout(() => this.#giveUp(), readyTimeoutMs)
  }

  #next({ wantedUp }: Status): string {
    if (wantedUp) return 'starts again within 1 s'
    return this.#order.definition.lazy ? 'down until somebody comes' : 'down'
  }

  #giveUp(): void {
    warn(`${this.#order.name}: not ready within ${this.#order.readyTimeoutMs} ms, so it is brought down`)
    this.#code = EXIT.impossible
    this.#leave()
  }

  #died(exit: Exit): void {
    this.#exit = exit
    if (this.#wasReady || this.#isEnding) this.#say(wordsFor(exit))
    else warn(`${this.#order.name}: ${wordsFor(exit)} before it was ready`)
    if (this.#wasReady) return
    for (const line of this.#neverReady?.output ?? []) warn(`${this.#order.name}: it printed: ${line}`)
    this.#codeForNone = EXIT.impossible
    this.#leave()
  }

  /** In a moment of its own, as the supervisor may be in the midst of something. */
  #leave(): void {
    this.#isEnding = true
    queueMicrotask(() => this.#supervisor?.signal('SIGTERM'))
  }

  #say(line: string): void {
    if (!this.#order.quiet) warn(`${this.#order.name}: ${line}`)
  }
}

function wordsFor(exit: Exit): string {
  return 'code' in exit ? `exited with ${exit.code}` : `was killed by ${exit.signal}`
}

/** As a shell has it. */
function codeOf(exit: Exit | undefined): number {
  if (exit === undefined) return EXIT.done
  return 'code' in exit ? exit.code : 128 + (exit.waitStatus & 0x7f)
}
