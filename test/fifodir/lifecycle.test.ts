/** The table of the lifecycle, cell by cell. */
import { describe, expect, test } from 'vitest'
import {
  CONTROLS,
  type Effect,
  type Input,
  type Lifecycle,
  newLifecycle,
  type State,
  step,
} from '../../packages/fifodir/src/lifecycle.ts'

const STATES: readonly State[] = ['down', 'up', 'finish', 'lastup', 'lastfinish']
const SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGINT'] as const
const OUTCOMES = [
  'started',
  'not started',
  'ready',
  'died',
  'finishing',
  'no finish',
  'finished',
  'failed',
  'time up',
] as const
const INPUTS: readonly Input[] = [...CONTROLS, ...SIGNALS, ...OUTCOMES]

/** A cell as one line: the next state, where it is another; what becomes known; and what is done. */
function cell(state: State, input: Input): string {
  const before: Lifecycle = { state, wantedUp: true, paused: true, ready: true }
  const one = step(before, input)
  const other = step({ ...before, wantedUp: false, paused: false, ready: false }, input)
  const flags = (['wantedUp', 'paused', 'ready'] as const)
    .filter((flag) => one.next[flag] === other.next[flag])
    .map((flag) => `${one.next[flag] ? '' : 'not '}${flag}`)
  const to = one.next.state === state ? [] : [`to ${one.next.state}`]
  return [...to, ...flags, ...one.effects.map((effect: Effect) => effect.join(' '))].join(', ')
}

const row = (state: State): Record<string, string> =>
  Object.fromEntries(INPUTS.map((input) => [input, cell(state, input)] as const).filter(([, text]) => text !== ''))

/** What the inputs that reach a living `run` do. */
const PASSED_ON = {
  a: 'signal SIGALRM',
  b: 'signal SIGABRT',
  q: 'signal SIGQUIT',
  h: 'signal SIGHUP',
  k: 'signal SIGKILL',
  t: 'signal SIGTERM',
  i: 'signal SIGINT',
  '1': 'signal SIGUSR1',
  '2': 'signal SIGUSR2',
  y: 'signal SIGWINCH',
  p: 'paused, signal SIGSTOP, record',
  c: 'not paused, signal SIGCONT, record',
  r: 'stop',
}

const WANTED = {
  o: 'not wantedUp, record',
  O: 'not wantedUp, record',
  u: 'wantedUp, record',
  U: 'wantedUp, removeDown, record',
  Q: 'not wantedUp, addDown, record',
}

const STOP = 'not wantedUp, not paused, stop, signal SIGCONT, record, time stop'
const STOP_ALWAYS = 'not wantedUp, not paused, addDown, stop, signal SIGCONT, record, time stop'
const KILL = 'overdue run, signal SIGKILL, time killed'
const KILL_FINISH = 'not paused, overdue finish, signal SIGCONT, record, signal SIGKILL, time killed'
const DIED = 'not paused, not ready, changed, finish'

describe('the row of', () => {
  test('down: commands start it, or keep it down, and the supervisor may leave at once', () => {
    expect(row('down')).toEqual({
      o: 'not wantedUp, record, time never, start',
      d: 'not wantedUp, record, time never',
      u: 'wantedUp, record, start',
      D: 'not wantedUp, addDown, record, time never',
      U: 'wantedUp, removeDown, record, start',
      x: 'leave',
      O: 'not wantedUp, record, time never',
      Q: 'not wantedUp, addDown, record, time never',
      SIGTERM: 'leave',
      SIGHUP: 'leave',
      SIGQUIT: 'leave',
      SIGINT: 'leave',
      started: 'to up, not paused, not ready, time never, changed, record, notify u',
      'not started': 'time retry',
      'time up': 'start',
    })
  })

  test('up: signals are passed on, and its death leads to finish', () => {
    expect(row('up')).toEqual({
      ...PASSED_ON,
      ...WANTED,
      d: STOP,
      D: STOP_ALWAYS,
      x: 'to lastup, detach',
      SIGTERM: `to lastup, ${STOP}`,
      SIGHUP: 'to lastup, detach',
      SIGQUIT: 'leave',
      SIGINT: 'interrupt, leave',
      ready: 'ready, readied, record, notify U',
      died: DIED,
      finishing: 'to finish, time finish, record, notify d',
      'no finish': 'to down, ready, time restart, readied, record, notify dD',
      'time up': KILL,
    })
  })

  test('finish: nothing is sent to it, it is killed when its time is up', () => {
    expect(row('finish')).toEqual({
      ...WANTED,
      d: 'not wantedUp, record',
      D: 'not wantedUp, addDown, record',
      x: 'to lastfinish, detach',
      SIGTERM: 'to lastfinish, detach',
      SIGHUP: 'to lastfinish, detach',
      SIGQUIT: 'leave',
      SIGINT: 'interrupt, leave',
      finished: 'to down, ready, time restart, readied, record, notify D',
      failed: 'to down, not wantedUp, ready, time restart, readied, record, notify OD',
      'time up': KILL_FINISH,
    })
  })

  test('lastup: as up, and the supervisor leaves when it is down', () => {
    expect(row('lastup')).toEqual({
      ...PASSED_ON,
      ...WANTED,
      d: STOP,
      D: STOP_ALWAYS,
      x: 'detach',
      SIGTERM: STOP,
      SIGHUP: 'detach',
      SIGQUIT: 'leave',
      SIGINT: 'interrupt, leave',
      ready: 'ready, readied, record, notify U',
      died: DIED,
      finishing: 'to lastfinish, time finish, record, notify d',
      'no finish': 'to down, ready, time restart, readied, record, notify dD, leave',
      'time up': KILL,
    })
  })

  test('lastfinish: as finish, and the supervisor leaves when it is done', () => {
    expect(row('lastfinish')).toEqual({
      ...WANTED,
      d: 'not wantedUp, record',
      D: 'not wantedUp, addDown, record',
      x: 'detach',
      SIGHUP: 'detach',
      SIGQUIT: 'leave',
      SIGINT: 'interrupt, leave',
      finished: 'to down, ready, time restart, readied, record, notify D, leave',
      failed: 'to down, not wantedUp, ready, time restart, readied, record, notify OD, leave',
      'time up': KILL_FINISH,
    })
  })
})

describe('in every cell', () => {
  const cells = STATES.flatMap((state) => INPUTS.map((input) => [state, input] as const))

  test.each(cells)(
    '%s × %s: the status is recorded before it is told, and what is told last is that it leaves',
    (state, input) => {
      const { effects } = step({ state, wantedUp: true, paused: false, ready: false }, input)
      const verbs = effects.map(([verb]) => verb)
      if (verbs.includes('notify')) expect(verbs.indexOf('record')).toBeLessThan(verbs.indexOf('notify'))
      if (verbs.includes('record')) expect(verbs.lastIndexOf('record')).toBeGreaterThan(verbs.lastIndexOf('changed'))
      if (verbs.includes('leave')) expect(verbs.indexOf('leave')).toBe(verbs.length - 1)
      for (const answered of ['start', 'finish'] as const)
        if (verbs.includes(answered)) expect(verbs.indexOf(answered)).toBe(verbs.length - 1)
    },
  )

  test.each(cells)('%s × %s: no signal is sent to nobody', (state, input) => {
    const { effects } = step({ state, wantedUp: true, paused: false, ready: false }, input)
    if (state === 'down') expect(effects.filter(([verb]) => ['signal', 'stop', 'interrupt'].includes(verb))).toEqual([])
  })
})

test('a service that was just found is down, ready to be started, and says by its pause that it never was', () => {
  expect(newLifecycle(true)).toEqual({ state: 'down', wantedUp: true, paused: true, ready: true })
  expect(newLifecycle(false).wantedUp).toBe(false)
})
