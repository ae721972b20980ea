/** What another program finds when it takes over from this one, or is started by it: things as they were before Node. */
import { readdirSync } from 'node:fs'
import { koffi } from './koffi.ts'
import { declare } from './libc.ts'
import { isSystemError } from './system-error.ts'

const fcntl = declare<(fd: number, command: number, type: 'int', value: number) => number>('int fcntl(int, int, ...)')
const signal = declare<(number: number, handler: bigint) => bigint>('intptr_t signal(int, intptr_t)')

const F_SETFD = 2
const FD_CLOEXEC = 1
const SIG_DFL = 0n
const SIGPIPE = 13
const SIGXFSZ = 25

/**
 * Calls `start` while descriptors 0 to 2, and no others, may be inherited, and no signal is ignored, with `argv` as C
 * has it.
 *
 * @see Node 20.20.2 src/node.cc: it ignores SIGPIPE and SIGXFSZ, which the next program would inherit, and marks
 *   descriptors that it inherited close-on-exec, 0 to 2 included, and beyond 15 only up to the first gap.
 */
export function handOver<Result>(
  argv: readonly (string | Uint8Array)[],
  start: (file: Uint8Array, argv: Uint8Array) => Result,
): Result {
  const strings = argv.map(cString)
  const table = new BigUint64Array(strings.length + 1) // a null pointer ends it
  for (const [index, string] of strings.entries()) table[index] = BigInt(koffi().address(string))
  for (const fd of openDescriptors()) fcntl(fd, F_SETFD, 'int', fd > 2 ? FD_CLOEXEC : 0)
  const ignored = [SIGPIPE, SIGXFSZ].map((number) => [number, signal(number, SIG_DFL)] as const)
  const result = start(strings[0] as Uint8Array, new Uint8Array(table.buffer))
  for (const [number, handler] of ignored) signal(number, BigInt(handler))
  return result
}

function openDescriptors(): number[] {
  try {
    return readdirSync('/dev/fd').map(Number)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [0, 1, 2] // no /proc: Node's own marks are all that there is
    throw error
  }
}

function cString(text: string | Uint8Array): Uint8Array {
  return Buffer.concat([typeof text === 'string' ? Buffer.from(text) : text, Buffer.of(0)])
}
