/** What another program finds when it takes over from this one, or is started by it: things as they were before Node. */
import { koffi } from './koffi.ts'
import { withOpenFiles } from './resource-limit.ts'
import { withIgnored } from './signal-action.ts'

/** A program and its arguments, or an environment; text is UTF-8, bytes are passed as they are. */
export type Strings = readonly (string | Uint8Array)[]

/** What a program is given. */
export interface Handover {
  /**
   * Its descriptors, by its own numbers: which of ours each is. It has 0, 1 and 2 as we have them where they are not
   * among these, and no others.
   */
  readonly descriptors?: Readonly<Record<number, number>> | undefined
  /** Its environment, `NAME=value` each; ours where it is left out. */
  readonly environment?: Strings | undefined
  /** The signals that it ignores, by number; none where it is left out, though Node ignores SIGPIPE. */
  readonly ignoredSignals?: readonly number[] | undefined
  /** Its soft limit on open descriptors; ours where it is left out, which Node has raised to the hard limit. */
  readonly openFiles?: number | undefined
}

/** A program, its arguments and its environment as C has them. */
export interface Image {
  readonly file: Uint8Array
  readonly argv: Uint8Array
  /** Undefined for this process's own. */
  readonly environment: Uint8Array | undefined
  /** Keeps V8 from taking away what C points to. */
  readonly pointedTo: readonly Uint8Array[]
}

/** Calls `start` with all of `handover` in force but the descriptors. */
export function handOver<Result>(argv: Strings, handover: Handover, start: (image: Image) => Result): Result {
  const { environment, ignoredSignals = [], openFiles } = handover
  const strings = argv.map(cString)
  const variables = environment?.map(cString)
  const image = {
    file: strings[0] as Uint8Array,
    argv: pointers(strings),
    environment: variables && pointers(variables),
    pointedTo: [...strings, ...(variables ?? [])],
  }
  return withIgnored(ignoredSignals, () => withOpenFiles(openFiles, () => start(image)))
}
function cString(text: string | Uint8Array): Uint8Array {
  return Buffer.concat([typeof text === 'string' ? Buffer.from(text) : text, Buffer.of(0)])
}

/** An array of pointers; a null pointer ends it. */
function pointers(strings: readonly Uint8Array[]): Uint8Array {
  const table = new BigUint64Array(strings.length + 1)
  for (const [index, string] of strings.entries()) table[index] = BigInt(koffi().address(string))
  return new Uint8Array(table.buffer)
}
