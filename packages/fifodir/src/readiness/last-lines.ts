/** The last of what a program printed. */

const LINES = 10
/** Of a line longer than that the end is kept. */
const LINE_CHARACTERS = 1024

/** Keeps the last lines of a stream, within bounds. */
export class LastLines {
  #lines: string[] = ['']

  push(bytes: Uint8Array): void {
    const [first = '', ...others] = Buffer.from(bytes).toString('latin1').split('\n')
    const last = this.#lines.pop() ?? ''
    this.#lines = [...this.#lines, last + first, ...others]
      .slice(-LINES - 1)
      .map((line) => line.slice(-LINE_CHARACTERS))
  }

  /** The lines as text, without an empty last one. */
  toArray(): string[] {
    const lines = this.#lines.at(-1) === '' ? this.#lines.slice(0, -1) : this.#lines
    return lines.slice(-LINES).map((line) => Buffer.from(line, 'latin1').toString())
  }
}
