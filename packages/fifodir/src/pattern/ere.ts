/**
 * The front end of POSIX extended regular expressions over bytes, in the C locale. Where POSIX leaves a construct
 * undefined, glibc's answer is taken; what an automaton cannot decide, and what glibc takes only by accident, is refused.
 *
 * @see glibc 2.36 posix/regcomp.c parse_reg_exp, with RE_SYNTAX_POSIX_EXTENDED — differs: `.` matches byte 0, counts end
 * at 255 as in POSIX, escapes inside `{}` are refused, and so are back-references and GNU's word and buffer boundaries
 */
import { ANY, byteSet } from './byte-set.ts'
import { parseBracket } from './ere-bracket.ts'
import { bounded, MAX_DEPTH, tooDeep } from './limits.ts'
import { PatternError } from './pattern-error.ts'
import { bytes, choice, END, literal, repeat, sequence, START, type Tree } from './tree.ts'

const MAX_COUNT = 255
const COUNTS = /\{(\d*)(,?)(\d*)\}/y
const SPACE = '\t\r  '
const WORD = '09AZ__az'

/** The tree of an ERE; throws a {@link PatternError} where it is none, or one that cannot be decided. */
export function parseEre(source: string): Tree {
  let at = 0

  function alternatives(depth: number): Tree {
    const start = at
    const branches = [branch(depth)]
    while (source[at] === '|') {
      at++
      branches.push(branch(depth))
    }
    return bounded(choice(branches), source, start)
  }

  function branch(depth: number): Tree {
    const start = at
    const parts: Tree[] = []
    // outside of all groups, a `)` is a character
    while (at < source.length && source[at] !== '|' && !(depth > 0 && source[at] === ')')) parts.push(expression(depth))
    return bounded(sequence(parts), source, start)
  }

  function expression(depth: number): Tree {
    const start = at
    const character = source.charAt(at++)
    // an anchor takes no repetition: one that follows has nothing to repeat
    if (character === '^') return START
    if (character === '$') return END
    if ('*+?{'.includes(character)) {
      throw new PatternError(source, start, 'nothing to repeat', `write \\${character} to mean the character`)
    }
    if (character === '(') return repeated(group(start, depth + 1))
    if (character === '\\') return repeated(escape(start))
    if (character === '.') return repeated(bytes(ANY))
    if (character !== '[') return repeated(literal(character))
    const { set, end } = parseBracket(source, start)
    at = end
    return repeated(bytes(set))
  }

  function group(start: number, depth: number): Tree {
    if (depth > MAX_DEPTH) throw tooDeep(source, start)
    const tree = alternatives(depth)
    if (source[at++] === ')') return tree
    throw new PatternError(
      source,
      start,
      'a group that is never closed',
      'add the ), or write \\( to mean the character',
    )
  }

  function escape(start: number): Tree {
    const character = source.charAt(at++)
    if (character === '') throw new PatternError(source, start, 'a \\ with nothing behind it', 'write \\\\ to mean it')
    if ('123456789'.includes(character)) {
      throw new PatternError(source, start, 'a back-reference, which no automaton can decide', 'write the choices out')
    }
    if ("bB<>`'".includes(character)) {
      throw new PatternError(source, start, `\\${character} is not supported`, 'write what stands on either side of it')
    }
    if ('sS'.includes(character)) return bytes(byteSet(SPACE, character === 'S'))
    if ('wW'.includes(character)) return bytes(byteSet(WORD, character === 'W'))
    return literal(character)
  }

  function repeated(atom: Tree): Tree {
    let tree = atom
    for (;;) {
      const start = at
      const character = source[at]
      if (character === '*') tree = repeat(tree, 0, Infinity)
      else if (character === '+') tree = repeat(tree, 1, Infinity)
      else if (character === '?') tree = repeat(tree, 0, 1)
      else if (character === '{') tree = repeat(tree, ...counts())
      else return tree
      if (character !== '{') at++
      bounded(tree, source, start)
    }
  }

  function counts(): [min: number, max: number] {
    COUNTS.lastIndex = at
    const [text = '', first = '', comma = '', last = ''] = COUNTS.exec(source) ?? []
    const min = Number(first)
    const max = comma === '' ? min : last === '' ? Infinity : Number(last)
    if (text.length <= 2 || min > max) {
      throw new PatternError(
        source,
        at,
        'not a repetition count',
        'write {n}, {n,}, {,m} or {n,m}, or \\{ to mean the character',
      )
    }
    if (min > MAX_COUNT || (max > MAX_COUNT && max !== Infinity)) {
      throw new PatternError(source, at, `a count above ${MAX_COUNT}`, 'repeat a repeated group instead')
    }
    at += text.length
    return [min, max]
  }

  const wide = source.search(/[\u0100-\uffff]/)
  if (wide === -1) return alternatives(0)
  throw new PatternError(source, wide, 'a character that is no byte', 'use characters up to U+00FF: each is one event')
}
