/**
 * Arguments as the bytes that they are. Node reads them as UTF-8 and replaces what is not; here such a byte becomes a
 * lone surrogate (U+DC80 to U+DCFF, as in Python's surrogateescape), which no valid text has, and finds its way back.
 */
import { readFileSync } from 'node:fs'
import { UsageError } from './command.ts'

/** The arguments of the command line; where Node lost bytes of them and the system still knows them, with these. */
export function readArguments(argv: readonly string[] = process.argv.slice(2)): string[] {
  if (process.platform !== 'linux' || !argv.some((argument) => argument.includes('\uFFFD'))) return [...argv]
  const raw = readFileSync('/proc/self/cmdline').subarray(0, -1)
  const all = raw.toString('latin1').split('\0')
  return all.slice(all.length - argv.length).map((argument) => decode(Buffer.from(argument, 'latin1')))
}

/** The bytes of an argument. */
export function bytesOf(argument: string): Uint8Array {
  const parts = argument.split(/([\uDC80-\uDCFF])/u)
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : Buffer.of(part.charCodeAt(0) - 0xdc00))),
  )
}

/** The argument as a pattern has it: a character for each byte. */
export function latin1Of(argument: string): string {
  return Buffer.from(bytesOf(argument)).toString('latin1')
}

/** The argument as a DIR: refuses what cannot be one, before anything is touched. */
export function directoryOf(argument: string): string {
  return pathOf(argument, 'DIR', 'a fifodir')
}

/** The argument as a SVC; otherwise the same. */
export function serviceOf(argument: string): string {
  return pathOf(argument, 'SVC', 'a service directory')
}

function pathOf(argument: string, word: string, kind: string): string {
  if (argument === '') throw new UsageError(`${word} is empty; name ${kind}`)
  if (/[\uDC80-\uDCFF]/u.test(argument))
    throw new UsageError(`${word} is not UTF-8: ${JSON.stringify(argument)}; name it by another path`)
  return argument
}

function decode(bytes: Buffer): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at)
    text += length === 0 ? String.fromCharCode(0xdc00 + (bytes[at] as number)) : bytes.toString('utf8', at, at + length)
    at += length || 1
  }
  return text
}

/** How many bytes the character at `at` takes; 0 where there is none. */
function characterLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    const part = bytes.subarray(at, at + length)
    if (Buffer.from(part.toString('utf8')).equals(part)) return length
  }
  return 0
}
