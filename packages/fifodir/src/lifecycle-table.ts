/**
 * The table of the {@link lifecycle}: one row a state, one cell an input. The cells have names, so that a row can be read.
 *
 * @see s6 2.11.3.2 src/supervision/s6-supervise.c, actions; differs: no time is set that nothing is due at, and where the
 *   time to stop or to finish was up that is said
 */
import type { Control, Effect, Input, State, SupervisorSignal } from './lifecycle.ts'

/** What is known of a service beyond its state: what the flags of its status say. */
export interface Flags {
  readonly wantedUp: boolean
  readonly paused: boolean
  readonly ready: boolean
}

/** What an input does in a state: the next one, if it is another, what becomes known, and what is to be done. */
export interface Cell {
  readonly to?: State
  readonly set?: Partial<Flags>
  readonly effects: readonly Effect[]
}

const nothing: Cell = { effects: [] }

// what is wanted, while something runs
const wantUp: Cell = { set: { wantedUp: true }, effects: [['record']] }
const wantUpAlways: Cell = { set: { wantedUp: true }, effects: [['removeDown'], ['record']] }
const wantDown: Cell = { set: { wantedUp: false }, effects: [['record']] }
const wantDownAlways: Cell = { set: { wantedUp: false }, effects: [['addDown'], ['record']] }

// what is wanted, while nothing runs: an attempt to start it may be due
const startUp: Cell = { ...wantUp, effects: [...wantUp.effects, ['start']] }
const startUpAlways: Cell = { ...wantUpAlways, effects: [...wantUpAlways.effects, ['start']] }
const startOnce: Cell = { ...wantDown, effects: [...wantDown.effects, ['time', 'never'], ['start']] }
const stayDown: Cell = { ...wantDown, effects: [...wantDown.effects, ['time', 'never']] }
const stayDownAlways: Cell = { ...wantDownAlways, effects: [...wantDownAlways.effects, ['time', 'never']] }
const start: Cell = { effects: [['start']] }
const startLater: Cell = { effects: [['time', 'retry']] }

// run lives
const isUp: Cell = {
  to: 'up',
  set: { ready: false, paused: false },
  effects: [['time', 'never'], ['changed'], ['record'], ['notify', 'u']],
}
const isReady: Cell = { set: { ready: true }, effects: [['readied'], ['record'], ['notify', 'U']] }
const kill: Cell = {
  effects: [
    ['overdue', 'run'],
    ['signal', 'SIGKILL'],
    ['time', 'killed'],
  ],
}
const stop: Cell = {
  set: { wantedUp: false, paused: false },
  effects: [['stop'], ['signal', 'SIGCONT'], ['record'], ['time', 'stop']],
}
const stopAlways: Cell = { ...stop, effects: [['addDown'], ...stop.effects] }
const stopAndLeave: Cell = { ...stop, to: 'lastup' }
const leaveAfterUp: Cell = { to: 'lastup', effects: [['detach']] }

// run is dead
const finish: Cell = { set: { ready: false, paused: false }, effects: [['changed'], ['finish']] }
const isFinishing = (to: State): Cell => ({ to, effects: [['time', 'finish'], ['record'], ['notify', 'd']] })
const killFinish: Cell = {
  set: { paused: false },
  effects: [['overdue', 'finish'], ['signal', 'SIGCONT'], ['record'], ['signal', 'SIGKILL'], ['time', 'killed']],
}
const leaveAfterFinish: Cell = { to: 'lastfinish', effects: [['detach']] }

/** Down, and ready to be started again. The time comes first, as it depends on when `run` was ready. */
const isDown = (events: string): Cell => ({
  to: 'down',
  set: { ready: true },
  effects: [['time', 'restart'], ['readied'], ['record'], ['notify', events]],
})
const forGood = (cell: Cell): Cell => ({ ...cell, set: { ...cell.set, wantedUp: false } })
const andLeave = (cell: Cell): Cell => ({ ...cell, effects: [...cell.effects, ['leave']] })

// the supervisor
const leave: Cell = { effects: [['leave']] }
const detach: Cell = { effects: [['detach']] }
const interruptAndLeave: Cell = { effects: [['interrupt'], ['leave']] }

/** The signals that may be passed on to `run`, and what they say of it. */
const passed = (signal: NodeJS.Signals): Cell => ({ effects: [['signal', signal]] })
const toRun: Readonly<Record<Exclude<Control, 'o' | 'd' | 'u' | 'D' | 'U' | 'x' | 'O' | 'Q'>, Cell>> = {
  a: passed('SIGALRM'),
  b: passed('SIGABRT'),
  q: passed('SIGQUIT'),
  h: passed('SIGHUP'),
  k: passed('SIGKILL'),
  t: passed('SIGTERM'),
  i: passed('SIGINT'),
  1: passed('SIGUSR1'),
  2: passed('SIGUSR2'),
  p: { set: { paused: true }, effects: [['signal', 'SIGSTOP'], ['record']] },
  c: { set: { paused: false }, effects: [['signal', 'SIGCONT'], ['record']] },
  y: passed('SIGWINCH'),
  r: { effects: [['stop']] },
}
const toNobody: Readonly<Record<keyof typeof toRun, Cell>> = {
  a: nothing,
  b: nothing,
  q: nothing,
  h: nothing,
  k: nothing,
  t: nothing,
  i: nothing,
  1: nothing,
  2: nothing,
  p: nothing,
  c: nothing,
  y: nothing,
  r: nothing,
}

/** Where these come from does not run. */
const impossible: Readonly<Record<Exclude<Input, Control | SupervisorSignal | 'time up'>, Cell>> = {
  started: nothing,
  'not started': nothing,
  ready: nothing,
  died: nothing,
  finishing: nothing,
  'no finish': nothing,
  finished: nothing,
  failed: nothing,
}

const wanted = {
  o: wantDown,
  d: wantDown,
  u: wantUp,
  D: wantDownAlways,
  U: wantUpAlways,
  O: wantDown,
  Q: wantDownAlways,
}

export const TABLE: Readonly<Record<State, Readonly<Record<Input, Cell>>>> = {
  down: {
    ...impossible,
    ...toNobody,
    o: startOnce,
    d: stayDown,
    u: startUp,
    D: stayDownAlways,
    U: startUpAlways,
    x: leave,
    O: stayDown,
    Q: stayDownAlways,
    SIGTERM: leave,
    SIGHUP: leave,
    SIGQUIT: leave,
    SIGINT: leave,
    started: isUp,
    'not started': startLater,
    'time up': start,
  },
  up: {
    ...impossible,
    ...toRun,
    ...wanted,
    d: stop,
    D: stopAlways,
    x: leaveAfterUp,
    SIGTERM: stopAndLeave,
    SIGHUP: leaveAfterUp,
    SIGQUIT: leave,
    SIGINT: interruptAndLeave,
    ready: isReady,
    died: finish,
    finishing: isFinishing('finish'),
    'no finish': isDown('dD'),
    'time up': kill,
  },
  finish: {
    ...impossible,
    ...toNobody,
    ...wanted,
    x: leaveAfterFinish,
    SIGTERM: leaveAfterFinish,
    SIGHUP: leaveAfterFinish,
    SIGQUIT: leave,
    SIGINT: interruptAndLeave,
    finished: isDown('D'),
    failed: forGood(isDown('OD')),
    'time up': killFinish,
  },
  lastup: {
    ...impossible,
    ...toRun,
    ...wanted,
    d: stop,
    D: stopAlways,
    x: detach,
    SIGTERM: stop,
    SIGHUP: detach,
    SIGQUIT: leave,
    SIGINT: interruptAndLeave,
    ready: isReady,
    died: finish,
    finishing: isFinishing('lastfinish'),
    'no finish': andLeave(isDown('dD')),
    'time up': kill,
  },
  lastfinish: {
    ...impossible,
    ...toNobody,
    ...wanted,
    x: detach,
    SIGTERM: nothing,
    SIGHUP: detach,
    SIGQUIT: leave,
    SIGINT: interruptAndLeave,
    finished: andLeave(isDown('D')),
    failed: andLeave(forGood(isDown('OD'))),
    'time up': killFinish,
  },
}
