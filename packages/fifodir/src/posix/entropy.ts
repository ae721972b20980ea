/** Random bytes from the kernel: `node:crypto` has them too, but takes 3 ms to load; koffi is there already. */
import { check, declare } from './libc.ts'

const getentropy = declare<(bytes: Uint8Array, length: number) => number>('int getentropy(_Out_ uint8_t *, size_t)')

/** Fills `bytes`, at most 256 of them, with random bytes. */
export function fillRandom(bytes: Uint8Array): void {
  check(getentropy(bytes, bytes.length), 'getentropy')
}
