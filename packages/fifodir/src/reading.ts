/** One reading of a fifodir: what stands there under the names of subscriptions, and whether it still does. */
import { type Dirent, lstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import { hiddenState, isFifoName } from './fifo-name.ts'
import { isSystemError } from './posix/system-error.ts'

/** The kernel stamps changes by a clock that ticks every 1 to 10 ms: two within a tick look like one. */
const TICK_MS = 20
/** Some file systems stamp them by whole seconds, or two. */
const COARSE_TICK_MS = 2000

/** An entry of a fifodir. */
export type Entry = Pick<Dirent, 'name' | 'isFIFO'>

/**
 * The entries of the fifodir at `path` that are named as subscriptions are, in the order of the directory, and the hidden
 * ones that their makers must have died on; `making` where there are hidden ones that they may still be at.
 */
export function readEntries(
  path: string,
  list: (path: string) => Entry[] = listEntries,
): { entries: Entry[]; making: boolean } {
  const now = Date.now()
  let making = false
  const entries = list(path).filter(({ name }) => {
    if (isFifoName(name)) return true
    const hidden = hiddenState(name, now)
    if (hidden === 'made') making = true
    return hidden === 'abandoned'
  })
  return { entries, making }
}

/** Names are read as Latin-1, so that a character is a byte whatever they are made of. */
function listEntries(path: string): Entry[] {
  try {
    return readdirSync(path, { encoding: 'latin1', withFileTypes: true })
  } catch (error) {
    if (!isSystemError(error)) throw error
    return listUntyped(path) // which fails, too, where the directory is at fault
  }
}

/**
 * Where the file system does not tell what its entries are, Node asks for each, by a name of Latin-1 taken for UTF-8, and
 * fails where there is none such, or it is gone. Here only those are asked for that are looked at.
 */
export function listUntyped(path: string): Entry[] {
  return readdirSync(path, 'latin1').map((name) => ({
    name,
    isFIFO: () => lstatSync(`${path}/${name}`, { throwIfNoEntry: false })?.isFIFO() ?? false,
  }))
}

export class Reading {
  readonly entries: readonly Entry[]
  readonly #directory: Stats
  /** Whether it was read long enough after the last change for the next one to show, and only a change can matter. */
  readonly #isTelling: boolean

  constructor(path: string) {
    const now = Date.now()
    this.#directory = statSync(path)
    const { ctimeMs } = this.#directory
    const { entries, making } = readEntries(path)
    this.entries = entries
    this.#isTelling = !making && now - ctimeMs > (ctimeMs % 1000 === 0 ? COARSE_TICK_MS : TICK_MS)
  }

  /** Whether reading the directory again would surely give the same. */
  holds(path: string): boolean {
    if (!this.#isTelling) return false
    const { dev, ino, ctimeMs } = statSync(path)
    return dev === this.#directory.dev && ino === this.#directory.ino && ctimeMs === this.#directory.ctimeMs
  }
}
