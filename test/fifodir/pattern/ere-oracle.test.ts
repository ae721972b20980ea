import { expect, test } from 'vitest'
import { parseEre } from '../../../packages/fifodir/src/pattern/ere.ts'
import { PatternError } from '../../../packages/fifodir/src/pattern/pattern-error.ts'
import { Matcher } from '../../../packages/fifodir/src/pattern/pattern.ts'
import type { Tree } from '../../../packages/fifodir/src/pattern/tree.ts'
import { GlibcRegex } from '../../support/regex-oracle.ts'
import { automaton, NORMAL, TINY } from './automata.ts'
import { randomEre, randomInput, randomJunk } from './ere-generator.ts'
import { Random } from './random.ts'

const PAIRS = Number(process.env['FIFODIR_ORACLE_PAIRS'] ?? 150_000)
const SEED = Number(process.env['FIFODIR_ORACLE_SEED'] ?? 1)
const INPUTS = 10

/** With nested repetitions, glibc can take minutes to compile what takes us milliseconds: so not above this many states. */
const MAX_SIZE = 100

/** The tree of an ERE, or the reason for which we refuse it. */
function parsed(pattern: string): Tree | string {
  try {
    return parseEre(pattern)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    return error.message
  }
}

const answer = (tree: Tree | string): string => (typeof tree === 'string' ? tree : 'we accept it')

/** What we refuse whatever glibc makes of it. */
const OURS_ALONE = /back-reference|is not supported|above 255/

/** An escape inside `{}`: glibc reads `a{1\0}` as `a{10}`. */
const ESCAPED_COUNT = /\{[^}]*\\/

test(`on ${PAIRS} random pairs, every prefix matches where glibc says so, flushing or not`, {
  timeout: 600_000,
}, () => {
  const random = new Random(SEED)
  let pairs = 0
  let matches = 0
  let steps = 0
  let flushes = 0
  while (pairs < PAIRS) {
    const anchors = random.below(2) === 0
    const pattern = randomEre(random, anchors)
    const tree = parsed(pattern)
    if (typeof tree === 'object' && tree.size > MAX_SIZE) continue
    using theirs = GlibcRegex.compile(pattern)
    expect(typeof tree, `seed ${SEED}: ${JSON.stringify(pattern)}: ${answer(tree)}`).toBe(theirs ? 'object' : 'string')
    if (theirs === undefined) continue

    // glibc's own differences: `.` does not match 0, and a newline is taken for an end of the text
    const without = [...(pattern.includes('.') ? [0] : []), ...(anchors ? [10] : [])]
    const normal = automaton(pattern, NORMAL)
    const tiny = automaton(pattern, TINY)
    for (let i = 0; i < INPUTS; i++, pairs++) {
      const input = randomInput(random, 9, without)
      const matchers = [new Matcher(normal), new Matcher(tiny)]
      for (let length = 1; length <= input.length; length++) {
        const expected = theirs.search(input, length)
        steps++
        if (expected) matches++
        for (const matcher of matchers) {
          if (matcher.step(input[length - 1] as number) === expected) continue
          const seen = JSON.stringify(Buffer.from(input.subarray(0, length)).toString('latin1'))
          expect.fail(`seed ${SEED}: ${JSON.stringify(pattern)} on ${seen}: glibc says ${expected}`)
        }
      }
    }
    flushes += tiny.flushes
    expect(normal.flushes).toBe(0)
  }
  // not all one answer, and the small cache was really emptied
  expect(matches / steps).toBeGreaterThan(0.2)
  expect(matches / steps).toBeLessThan(0.8)
  expect(flushes).toBeGreaterThan(pairs / 10)
})

test('of 100,000 strings of special characters, those compile that glibc compiles', { timeout: 600_000 }, () => {
  const random = new Random(SEED)
  const counts = { accepted: 0, refused: 0 }
  for (let i = 0; i < 100_000; i++) {
    const pattern = randomJunk(random)
    using theirs = GlibcRegex.compile(pattern)
    const tree = parsed(pattern)
    if (typeof tree === 'string' && (OURS_ALONE.test(tree) || ESCAPED_COUNT.test(pattern))) continue
    expect(typeof tree, `seed ${SEED}: ${JSON.stringify(pattern)}: ${answer(tree)}`).toBe(theirs ? 'object' : 'string')
    counts[typeof tree === 'object' ? 'accepted' : 'refused']++
  }
  expect(counts.accepted).toBeGreaterThan(5_000)
  expect(counts.refused).toBeGreaterThan(50_000)
})

test.each([
  // pattern, a sequence, what glibc says, what is right
  ['^.$', '\0', false, true],
  ['$.', '\n', true, false],
  ['\\W^', 'a\n', true, false],
  ['(^b){2}', 'bb', true, false],
])('%j on %j: glibc says %s, which is not what it means', (pattern, sequence, theirs, ours) => {
  using regex = GlibcRegex.compile(pattern)
  const bytes = Buffer.from(sequence, 'latin1')
  const matcher = new Matcher(automaton(pattern, NORMAL))
  expect(regex?.search(bytes, bytes.length)).toBe(theirs)
  expect([...bytes].map((byte) => matcher.step(byte)).at(-1)).toBe(ours)
})

test('a repeated group with an anchor means what glibc makes of it written out', () => {
  using regex = GlibcRegex.compile('(^b)(^b)')
  expect(regex?.search(Buffer.from('bb'), 2)).toBe(false)
})
