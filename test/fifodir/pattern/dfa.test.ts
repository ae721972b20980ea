import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { Matcher } from '../../../packages/fifodir/src/pattern/pattern.ts'
import { automaton, NORMAL, TINY } from './automata.ts'
import { Random } from './random.ts'

/** As many events as told, a or b. */
function* lettersAB(count: number): Generator<number> {
  const random = new Random(1)
  for (let i = 0; i < count; i++) yield 0x61 + random.below(2)
}

test('(a*)*b takes 100,000 a through no more than two states', () => {
  const dfa = automaton('(a*)*b', NORMAL)
  const matcher = new Matcher(dfa)
  let matches = 0
  for (let i = 0; i < 100_000; i++) if (matcher.step(0x61)) matches++
  expect(matches).toBe(0)
  expect(dfa.size).toBeLessThanOrEqual(2)
  expect(matcher.step(0x62)).toBe(true)
})

test('(a|b)*a(a|b){12} never has a larger cache than its budget, over a million events and their matches', () => {
  const budget = 1_000_000
  const dfa = automaton('(a|b)*a(a|b){12}', budget)
  let state = dfa.start
  let sinceFirstA = -1
  let largest = 0
  for (const byte of lettersAB(1_000_000)) {
    state = state.next[byte] ?? dfa.step(state, byte)
    if (sinceFirstA >= 0 || byte === 0x61) sinceFirstA++
    if (state.accepts !== (sinceFirstA === 12)) expect.fail('a wrong answer')
    largest = Math.max(largest, dfa.bytes)
    if (!state.accepts) continue
    state = dfa.start
    sinceFirstA = -1
  }
  expect(largest).toBeGreaterThan(budget / 2)
  expect(largest).toBeLessThanOrEqual(budget)
  expect(dfa.flushes).toBeGreaterThan(100)
})

test('neither has (a|b)*a(a|b){12}$, of 8,192 states, that is never reset', () => {
  const budget = 1_000_000
  const dfa = automaton('(a|b)*a(a|b){12}$', budget)
  let state = dfa.start
  let history = 0
  let largest = 0
  for (const byte of lettersAB(500_000)) {
    state = state.next[byte] ?? dfa.step(state, byte)
    history = ((history << 1) | (byte === 0x61 ? 1 : 0)) & 0x1fff
    if (state.accepts !== history >= 0x1000) expect.fail('a wrong answer')
    largest = Math.max(largest, dfa.bytes)
  }
  expect(largest).toBeLessThanOrEqual(budget)
  expect(dfa.flushes).toBeGreaterThan(100)
})

test('the estimated size of 8,192 states is what they take in the heap, to a tenth', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const used = (): number => {
    collect()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const dfa = automaton('(a|b)*a(a|b){12}$', 64 * NORMAL)
  const before = used()
  let state = dfa.start
  for (const byte of lettersAB(300_000)) state = state.next[byte] ?? dfa.step(state, byte)
  expect(dfa.size).toBe(8_192)
  expect(Math.abs((used() - before) / dfa.bytes - 1)).toBeLessThan(0.1)
})

test.each([1, TINY, NORMAL])(
  'with %i bytes of cache, matchers that share an automaton agree with those that do not',
  (budget) => {
    const pattern = '^(a|b)*a(a|b){3}$|b{5}'
    const shared = automaton(pattern, budget)
    const random = new Random(2)
    const together = Array.from({ length: 3 }, () => new Matcher(shared))
    const apart = together.map(() => new Matcher(automaton(pattern, NORMAL)))
    for (let i = 0; i < 20_000; i++) {
      const which = random.below(3)
      const byte = 0x61 + random.below(2)
      if (together[which]?.step(byte) !== apart[which]?.step(byte)) expect.fail(`step ${i}`)
      if (random.below(20) > 0) continue
      together[which]?.reset()
      apart[which]?.reset()
    }
    if (budget < NORMAL) expect(shared.flushes).toBeGreaterThan(1_000)
    expect(shared.bytes).toBeLessThanOrEqual(budget)
  },
)

test('after a flush, the states that were used keep no others alive, and are cached again when they return', () => {
  const dfa = automaton('(a|b)*a(a|b){3}$', TINY)
  const held = dfa.start
  let state = held
  for (const byte of lettersAB(1_000)) state = dfa.step(state, byte)
  expect(held.next.every((next) => next === undefined)).toBe(true)
  expect(dfa.start).not.toBe(held)
  dfa.step(dfa.start, 0x61)
  expect(dfa.start.next[0x61]).toBe(dfa.step(held, 0x61))
})
