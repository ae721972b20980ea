/**
 * The life of a service as a table: for every state and every input the next state, what becomes known of the service, and
 * what is to be done about it. Pure: it says what to do, and the supervisor does it. A name for each cell, no branches: what
 * depends on how an attempt comes out comes in as the next input (`start` is answered by `started` or `not started`).
 */
import { type Cell, type Flags, TABLE } from './lifecycle-table.ts'

/** What is known of a service beyond its state. */
export type { Flags } from './lifecycle-table.ts'

/**
 * - `down`: nothing runs;
 * - `up`: `run` runs;
 * - `finish`: `finish` runs;
 * - `lastup`, `lastfinish`: the same, and the supervisor leaves when it is down.
 */
export type State = 'down' | 'up' | 'finish' | 'lastup' | 'lastfinish'

/**
 * The characters of the control FIFO.
 *
 * @see s6 2.11.3.2 src/supervision/s6-supervise.c, handle_control
 */
// biome-ignore format: one row for signals, one for what is wanted
export const CONTROLS = [
  'a', 'b', 'q', 'h', 'k', 't', 'i', '1', '2', 'p', 'c', 'y', 'r',
  'o', 'd', 'u', 'D', 'U', 'x', 'O', 'Q',
] as const

export type Control = (typeof CONTROLS)[number]

/** A signal to the supervisor. */
export type SupervisorSignal = 'SIGTERM' | 'SIGHUP' | 'SIGQUIT' | 'SIGINT'

/** What came of it, or came by itself. */
export type Outcome =
  /** `start`: `run` runs; it could not be started. */
  | 'started'
  | 'not started'
  /** `run` is ready to serve. */
  | 'ready'
  /** `run` is dead. */
  | 'died'
  /** `finish`: it runs; there is none, or it could not be started. */
  | 'finishing'
  | 'no finish'
  /** `finish` is done; with exit code 125: the service has failed for good. */
  | 'finished'
  | 'failed'
  /** The time that was set is up. */
  | 'time up'

export type Input = Control | SupervisorSignal | Outcome

/** What the supervisor can do. */
export interface Deeds {
  /** Starts `run`; answered by `started` or `not started`. */
  start(): void
  /** Counts the death of `run`, and starts `finish`; answered by `finishing` or `no finish`. */
  finish(): void
  /** Notes the moment: it went up or down. */
  changed(): void
  /** Notes the moment: it became ready. */
  readied(): void
  /** Writes the status. */
  record(): void
  /** Makes the file `down`: no supervisor that comes later starts it by itself. */
  addDown(): void
  removeDown(): void
  /** Sends the signal that brings `run` down. */
  stop(): void
  /** Sends a signal to the process that runs. */
  signal(name: NodeJS.Signals): void
  /** Sends SIGINT to all of the service's process group. */
  interrupt(): void
  /** Sets the time, instead of what was set. */
  time(time: Time): void
  /** Says whose time was up. */
  overdue(who: 'run' | 'finish'): void
  /** Sends events. */
  notify(events: string): void
  /** What is started from now on has nothing of the supervisor's standard input and output. */
  detach(): void
  /** Sends `x`, and lets go of everything. */
  leave(): void
}

/** A deed to be done, with what it takes; effects are done in order, once the state has changed. */
export type Effect = { [Verb in keyof Deeds]: readonly [verb: Verb, ...of: Parameters<Deeds[Verb]>] }[keyof Deeds]

/**
 * - `never`: no time is set;
 * - `at once`, `restart`: for `run` to be started (again), where it is wanted up: a second from when it was ready, or from now
 *   where it was not;
 * - `retry`: for another attempt to start it, where it is wanted up;
 * - `stop`: for `run` to die of the signal to stop; `finish`: for `finish` to be done; none where there is no limit;
 * - `killed`: for it to die of SIGKILL.
 */
export type Time = 'never' | 'at once' | 'restart' | 'retry' | 'stop' | 'finish' | 'killed'

/** A service, as far as the table is concerned. */
export interface Lifecycle extends Flags {
  readonly state: State
}

/** A service that its supervisor has just found. */
export function newLifecycle(wantedUp: boolean): Lifecycle {
  return { state: 'down', wantedUp, paused: true, ready: true }
}

/** Takes an input: what becomes of the service, and what to do. */
export function step(lifecycle: Lifecycle, input: Input): { next: Lifecycle; effects: readonly Effect[] } {
  const { to = lifecycle.state, set, effects }: Cell = TABLE[lifecycle.state][input]
  return { next: { ...lifecycle, ...set, state: to }, effects }
}
