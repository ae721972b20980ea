/** One reading of a fifodir: what stands there under the names of subscriptions, and whether it still does. */
import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs'
import { hiddenState, isFifoName } from './fifo-name.ts'

/** The kernel stamps changes by a clock that ticks every 1 to 10 ms: two within a tick look like one. */
const TICK_MS = 20
/** Some file systems stamp them by whole seconds, or two. */
const COARSE_TICK_MS = 2000

/**
 * The entries of the fifodir at `path` that are named as subscriptions are, in the order of the directory, and the hidden
 * ones that their makers must have died on; `making` where there are hidden ones that they may still be at.
 */
export function readEntries(path: string): { entries: Dirent[]; making: boolean } {
  const now = Date.now()
  let making = false
  // Latin-1, so that a character is a byte whatever the names are made of
  const entries = readdirSync(path, { encoding: 'latin1', withFileTypes: true }).filter(({ name }) => {
    if (isFifoName(name)) return true
    const hidden = hiddenState(name, now)
    if (hidden === 'made') making = true
    return hidden === 'abandoned'
  })
  return { entries, making }
}

export class Reading {
  readonly entries: readonly Dirent[]
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
