/**
 * The front end of JavaScript's regular expressions. The structure comes from a parser; what a single character, class,
 * escape or dot matches is asked of JavaScript's own engine, so that no table here can be wrong about Unicode's cases.
 */
import { type AST, RegExpParser, RegExpSyntaxError, visitRegExpAST } from '@eslint-community/regexpp'
import type { ByteSet } from './byte-set.ts'
import { bounded, MAX_DEPTH, tooDeep } from './limits.ts'
import { PatternError } from './pattern-error.ts'
import { bytes, choice, END, repeat, sequence, START, type Tree } from './tree.ts'

const BYTES = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))

/** The tree of a RegExp; throws a {@link PatternError}, its offset in `/source/flags`, where it cannot be decided. */
export function parseRegExp(regexp: RegExp): Tree {
  const text = `/${regexp.source}/${regexp.flags}`
  checkDepth(text, regexp.flags.includes('v'))
  const { pattern, flags } = parse(text)
  if (flags.multiline)
    throw new PatternError(text, text.lastIndexOf('m'), 'the m flag', 'take it away: events have no lines')
  if (flags.sticky) throw new PatternError(text, text.lastIndexOf('y'), 'the y flag', 'begin with ^ instead')
  const leafFlags = regexp.flags.replace(/[dg]/g, '')
  const sets = new Map<string, ByteSet>()
  return alternatives(pattern.alternatives, pattern.start)

  function alternatives(branches: readonly AST.Alternative[], start: number): Tree {
    const trees = branches.map((branch) => bounded(sequence(branch.elements.map(element)), text, branch.start))
    return bounded(choice(trees), text, start)
  }

  function element(node: AST.Element): Tree {
    switch (node.type) {
      case 'Quantifier':
        return bounded(repeat(element(node.element), node.min, node.max), text, node.element.end)
      case 'CapturingGroup':
        return alternatives(node.alternatives, node.start)
      case 'Group':
        if (node.modifiers === null) return alternatives(node.alternatives, node.start)
        throw new PatternError(text, node.start, 'a group with modifiers', 'set the flags of the whole instead')
      case 'Assertion':
        if (node.kind === 'start') return START
        if (node.kind === 'end') return END
        throw undecidable(node, node.kind === 'word' ? 'a word boundary' : 'look-around')
      case 'Backreference':
        throw undecidable(node, 'a back-reference')
      case 'Character':
        return bytes(character(node))
      default:
        return bytes(characterClass(node))
    }
  }

  function character(node: AST.Character): ByteSet {
    const code = node.value.toString(16)
    const set = ask(code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`)
    if (set.includes(1)) return set
    throw new PatternError(
      text,
      node.start,
      'a character that is no byte',
      'use characters up to U+00FF: each is one event',
    )
  }

  function characterClass(node: AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass): ByteSet {
    const refuse = (at: AST.Node): never => {
      throw new PatternError(text, at.start, 'a class of strings', 'write the strings as alternatives')
    }
    visitRegExpAST(node, {
      onClassStringDisjunctionEnter: refuse,
      onCharacterSetEnter: (set) => set.kind === 'property' && set.strings && refuse(set),
    })
    return ask(node.raw)
  }

  function ask(leaf: string): ByteSet {
    const known = sets.get(leaf)
    if (known !== undefined) return known
    const alone = new RegExp(`^(?:${leaf})$`, leafFlags)
    const set = Uint8Array.from(BYTES, (byte) => (alone.test(byte) ? 1 : 0))
    sets.set(leaf, set)
    return set
  }

  function undecidable(node: AST.Node, what: string): PatternError {
    return new PatternError(
      text,
      node.start,
      `${what}, which no automaton can decide`,
      'write out what is to be matched',
    )
  }
}

function parse(text: string): AST.RegExpLiteral {
  try {
    return new RegExpParser().parseLiteral(text)
  } catch (error) {
    if (!(error instanceof RegExpSyntaxError)) throw error
    throw new PatternError(text, error.index, 'a syntax not known here', 'write it in the syntax of ECMAScript 2025')
  }
}

/** Counts the nesting before the parser does: it is recursive, and would overflow the stack. */
function checkDepth(text: string, classesNest: boolean): void {
  let depth = 0
  let classes = 0
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === '\\') i++
    else if (character === '[' && (classes === 0 || classesNest)) classes++
    else if (character === ']' && classes > 0) classes--
    else if (character === '(' && classes === 0) depth++
    else if (character === ')' && classes === 0) depth--
    if (depth + classes > MAX_DEPTH) throw tooDeep(text, i)
  }
}
