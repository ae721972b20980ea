/** Thompson's automaton of a tree: as many nodes as the tree has size, and three for the search. */
import { ANY, type ByteSet } from './byte-set.ts'
import type { Tree } from './tree.ts'

/** A node, and the numbers of those that follow it. */
export type Node =
  | { readonly kind: 'bytes'; readonly bytes: ByteSet; readonly next: number }
  | { readonly kind: 'start' | 'end'; readonly next: number }
  | { readonly kind: 'split'; readonly next: number; readonly other: number }

export interface Nfa {
  readonly nodes: readonly Node[]
  readonly entry: number
}

/** The number of the node that says: matched. It stays, whatever follows. */
export const MATCHED = 0

export function buildNfa(tree: Tree): Nfa {
  const nodes: Node[] = [{ kind: 'bytes', bytes: ANY, next: MATCHED }]
  const add = (node: Node): number => nodes.push(node) - 1

  /** Adds a split one way of which comes back to it; returns its number and that of what is repeated. */
  function addLoop(next: number, body: (again: number) => number): { loop: number; first: number } {
    const loop = add({ kind: 'split', next, other: next })
    const first = body(loop)
    nodes[loop] = { kind: 'split', next: first, other: next }
    return { loop, first }
  }

  /** Adds `part` so that `next` follows it; returns the number of its entry. */
  function build(part: Tree, next: number): number {
    switch (part.kind) {
      case 'bytes':
        return add({ kind: 'bytes', bytes: part.bytes, next })
      case 'start':
      case 'end':
        return add({ kind: part.kind, next })
      case 'sequence':
        return part.parts.reduceRight((following, each) => build(each, following), next)
      case 'choice':
        return part.parts
          .map((each) => build(each, next))
          .reduceRight((other, entry) => add({ kind: 'split', next: entry, other }))
      case 'repeat': {
        let entry = next
        let copies = part.min
        if (part.max === Infinity) {
          const { loop, first } = addLoop(next, (again) => build(part.part, again))
          entry = copies-- === 0 ? loop : first
        } else {
          for (let i = part.min; i < part.max; i++)
            entry = add({ kind: 'split', next: build(part.part, entry), other: next })
        }
        for (; copies > 0; copies--) entry = build(part.part, entry)
        return entry
      }
    }
  }

  // a search is a match of any bytes, then the pattern
  const entry = build(tree, MATCHED)
  const { loop } = addLoop(entry, (again) => add({ kind: 'bytes', bytes: ANY, next: again }))
  return { nodes, entry: loop }
}
