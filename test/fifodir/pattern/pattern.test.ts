import { describe, expect, test } from 'vitest'
import { PatternError } from '../../../packages/fifodir/src/pattern/pattern-error.ts'
import { Pattern } from '../../../packages/fifodir/src/pattern/pattern.ts'

/** For each event, whether the sequence matches then; no resets. */
function answers(source: string | RegExp, sequence: string): string {
  const matcher = new Pattern(source).matcher()
  return Array.from(sequence, (event) => (matcher.step(event.charCodeAt(0)) ? '1' : '0')).join('')
}

/** The error of compiling `source`. */
function failure(source: unknown): PatternError {
  try {
    new Pattern(source as string)
  } catch (error) {
    if (error instanceof PatternError) return error
    throw error
  }
  return expect.fail(`${String(source)} compiles`)
}

describe('matching', () => {
  test.each([
    ['u.*U', 'sUusdUx', '0000011'],
    ['Ud', 'UUd', '001'],
    // what the empty sequence matches, the first event does
    ['', 'ab', '11'],
    ['x*', 'ab', '11'],
    ['^', 'ab', '11'],
    ['x*^', 'ab', '11'],
    ['$', 'ab', '11'],
    ['()', '\0', '1'],
    // the beginning is that of the sequence, the end the present one
    ['^ab', 'abab', '0111'],
    ['^b', 'abb', '000'],
    ['U$', 'UdU', '101'],
    ['^U$', 'UU', '10'],
    ['^$', 'ab', '00'],
    ['$a', 'aa', '00'],
    ['a^', 'aa', '00'],
    ['(^|,)a(,|$)', 'a,ba,a', '111111'],
    ['(^|,)a$', 'ba,a', '0001'],
    // 0 and the other 255 are bytes like any other
    ['\0', 'a\0', '01'],
    ['a.b', 'a\0b', '001'],
    ['[^a]', '\0', '1'],
    ['[\0-\x02]', '\x03\x01', '01'],
    ['\xff', '\xfe\xff', '01'],
    ['.', '\n', '1'],
  ])('%j over %j answers %s', (source, sequence, expected) => {
    expect(answers(source, sequence)).toBe(expected)
  })

  test.each(['.', '[^a]', '\\W', '[^[:alpha:]]', '[\x01-\xff]'])(
    '%s alone matches all the bytes it stands for',
    (source) => {
      const members = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).filter(
        (byte) => answers(source, byte) === '1',
      )
      const js = { '.': /[^]/, '[^a]': /[^a]/, '\\W': /\W/, '[^[:alpha:]]': /[^a-zA-Z]/, '[\x01-\xff]': /[^\0]/ }[
        source
      ]
      expect(members).toEqual(
        Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).filter((byte) => js?.test(byte)),
      )
    },
  )

  test('a reset begins a new sequence: nothing before it counts, and ^ is there again', () => {
    const matcher = new Pattern('^ab|cd').matcher()
    const step = (events: string): boolean[] => Array.from(events, (event) => matcher.step(event.charCodeAt(0)))
    expect(step('xab')).toEqual([false, false, false])
    matcher.reset()
    expect(step('ab')).toEqual([false, true])
    matcher.reset()
    expect(step('c')).toEqual([false])
    matcher.reset()
    expect(step('d')).toEqual([false])
    matcher.reset()
    expect(step('cd')).toEqual([false, true])
  })

  test.each([-1, 256, 0.5, Number.NaN, '1'])('%s is not a byte', (byte) => {
    expect(() => new Pattern('a').matcher().step(byte as number)).toThrow(RangeError)
  })

  test('two matchers of one pattern know nothing of each other', () => {
    const pattern = new Pattern('ab')
    const [one, other] = [pattern.matcher(), pattern.matcher()]
    expect([one.step(0x61), other.step(0x62), one.step(0x62), other.step(0x62)]).toEqual([false, false, true, false])
  })
})

describe('a pattern', () => {
  test('keeps its source, and is its text', () => {
    const regexp = /u.*U/gi
    expect(new Pattern('u.*U').source).toBe('u.*U')
    expect(new Pattern(regexp).source).toBe(regexp)
    expect(String(new Pattern('u.*U'))).toBe('u.*U')
    expect(String(new Pattern(regexp))).toBe('/u.*U/gi')
  })

  test('is the same for the same source, and another for another', () => {
    expect(Pattern.from('u.*U')).toBe(Pattern.from(`u.${'*U'}`))
    expect(Pattern.from(/a/i)).toBe(Pattern.from(/a/i))
    expect(Pattern.from(/a/i)).not.toBe(Pattern.from(/a/))
    expect(Pattern.from(/a/)).not.toBe(Pattern.from('/a/'))
    expect(Pattern.from('a')).not.toBe(new Pattern('a'))
    const own = new Pattern('a')
    expect(Pattern.from(own)).toBe(own)
  })

  test.each([undefined, null, 1, {}, ['a']])('cannot be made of %j', (source) => {
    expect(() => new Pattern(source as unknown as string)).toThrow(TypeError)
    expect(() => Pattern.from(source as unknown as string)).toThrow(TypeError)
  })

  test.each([0, -1, 1.5, Number.NaN, Infinity, '1'])('cannot have a budget of %s', (budgetBytes) => {
    expect(() => new Pattern('a', { budgetBytes: budgetBytes as number })).toThrow(RangeError)
  })

  test('works with any budget, a single byte among them', () => {
    const matcher = new Pattern('a{2}b', { budgetBytes: 1 }).matcher()
    expect(Array.from('aaab', (event) => matcher.step(event.charCodeAt(0)))).toEqual([false, false, false, true])
  })
})

describe('an ERE is refused, with the offset of the fault, for', () => {
  test.each([
    ['a group left open', 'a(b(c)', 1],
    ['nothing to repeat', 'a|*b', 2],
    ['an anchor that is repeated', 'ab^+', 3],
    ['a count that is none', 'ab{x}', 2],
    ['a count left open', 'ab{1', 2],
    ['counts in the wrong order', 'a{3,2}', 1],
    ['a count above 255', 'a{256}', 1],
    ['an upper count above 255', 'a{1,256}', 1],
    ['an escape in a count', 'a{1\\0}', 1],
    ['a bracket left open', 'a[bc', 1],
    ['a bracket with nothing but a ]', 'a[]', 1],
    ['a range in the wrong order', '[xz-a]', 2],
    ['a range that begins with a range', '[a-c-e]', 4],
    ['a range of classes', '[a-[:digit:]]', 1],
    ['a range that begins with an equivalence', '[[=a=]-z]', 6],
    ['a range that ends with an equivalence', '[a-[=z=]]', 1],
    ['an unknown class', 'a[b[:up:]]', 3],
    ['a class left open', '[a[:up]', 2],
    ['a collating element of two bytes', '[[.ab.]]', 1],
    ['a \\ at the end', 'ab\\', 2],
    ['a back-reference', '(a)\\1', 3],
    ['a word boundary', 'a\\b', 1],
    ['no word boundary', 'a\\B', 1],
    ['the beginning of a word', '\\<a', 0],
    ['the end of a word', 'a\\>', 1],
    ['the beginning of the buffer', '\\`a', 0],
    ['the end of the buffer', "a\\'", 1],
    ['a character above U+00FF', 'aé\u0100', 2],
    ['a surrogate pair', 'a\u{1f600}', 1],
    ['groups too deep', `${'('.repeat(501)}a${')'.repeat(501)}`, 500],
    ['far too many groups', '('.repeat(1_000_000), 500],
    ['repetitions stacked too high', `a${'*'.repeat(500)}`, 500],
    ['far too many repetitions', `a${'+'.repeat(1_000_000)}`, 500],
    ['repetitions in groups, together too deep', `${'('.repeat(300)}a${'+)+'.repeat(300)}`, 1050],
    ['too many states', '((a{255}){255}){255}', 15],
    ['too many states at once', 'x(a{255,}){255,}{255,}', 16],
    ['a sequence that is too long', 'a'.repeat(65_534), 0],
    ['a choice that is too long', 'a|'.repeat(40_000), 0],
  ])('%s', (_, source, offset) => {
    const error = failure(source)
    expect(error).toMatchObject({
      code: 'FIFODIR_PATTERN',
      operation: 'compile pattern',
      path: undefined,
      pattern: source,
      offset,
    })
  })

  test('nothing that stays within the limits', () => {
    expect(answers(`${'('.repeat(499)}ab${')'.repeat(499)}`, 'ab')).toBe('01')
    expect(answers(`a${'+'.repeat(498)}b`, 'ab')).toBe('01')
    expect(answers('a'.repeat(65_000), 'a')).toBe('0')
    expect(answers('(((((){255}){255}){255}){255}){255}{255}{255}a', 'ba')).toBe('01')
    expect(answers('(a{0}){255}{255}{255}{255}{255}{255}{255}{255}b', 'ab')).toBe('01')
    expect(answers('(a{255}){255}', 'a')).toBe('0')
  })
})

describe('the message of a PatternError', () => {
  test.each([
    [
      'u(U',
      [
        'cannot compile pattern: a group that is never closed at offset 1 (FIFODIR_PATTERN); add the ), or write \\( to mean the character',
        'u(U',
        ' ^',
      ],
    ],
    [
      '\x01é\n[z-a]',
      [
        'cannot compile pattern: not a range at offset 4 (FIFODIR_PATTERN); write the lower byte first, and a - itself first or last',
        '\\x01\\xe9\\x0a[z-a]',
        '             ^',
      ],
    ],
    [
      /a(?!b)/i,
      [
        'cannot compile pattern: look-around, which no automaton can decide at offset 2 (FIFODIR_PATTERN); write out what is to be matched',
        '/a(?!b)/i',
        '  ^',
      ],
    ],
  ])('of %s is one line, the pattern, and a caret under the fault', (source, lines) => {
    const error = failure(source)
    expect(error.message.split('\n')).toEqual(lines)
    expect(error.stack).toContain(error.message)
    expect(error.hint).toBe(lines[0]?.split('; ')[1])
  })
})
