/** Which of the 256 bytes: at the index of each, 1 or 0. */
export type ByteSet = Uint8Array

/** The bytes of these ranges: each two characters of `ranges` are a first and a last byte. */
export function byteSet(ranges: string, negated = false): ByteSet {
  const set = new Uint8Array(256).fill(negated ? 1 : 0)
  for (let i = 0; i < ranges.length; i += 2) {
    set.fill(negated ? 0 : 1, ranges.charCodeAt(i), ranges.charCodeAt(i + 1) + 1)
  }
  return set
}

export const ANY: ByteSet = byteSet('\0\xff')
