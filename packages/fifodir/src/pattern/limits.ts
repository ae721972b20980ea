/** How large a pattern may be: what is more is refused before anything is built from it. */
import { PatternError } from './pattern-error.ts'
import type { Tree } from './tree.ts'

/** How deep a pattern may nest: parsing it, and building from it, is recursive. */
export const MAX_DEPTH = 500
/** How many nodes it may become: 65,536 (16 bits name one), of which the search itself takes three. */
const MAX_SIZE = 65_536 - 3

/** Returns `tree` as it is, or throws a {@link PatternError} when it is too large or too deep. */
export function bounded(tree: Tree, pattern: string, offset: number): Tree {
  if (tree.depth > MAX_DEPTH) throw tooDeep(pattern, offset)
  if (tree.size <= MAX_SIZE) return tree
  throw new PatternError(pattern, offset, `more than ${MAX_SIZE} states`, 'repeat less, or wait for less at once')
}

export function tooDeep(pattern: string, offset: number): PatternError {
  return new PatternError(pattern, offset, `nested deeper than ${MAX_DEPTH}`, 'take parentheses or repetitions away')
}
