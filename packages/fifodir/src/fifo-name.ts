/**
 * The name of a subscription's FIFO, `ftrig1:@4000000064b3c2a11f2e3d4c:Zk3x9Q`: when it was made, and six random
 * characters. Until the subscriber listens the name starts with a dot, so that no notifier considers it.
 */
import { fillRandom } from './posix/entropy.ts'
import { tai64nLabel, tai64nMs } from './tai64n.ts'

/** 39 bytes; s6 looks at the length and the first eight alone, but its libraries make no others: they draw from 64. */
const NAME = /^ftrig1:@[0-9a-f]{24}:[A-Za-z0-9_-]{6}$/
const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Whether an entry of a fifodir, its name read as Latin-1, is called as a subscription is. */
export function isFifoName(name: string): boolean {
  return name.length === 39 && NAME.test(name)
}

/** To make a FIFO, open it and give it its final name takes microseconds. */
const SURELY_MADE_MS = 60_000

/** What a hidden name says of its FIFO at the moment `nowMs`: that it is being made, or that its maker has died on it. */
export function hiddenState(name: string, nowMs: number): 'made' | 'abandoned' | undefined {
  if (!name.startsWith('.') || !isFifoName(name.slice(1))) return undefined
  return nowMs - tai64nMs(name.slice('.ftrig1:'.length, -':Zk3x9Q'.length)) > SURELY_MADE_MS ? 'abandoned' : 'made'
}

/** A name that nobody can guess: whoever knows it may write to the FIFO. */
export function newFifoName(): string {
  return `ftrig1:${tai64nLabel(Date.now())}:${randomCharacters(6)}`
}

function randomCharacters(count: number): string {
  const fair = 256 - (256 % CHARACTERS.length) // bytes from here on would favour the first characters
  let text = ''
  for (const bytes = new Uint8Array(2 * count); text.length < count; ) {
    fillRandom(bytes)
    for (const byte of bytes) if (byte < fair) text += CHARACTERS[byte % CHARACTERS.length]
  }
  return text.slice(0, count)
}
