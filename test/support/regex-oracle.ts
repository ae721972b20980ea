/** glibc's own regcomp and regexec: the outside judge of what an ERE means. */
import koffi from 'koffi'

const libc = koffi.load('libc.so.6')
const setlocale = libc.func('const char *setlocale(int category, const char *locale)')
const regcomp = libc.func('int regcomp(_Out_ void *regex, const uint8_t *pattern, int flags)')
const regexec = libc.func(
  'int regexec(const void *regex, const uint8_t *text, size_t n, _Inout_ void *match, int flags)',
)
const regfree = libc.func('void regfree(void *regex)')

const LC_ALL = 6
const REG_EXTENDED = 1
const REG_NOSUB = 8
const REG_STARTEND = 4
const REG_NOMATCH = 1

/** An ERE, compiled by glibc. Free it: nothing else will. */
export class GlibcRegex implements Disposable {
  // regex_t takes 64 bytes; one of V8's own size could be moved while glibc looks at it
  readonly #regex = Buffer.alloc(4096)
  readonly #match = Buffer.alloc(4096)

  /** Undefined where glibc refuses it. Bytes as Latin-1; a NUL would end it. */
  static compile(pattern: string): GlibcRegex | undefined {
    if (setlocale(LC_ALL, null) !== 'C') throw new Error('this judge is right in the C locale alone')
    const regex = new GlibcRegex()
    const error = regcomp(regex.#regex, Buffer.from(`${pattern}\0`, 'latin1'), REG_EXTENDED | REG_NOSUB) as number
    return error === 0 ? regex : undefined
  }

  /** Whether it is found in the first `length` bytes of `text`. */
  search(text: Uint8Array, length: number): boolean {
    this.#match.writeInt32LE(0, 0)
    this.#match.writeInt32LE(length, 4)
    const result = regexec(this.#regex, text, 0, this.#match, REG_STARTEND) as number
    if (result > REG_NOMATCH) throw new Error(`regexec failed: ${result}`)
    return result === 0
  }

  [Symbol.dispose](): void {
    regfree(this.#regex)
  }
}
