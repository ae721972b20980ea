/** Random EREs, and inputs that have a chance to match them. */
import type { Random } from './random.ts'

const CLASSES = 'alnum alpha blank cntrl digit graph lower print punct space upper xdigit'.split(' ')
const LETTERS = 'aaabbbccA0_ \t\n-]^'
const SPECIAL = '\\|()[]{}.*+?^$'

/** A byte that an ERE can hold in C: anything but 0. */
const anyByte = (random: Random): string => String.fromCharCode(1 + random.below(255))
const letter = (random: Random): string => (random.below(12) === 0 ? anyByte(random) : random.pick(LETTERS))

/**
 * Mostly what POSIX defines; now and then what it does not. With anchors, groups are not nested in groups (glibc takes
 * exponential time to compile anchors in nested repetitions), and what is repeated is never copied (it is wrong about
 * copied anchors).
 */
export function randomEre(random: Random, anchors: boolean): string {
  return alternatives(random, anchors, anchors ? 1 : 2)
}

function alternatives(random: Random, anchors: boolean, depth: number): string {
  return Array.from({ length: random.pick([1, 1, 1, 1, 2, 2, 3]) }, () => branch(random, anchors, depth)).join('|')
}

function branch(random: Random, anchors: boolean, depth: number): string {
  return random.several(random.below(8) === 0 ? 0 : 1, 3, () => piece(random, anchors, depth))
}

function piece(random: Random, anchors: boolean, depth: number): string {
  const kind = random.below(20)
  if (kind < 3 && anchors) return random.pick('^$')
  const body = kind < 8 && depth > 0 ? `(${alternatives(random, anchors, depth - 1)})` : atom(random, kind)
  return random.below(3) === 0 ? `${body}${repetition(random, !anchors)}${random.pick(['', '', '', '*', '?'])}` : body
}

function atom(random: Random, kind: number): string {
  if (kind === 8) return '.'
  if (kind === 9) return random.pick(['\\w', '\\W', '\\s', '\\S'])
  if (kind === 10) return `\\${random.pick(SPECIAL)}`
  if (kind < 14) return bracket(random)
  const character = letter(random)
  return SPECIAL.includes(character) ? `\\${character}` : character
}

function repetition(random: Random, copying: boolean): string {
  if (!copying) return random.pick(['*', '*', '?', '{0}', '{1}', '{0,1}', '{,1}', '{,}', '{0,}'])
  const low = random.below(3)
  const high = low + random.below(3)
  return random.pick(['*', '*', '+', '+', '?', '?', `{${low}}`, `{${low},}`, `{,${high}}`, `{${low},${high}}`, '{,}'])
}

function bracket(random: Random): string {
  const first = random.pick(['', '', '', ']', '-'])
  const middle = random.several(first === '' ? 1 : 0, 3, () => bracketElement(random))
  return `[${random.pick(['', '^'])}${first}${middle}${random.pick(['', '', '', '-'])}]`
}

function bracketElement(random: Random): string {
  const kind = random.below(10)
  if (kind < 2) return `[:${random.pick(CLASSES)}:]`
  if (kind === 2) return `[=${letter(random)}=]`
  if (kind < 6) return `${rangeEnd(random)}-${rangeEnd(random)}`
  return rangeEnd(random)
}

function rangeEnd(random: Random): string {
  const character = letter(random)
  if (random.below(8) === 0) {
    const delimiter = random.pick('....=')
    return `[${delimiter}${character}${delimiter}]`
  }
  return ']^-['.includes(character) ? 'b' : character
}

/** Nothing but the characters that mean something, in any order: what is refused, and where a parser goes wrong. */
export function randomJunk(random: Random): string {
  const bits = [
    '[[:',
    ':]',
    '[=',
    '=]',
    '[.',
    '.]',
    '{1',
    '{,',
    ',2}',
    '[^',
    '\\',
    '\\w',
    '-',
    ':',
    '=',
    ',',
    '0',
    '3',
    'alpha',
    'a',
    'b',
  ]
  return random.several(1, 9, () => (random.below(2) === 0 ? random.pick(SPECIAL) : random.pick(bits)))
}

/** 1 to `most` bytes; none of those in `without`. */
export function randomInput(random: Random, most: number, without: readonly number[]): Uint8Array {
  const bytes = Array.from({ length: 1 + random.below(most) }, () => {
    const kind = random.below(16)
    if (kind === 0) return random.below(256)
    return kind === 1 ? 0 : (kind < 12 ? random.pick('aabbc') : random.pick(LETTERS)).charCodeAt(0)
  })
  return Uint8Array.from(bytes, (byte) => (without.includes(byte) ? 0x61 : byte))
}
