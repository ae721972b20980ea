/** What stands between `[` and `]` in an ERE: characters, ranges, and the classes of the C locale. */
import { type ByteSet, byteSet } from './byte-set.ts'
import { PatternError } from './pattern-error.ts'

/** The classes, as ranges: each two characters are a first and a last byte. */
const CLASSES = new Map([
  ['alnum', '09AZaz'],
  ['alpha', 'AZaz'],
  ['blank', '\t\t  '],
  ['cntrl', '\0\x1f\x7f\x7f'],
  ['digit', '09'],
  ['graph', '!~'],
  ['lower', 'az'],
  ['print', ' ~'],
  ['punct', '!/:@[`{~'],
  ['space', '\t\r  '],
  ['upper', 'AZ'],
  ['xdigit', '09AFaf'],
])

interface Element {
  /** The ranges it stands for; of one character, that twice. */
  readonly ranges: string
  /** Whether a range may begin or end with it: characters and collating elements, not classes. */
  readonly single: boolean
}

/** The byte set of the bracket expression that opens at `open`, and the offset behind its `]`. */
export function parseBracket(source: string, open: number): { set: ByteSet; end: number } {
  const negated = source[open + 1] === '^'
  const first = open + (negated ? 2 : 1)
  let at = first
  let ranges = ''
  do ranges += range()
  while (source[at] !== ']')
  return { set: byteSet(ranges, negated), end: at + 1 }

  function range(): string {
    const start = at
    const from = element()
    // a `-` is itself where it stands first or last
    if (source[start] === '-' && start !== first && source[at] !== ']') throw badRange(start)
    if (!from.single || source[at] !== '-' || source[at + 1] === ']') return from.ranges
    at++
    const to = element()
    if (!to.single || from.ranges > to.ranges) throw badRange(start)
    return from.ranges.charAt(0) + to.ranges.charAt(0)
  }

  function element(): Element {
    const start = at
    const character = source.charAt(at++)
    if (character === '') {
      throw new PatternError(source, open, 'a [ that is never closed', 'add the ], or write \\[ to mean the character')
    }
    const delimiter = source.charAt(at)
    if (character !== '[' || !/[.=:]/.test(delimiter)) return { ranges: character + character, single: true }

    const end = source.indexOf(`${delimiter}]`, at + 1)
    const name = source.slice(at + 1, end)
    if (end === -1) {
      throw new PatternError(source, start, `a [${delimiter} that is never closed`, `add the ${delimiter}]`)
    }
    at = end + 2
    if (delimiter !== ':') {
      if (name.length === 1) return { ranges: name + name, single: delimiter === '.' }
      throw new PatternError(source, start, 'a collating element that is not one byte', 'name a single character')
    }
    const members = CLASSES.get(name)
    if (members !== undefined) return { ranges: members, single: false }
    throw new PatternError(source, start, 'an unknown class', `use one of ${[...CLASSES.keys()].join(', ')}`)
  }

  function badRange(offset: number): PatternError {
    return new PatternError(source, offset, 'not a range', 'write the lower byte first, and a - itself first or last')
  }
}
