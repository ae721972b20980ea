import { Dfa, type State } from './dfa.ts'
import { parseEre } from './ere.ts'
import { buildNfa, type Nfa } from './nfa.ts'
import { parseRegExp } from './regexp.ts'

/** Options of a {@link Pattern}. */
export interface PatternOptions {
  /** How many bytes the cache of states may take, estimated: a positive integer, 4 MiB unless told. */
  readonly budgetBytes?: number
}

const DEFAULT_BUDGET_BYTES = 4 * 1024 * 1024

/** The living patterns of {@link Pattern.from}, by kind and source. */
const interned = new Map<string, WeakRef<Pattern>>()
const forget = new FinalizationRegistry((key: string) => {
  if (interned.get(key)?.deref() === undefined) interned.delete(key)
})

/**
 * A pattern over events: a POSIX extended regular expression over bytes (a string, each character U+0000 to U+00FF one
 * byte), or a RegExp, its flags `i`, `s`, `u` and `v` honoured (`g` and `d` mean nothing here).
 *
 * It is searched in the sequence of events since the last reset, and decided after each: `^` is the beginning of that
 * sequence, `$` its present end. Nothing matches before the first event; at it, a pattern that matches the empty sequence
 * does. Compiled to an automaton: a step takes one look-up, or once in a while makes one state (O(pattern)); never
 * backtracking. All matchers of one pattern share its states, at most `budgetBytes` of them. Its limits: 65,533 states
 * (about one a byte, repetitions written out), nested 500 deep.
 *
 * @throws PatternError (FIFODIR_PATTERN) where the pattern is wrong, above a limit, or asks for what an automaton cannot
 * decide: back-references, look-around, word boundaries, the flags `m` and `y`
 * @throws TypeError on anything but a string or a RegExp, RangeError on a budget that is no positive integer
 * @see glibc 2.36 posix/regexec.c regexec, in the C locale — differs: decided per byte, byte 0 is like any other, counts
 * up to 255, no back-references and no boundaries
 * @example
 * import { Pattern } from 'fifodir'
 * const matcher = new Pattern('u.*U').matcher()
 * const seen = (events) => [...events].map((event) => matcher.step(event.charCodeAt(0)))
 * seen('Usd') // => [false, false, false]
 * seen('usU') // => [false, false, true]
 * matcher.reset()
 * seen('U') // => [false]
 */
export class Pattern {
  readonly source: string | RegExp
  readonly #nfa: Nfa
  readonly #budgetBytes: number
  #dfa: Dfa | undefined

  constructor(source: string | RegExp, { budgetBytes = DEFAULT_BUDGET_BYTES }: PatternOptions = {}) {
    if (typeof source !== 'string' && !(source instanceof RegExp)) {
      throw new TypeError(`a pattern must be a string or a RegExp, not ${source === null ? 'null' : typeof source}`)
    }
    if (!Number.isSafeInteger(budgetBytes) || budgetBytes <= 0) {
      throw new RangeError(`budgetBytes must be a positive integer, not ${String(budgetBytes)}`)
    }
    this.source = source
    this.#nfa = buildNfa(typeof source === 'string' ? parseEre(source) : parseRegExp(source))
    this.#budgetBytes = budgetBytes
  }

  /**
   * The pattern of this source: while one lives, always the same, so that ten thousand waits for `U` share its states.
   * A Pattern is returned as it is.
   *
   * @throws what the constructor throws
   * @example
   * import { Pattern } from 'fifodir'
   * Pattern.from('u.*U') === Pattern.from('u.*U') // => true
   * Pattern.from(/a/) === Pattern.from('a') // => false
   */
  static from(pattern: string | RegExp | Pattern): Pattern {
    if (pattern instanceof Pattern) return pattern
    const key = `${typeof pattern}:${String(pattern)}`
    const known = interned.get(key)?.deref()
    if (known !== undefined) return known
    const made = new Pattern(pattern)
    interned.set(key, new WeakRef(made))
    forget.register(made, key)
    return made
  }

  /** The ERE itself, or the RegExp as `/source/flags`. */
  toString(): string {
    return String(this.source)
  }

  /** A new matcher, before its first event. */
  matcher(): Matcher {
    this.#dfa ??= new Dfa(this.#nfa, this.#budgetBytes)
    return new Matcher(this.#dfa)
  }
}

/** One sequence of events, held against a {@link Pattern}: as large after ten million events as before the first. */
export class Matcher {
  readonly #dfa: Dfa
  #state: State

  /** @internal */
  constructor(dfa: Dfa) {
    this.#dfa = dfa
    this.#state = dfa.start
  }

  /**
   * Takes the next event, and says whether the sequence since the last {@link reset} matches now. After a match, the
   * caller resets; without that, a match holds for as long as it does not depend on `$`.
   *
   * @param byte 0 to 255
   * @throws RangeError on anything else
   */
  step(byte: number): boolean {
    this.#state = this.#state.next[byte] ?? this.#dfa.step(this.#state, byte)
    return this.#state.accepts
  }

  /** Begins a new sequence. */
  reset(): void {
    this.#state = this.#dfa.start
  }
}
