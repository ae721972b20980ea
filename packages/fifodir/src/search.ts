/** Searching one stream of events for a pattern, and remembering what came, within bounds. */
import { EVENTS } from './event.ts'
import { Pattern } from './pattern/pattern.ts'

/** A pattern found. */
export interface Match {
  /** The event that completed it. */
  readonly event: string
  /** The events since the last match, that one included; at most the last 4,096. */
  readonly sequence: string
  /** Whether there were more than `sequence` holds. */
  readonly truncated: boolean
}

/** A search that goes on: after a match the sequence begins anew. */
export class Search {
  readonly #matcher: ReturnType<Pattern['matcher']>
  #seen = new RecentEvents()

  constructor(pattern: string | RegExp | Pattern) {
    this.#matcher = Pattern.from(pattern).matcher()
  }

  /** Takes one event: constant time, whatever came before. */
  next(event: string): Match | undefined {
    const byte = event.charCodeAt(0)
    this.#seen.push(byte)
    if (!this.#matcher.step(byte)) return undefined
    const match = { event, ...this.seen() }
    this.#matcher.reset()
    this.#seen.clear()
    return match
  }

  /** What came since the last match. */
  seen(): { sequence: string; truncated: boolean } {
    return { sequence: this.#seen.toString(), truncated: this.#seen.truncated }
  }
}

const REMEMBERED = 4096

/** The last 4,096 events; it takes room as they come, as most searches see only a few. */
class RecentEvents {
  #bytes = new Uint8Array(16)
  #count = 0

  get truncated(): boolean {
    return this.#count > REMEMBERED
  }

  push(byte: number): void {
    const { length } = this.#bytes
    if (this.#count === length && length < REMEMBERED) {
      const larger = new Uint8Array(2 * length)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes[this.#count++ % REMEMBERED] = byte
  }

  clear(): void {
    this.#count = 0
  }

  toString(): string {
    const oldest = Math.max(0, this.#count - REMEMBERED)
    let text = ''
    for (let index = oldest; index < this.#count; index++) text += EVENTS[this.#bytes[index % REMEMBERED] as number]
    return text
  }
}
