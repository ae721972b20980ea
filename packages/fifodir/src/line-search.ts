/** A pattern looked for in lines: pure, in memory that does not grow with the lines. */
import { Pattern } from './pattern/pattern.ts'

const NEWLINE = 0x0a

/** A search for the first line that matches. */
export class LineSearch {
  readonly #matcher: ReturnType<Pattern['matcher']>
  #matches = false

  /** @param pattern `^` and `$` are the beginning and the end of a line */
  constructor(pattern: string | RegExp | Pattern) {
    this.#matcher = Pattern.from(pattern).matcher()
  }

  /** Takes the next bytes. @returns whether a line that matches has ended among them */
  next(bytes: Uint8Array): boolean {
    for (const byte of bytes) {
      if (byte !== NEWLINE) this.#matches = this.#matcher.step(byte)
      else if (this.#matches) return true
      else this.#begin()
    }
    return false
  }

  #begin(): void {
    this.#matcher.reset()
    this.#matches = false
  }
}
