/** The automaton of an ERE, with a cache as small or as large as a test wants it. */
import { Dfa } from '../../../packages/fifodir/src/pattern/dfa.ts'
import { parseEre } from '../../../packages/fifodir/src/pattern/ere.ts'
import { buildNfa } from '../../../packages/fifodir/src/pattern/nfa.ts'

/** The budget of a pattern that is given none. */
export const NORMAL = 4 * 1024 * 1024
/** Enough for two small states: nearly every new one empties the cache. */
export const TINY = 5_000

export function automaton(pattern: string, budgetBytes: number): Dfa {
  return new Dfa(buildNfa(parseEre(pattern)), budgetBytes)
}
