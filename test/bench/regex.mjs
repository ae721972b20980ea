/** glibc's regcomp and regexec, called as s6-ftrigrd calls them, through koffi, which adds a few tenths of a microsecond. */
import koffi from 'koffi'

const libc = koffi.load('libc.so.6')
const regcomp = libc.func('int regcomp(void *regex, const char *pattern, int flags)')
const regexec = libc.func('int regexec(void *regex, const uint8_t *text, size_t n, _Out_ void *match, int flags)')
const regfree = libc.func('void regfree(void *regex)')

const REG_EXTENDED = 1
const REG_NOTBOL_NOTEOL = 3
/** More than a regex_t takes on any system. */
const SIZE = 256

export class Regex {
  #regex = koffi.alloc('uint8_t', SIZE)
  #match = Buffer.alloc(16)

  constructor(pattern) {
    if (regcomp(this.#regex, pattern, REG_EXTENDED) !== 0) throw new Error(`regcomp refuses ${pattern}`)
  }

  /** @param {Uint8Array} text ended by a 0 */
  matches(text) {
    return regexec(this.#regex, text, 1, this.#match, REG_NOTBOL_NOTEOL) === 0
  }

  free() {
    regfree(this.#regex)
    koffi.free(this.#regex)
  }
}
