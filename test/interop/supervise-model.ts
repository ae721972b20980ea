/**
 * What a sequence of orders does to a service, by the table of the lifecycle: it decides what can be ordered next, so that
 * every sequence has one outcome, whatever the machine's speed.
 */
import {
  type Control,
  type Deeds,
  type Input,
  type Lifecycle,
  newLifecycle,
  step,
  type SupervisorSignal,
  type Time,
} from '../../packages/fifodir/src/lifecycle.ts'
import type { Random } from '../fifodir/pattern/random.ts'

export interface Config {
  /** `obeys`: without a limit of time; `hangs`: it is never told to end, and killed. */
  readonly finish: 'none' | 'obeys' | 'hangs'
  readonly startsDown: boolean
  readonly killMs: number
  readonly stopSignal: NodeJS.Signals
  readonly deathsKept: number
}

/** What is done to the supervisor or the service, and what comes to the model of it. */
export type Order =
  | { readonly command: Control }
  | { readonly signal: SupervisorSignal }
  | { readonly run: string }
  | { readonly finish: string }
  | { readonly wait: 'restart' }

const FATAL: Readonly<Partial<Record<Control, NodeJS.Signals>>> = {
  a: 'SIGALRM',
  h: 'SIGHUP',
  k: 'SIGKILL',
  t: 'SIGTERM',
  i: 'SIGINT',
  1: 'SIGUSR1',
  2: 'SIGUSR2',
}
const CODES = [0, 1, 7, 111, 125]
const ENDS: readonly SupervisorSignal[] = ['SIGTERM', 'SIGHUP', 'SIGQUIT']

export function randomConfig(random: Random): Config {
  return {
    finish: random.pick(['none', 'obeys', 'obeys', 'hangs'] as const),
    startsDown: random.below(4) === 0,
    killMs: random.pick([0, 20]),
    stopSignal: random.pick(['SIGTERM', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const),
    deathsKept: random.pick([0, 1, 100]),
  }
}

export class Model implements Deeds {
  events = 's'
  over = false
  starts = 0
  lifecycle: Lifecycle
  readonly #config: Config
  #ignores = false
  #stopped = false
  #dying = false
  #time: Time = 'never'

  constructor(config: Config) {
    this.#config = config
    this.lifecycle = newLifecycle(!config.startsDown)
    if (!config.startsDown) this.#input('time up')
  }

  /** An order that has one outcome here. */
  next(random: Random): Order {
    return random.pick(this.#possible(random))
  }

  /** An order that leads to the supervisor's leaving. */
  last(random: Random): Order {
    const { state, wantedUp } = this.lifecycle
    const last = state.startsWith('last')
    if (state === 'down' && wantedUp) return { wait: 'restart' }
    const leaving = ENDS.filter((signal) => signal !== 'SIGTERM' || this.#canStop()).map(
      (signal): Order => ({ signal }),
    )
    // s6 may or may not see the death that its SIGINT leads to before it leaves
    if (state === 'down') leaving.push({ signal: 'SIGINT' })
    leaving.push({ command: 'x' })
    if (!last) return random.pick(leaving)
    if (state === 'lastfinish') return { finish: `exit ${random.pick(CODES)}` }
    return this.#stopped ? { command: 'k' } : { run: `exit ${random.pick(CODES)}` }
  }

  take(order: Order): void {
    if ('wait' in order) return this.#input('time up')
    if ('command' in order) return this.#input(order.command)
    if ('signal' in order) return this.#input(order.signal)
    if ('finish' in order) return this.#input(order.finish === 'exit 125' ? 'failed' : 'finished')
    if (order.run.startsWith('exit')) return this.#input('died')
    this.#ignores = order.run.startsWith('trap')
    this.#input('ready')
  }

  #possible(random: Random): Order[] {
    const { state, wantedUp, ready } = this.lifecycle
    const want: readonly Control[] = wantedUp ? ['O', 'Q', 'o'] : ['u', 'U']
    const commands = (...controls: readonly Control[]): Order[] => controls.map((command) => ({ command }))
    const code = random.pick(CODES)
    switch (state) {
      case 'down':
        if (wantedUp) return [{ wait: 'restart' }, ...commands('u', 'o')]
        return this.starts === 0 ? commands('u', 'U', 'o') : commands('u', 'U', 'o', 't', 'c')
      case 'finish':
      case 'lastfinish':
        return [{ finish: `exit ${code}` }, { finish: 'exit 125' }, ...commands(...want, 'a', 'y', 'p', 'r', 'x')]
      case 'up':
      case 'lastup': {
        const stop = this.#canStop() ? commands('d', 'D') : []
        if (this.#stopped) return [...stop, ...commands('c', 'c', 'k', ...want)]
        const deadly = (Object.keys(FATAL) as Control[]).filter(
          (c) => !this.#ignores || FATAL[c] !== this.#config.stopSignal,
        )
        const readiness = [`echo >&3`, `trap '' ${this.#config.stopSignal.slice(3)}; echo >&3`].map((run) => ({ run }))
        return [
          ...stop,
          ...commands(random.pick(deadly), ...want, 'p', 'y'),
          ...(this.#ignores ? [] : commands('r')),
          { run: `exit ${code}` },
          ...(ready ? [] : readiness),
          ...(random.below(8) === 0 ? commands('x') : []),
        ]
      }
    }
  }

  #canStop(): boolean {
    return !this.#ignores || this.#config.killMs > 0 || !this.lifecycle.state.endsWith('up')
  }

  #input(input: Input): void {
    if (this.over) return
    const { next, effects } = step(this.lifecycle, input)
    this.lifecycle = next
    for (const [verb, ...of] of effects) (this[verb] as (...of: unknown[]) => void)(...of)
    this.#happen()
  }

  /** What happens by itself: the dead are found, and times are up. */
  #happen(): void {
    const { state } = this.lifecycle
    if (!state.endsWith('up')) {
      if (state.endsWith('finish') && this.#config.finish === 'hangs' && this.#time === 'finish') {
        this.#input('time up')
        this.#input('finished')
      }
      return
    }
    if (this.#dying && !this.#stopped) return this.#input('died')
    if (this.#time === 'stop' && this.#config.killMs > 0) this.#input('time up')
  }

  start(): void {
    this.#ignores = this.#stopped = this.#dying = false
    this.starts++
    this.#input('started')
  }

  finish(): void {
    this.#dying = false
    this.#input(this.#config.finish === 'none' ? 'no finish' : 'finishing')
  }

  stop(): void {
    this.signal(this.#config.stopSignal)
  }

  signal(name: NodeJS.Signals): void {
    if (name === 'SIGSTOP') this.#stopped = true
    else if (name === 'SIGCONT') this.#stopped = false
    else if (name === 'SIGKILL') {
      this.#stopped = false
      this.#dying = true
    } else if (name !== 'SIGWINCH' && !(this.#ignores && name === this.#config.stopSignal)) this.#dying = true
  }

  interrupt(): void {}

  time(time: Time): void {
    this.#time = time
  }

  notify(events: string): void {
    this.events += events
  }

  leave(): void {
    this.events += 'x'
    this.over = true
  }

  changed(): void {}
  readied(): void {}
  record(): void {}
  addDown(): void {}
  removeDown(): void {}
  overdue(): void {}
  detach(): void {}
}
