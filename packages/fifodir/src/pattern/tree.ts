/**
 * A pattern, parsed: what both front ends make, and what the automaton is built from. The functions keep it small (no
 * empty parts, no repetitions of nothing), and every tree knows its weight, so that one that is too heavy is refused
 * before anything is built from it.
 */
import { type ByteSet, byteSet } from './byte-set.ts'

interface Weight {
  /** How many nodes of the NFA it becomes. */
  readonly size: number
  readonly depth: number
}

export type Tree = Weight &
  (
    | { readonly kind: 'bytes'; readonly bytes: ByteSet }
    | { readonly kind: 'start' | 'end' }
    | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Tree[] }
    | { readonly kind: 'repeat'; readonly part: Tree; readonly min: number; readonly max: number }
  )

const EMPTY: Tree = { kind: 'sequence', parts: [], size: 0, depth: 0 }
export const START: Tree = { kind: 'start', size: 1, depth: 1 }
export const END: Tree = { kind: 'end', size: 1, depth: 1 }

export const bytes = (set: ByteSet): Tree => ({ kind: 'bytes', bytes: set, size: 1, depth: 1 })

/** The trees of single bytes, by byte: patterns are mostly made of them, so all share these. */
const literals: Tree[] = []

export function literal(character: string): Tree {
  return (literals[character.charCodeAt(0)] ??= bytes(byteSet(character + character)))
}

export function sequence(parts: readonly Tree[]): Tree {
  const solid = parts.filter((part) => part !== EMPTY)
  return solid.length <= 1 ? (solid[0] ?? EMPTY) : { kind: 'sequence', parts: solid, ...weight(solid) }
}

export function choice(parts: readonly Tree[]): Tree {
  const { size, depth } = weight(parts)
  return parts.length === 1 ? (parts[0] ?? EMPTY) : { kind: 'choice', parts, size: size + parts.length - 1, depth }
}

export function repeat(part: Tree, min: number, max: number): Tree {
  // not only thrift: built out, nested repetitions of nothing would take for ever and never reach a limit of size
  if (part === EMPTY || max === 0) return EMPTY
  const size = max === Infinity ? part.size * Math.max(min, 1) + 1 : part.size * max + max - min
  return { kind: 'repeat', part, min, max, size, depth: part.depth + 1 }
}

function weight(parts: readonly Tree[]): Weight {
  let size = 0
  let depth = 0
  for (const part of parts) {
    size += part.size
    depth = Math.max(depth, part.depth)
  }
  return { size, depth: depth + 1 }
}
