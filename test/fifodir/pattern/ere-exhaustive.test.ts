import { expect, test } from 'vitest'
import type { Dfa, State } from '../../../packages/fifodir/src/pattern/dfa.ts'
import { GlibcRegex } from '../../support/regex-oracle.ts'
import { automaton, NORMAL, TINY } from './automata.ts'

/** A pattern as we get it, and as glibc does: repetitions of anchors written out, because it copies them wrongly. */
interface Pair {
  readonly ours: string
  readonly theirs: string
}

const LEAVES = ['a', 'b', '^', '$', '']
const UNARY: ((part: string) => string)[] = [(x) => `(${x})*`, (x) => `(${x})?`]
const COPYING: ((part: string) => { short: string; written: string })[] = [
  (x) => ({ short: `(${x})+`, written: `(${x})(${x})*` }),
  (x) => ({ short: `(${x}){2}`, written: `(${x})(${x})` }),
]
const BINARY: ((left: string, right: string) => string)[] = [(x, y) => `(${x})(${y})`, (x, y) => `(${x}|${y})`]

/** All patterns of exactly `operators` of: concatenation, `|`, `*`, `+`, `?`, `{2}`. */
function patterns(operators: number): Pair[] {
  if (operators === 0) return LEAVES.map((leaf) => ({ ours: leaf, theirs: leaf }))
  const unary = patterns(operators - 1).flatMap(({ ours, theirs }) => [
    ...UNARY.map((apply) => ({ ours: apply(ours), theirs: apply(theirs) })),
    ...COPYING.map((apply) => ({
      ours: apply(ours).short,
      theirs: apply(theirs)[/[$^]/.test(ours) ? 'written' : 'short'],
    })),
  ])
  const binary = Array.from({ length: operators }, (_, left) =>
    patterns(left).flatMap((x) =>
      patterns(operators - 1 - left).flatMap((y) =>
        BINARY.map((apply) => ({ ours: apply(x.ours, y.ours), theirs: apply(x.theirs, y.theirs) })),
      ),
    ),
  )
  return [...unary, ...binary.flat()]
}

const STRINGS: string[] = ['']
for (let i = 0; STRINGS.length < 63; i++) STRINGS.push(`${STRINGS[i]}a`, `${STRINGS[i]}b`)

/** For each string, whether it matches: one step from the state of the string that is one shorter. */
function answers(dfa: Dfa): boolean[] {
  const states: State[] = [dfa.start]
  for (let i = 1; i < STRINGS.length; i++) {
    const before = states[(i - 1) >> 1] as State
    const byte = i % 2 === 1 ? 0x61 : 0x62
    states.push(before.next[byte] ?? dfa.step(before, byte))
  }
  return states.map((state) => state.accepts)
}

test.each([
  [5, 0],
  [70, 1],
  [1_680, 2],
  [50_120, 3],
])(
  'all %i patterns of %i operators over a, b, ^, $ match the strings up to five that glibc matches',
  (count, operators) => {
    let flushes = 0
    const all = patterns(operators)
    expect(all).toHaveLength(count)
    for (const { ours, theirs } of all) {
      using regex = GlibcRegex.compile(theirs)
      const bytes = STRINGS.map((string) => Buffer.from(`${string}\0`))
      const expected = bytes.map((string) => regex?.search(string, string.length - 1))
      const tiny = automaton(ours, TINY)
      for (const dfa of [automaton(ours, NORMAL), tiny]) {
        const wrong = answers(dfa).findIndex((answer, i) => i > 0 && answer !== expected[i])
        if (wrong !== -1) expect.fail(`${ours} on ${STRINGS[wrong]}: glibc says ${expected[wrong]}`)
      }
      flushes += tiny.flushes
    }
    expect(STRINGS).toHaveLength(63)
    if (operators > 0) expect(flushes).toBeGreaterThan(0)
  },
)
