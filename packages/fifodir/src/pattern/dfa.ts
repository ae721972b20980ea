/**
 * The automaton that is stepped: made state by state, as bytes ask for them, out of the NFA. At most one state is made
 * a byte, at a cost of O(NFA), so a step never takes longer than that, and mostly one look-up.
 *
 * States are immutable values in a cache with a budget. When it is full it is emptied, and the work goes on from the
 * state in hand, which owns its set of nodes. So any number of matchers can share one automaton: a state that one of
 * them still holds stays right, it only has to ask for its next again. (Evicting single states would keep more, but
 * needs to know who points at whom.)
 */
import { MATCHED, type Nfa } from './nfa.ts'

type Row = (State | undefined)[]

/** The row of all states that are not in the cache: never written to. */
const NO_ROW: Row = Array.from({ length: 256 }, () => undefined)

/** What is known of the sequence so far. */
export class State {
  /** By byte, the next state, where it is known. */
  next: Row = NO_ROW
  /** The nodes that wait for a byte, in ascending order. */
  readonly nodes: Uint16Array
  /** Whether the sequence so far matches. */
  readonly accepts: boolean

  constructor(nodes: Uint16Array, accepts: boolean) {
    this.nodes = nodes
    this.accepts = accepts
  }
}

/** What a state takes in memory besides its nodes: its row is 2,064 bytes, the rest is objects and the map's entry. */
const STATE_BYTES = 2_400
/** A node is two bytes in the set, and two in the key. */
const NODE_BYTES = 4

export class Dfa {
  /** The estimated size of the cache, and how often it was emptied. */
  bytes = 0
  flushes = 0
  readonly #nfa: Nfa
  readonly #budgetBytes: number
  readonly #cache = new Map<string, State>()
  #start: State | undefined

  constructor(nfa: Nfa, budgetBytes: number) {
    this.#nfa = nfa
    this.#budgetBytes = budgetBytes
  }

  /** The state before the first byte. */
  get start(): State {
    return (this.#start ??= this.#state(new Set([this.#nfa.entry]), true))
  }

  /** How many states are in the cache. */
  get size(): number {
    return this.#cache.size
  }

  /** The state that follows `from` on `byte`; the caller has looked into `from.next` before. */
  step(from: State, byte: number): State {
    if (!Number.isInteger(byte) || byte < 0 || byte > 255) throw new RangeError(`not a byte: ${byte}`)
    const reached = new Set<number>()
    for (const id of from.nodes) {
      const node = this.#nfa.nodes[id]
      if (node?.kind === 'bytes' && node.bytes[byte] === 1) reached.add(node.next)
    }
    const to = this.#state(reached, false)
    if (from.next !== NO_ROW) from.next[byte] = to
    return to
  }

  #state(reached: Set<number>, atStart: boolean): State {
    this.#follow(reached, atStart, false)
    // one match is as good as all: nothing that follows can undo it
    const ids = reached.has(MATCHED) ? [MATCHED] : [...reached].filter((id) => this.#nfa.nodes[id]?.kind === 'bytes')
    const nodes = Uint16Array.from(ids).sort()
    this.#follow(reached, atStart, true)
    return this.#cached(nodes, reached.has(MATCHED))
  }

  /** Adds to `reached` whatever can be reached from it without a byte. A Set's iteration includes what it adds. */
  #follow(reached: Set<number>, atStart: boolean, atEnd: boolean): void {
    for (const id of reached) {
      const node = this.#nfa.nodes[id]
      if (node?.kind === 'split') reached.add(node.next).add(node.other)
      else if ((node?.kind === 'start' && atStart) || (node?.kind === 'end' && atEnd)) reached.add(node.next)
    }
  }

  #cached(nodes: Uint16Array, accepts: boolean): State {
    let key = accepts ? '$' : '-'
    for (const id of nodes) key += String.fromCharCode(id)
    const known = this.#cache.get(key)
    if (known !== undefined) return known

    const state = new State(nodes, accepts)
    const bytes = STATE_BYTES + NODE_BYTES * nodes.length
    if (this.bytes + bytes > this.#budgetBytes) this.#flush()
    if (this.bytes + bytes > this.#budgetBytes) return state
    state.next = NO_ROW.slice()
    this.#cache.set(key, state)
    this.bytes += bytes
    return state
  }

  #flush(): void {
    for (const state of this.#cache.values()) state.next = NO_ROW
    this.#cache.clear()
    this.bytes = 0
    this.flushes++
    // this one comes back with every reset: it must not stay without a row
    this.#start = undefined
  }
}
