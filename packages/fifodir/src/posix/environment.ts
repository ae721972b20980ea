/** Environments, byte for byte; Node's own view of them is text. A name stands in them once, as who looks for it finds the first one alone. */
import type { Strings } from './handover.ts'
import { koffi } from './koffi.ts'
import { declare } from './libc.ts'

const strlen = declare<(text: unknown) => number>('size_t strlen(const void *)')

/**
 * `environment`, or this process's own, with variables set; those set to undefined are not in it.
 *
 * @example
 * import { withVariables } from 'fifodir/posix'
 * withVariables({ B: '2', A: undefined }, ['A=1', 'B=1', 'C=1']) // => ['C=1', 'B=2']
 */
export function withVariables(
  changes: Readonly<Record<string, string | undefined>>,
  environment: Strings = ownEnvironment(),
): Strings {
  const names = Object.keys(changes)
  const kept = environment.filter((variable) => {
    const bytes = Buffer.from(variable as string)
    return !names.some((name) => bytes.indexOf(`${name}=`) === 0)
  })
  const set = Object.entries(changes).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
  return [...kept, ...set]
}

/** `NAME=value` each, what was set and unset in `process.env` included (but not what a worker thread did to its own). */
function ownEnvironment(): Uint8Array[] {
  const { load, decode, sizeof } = koffi()
  const table = decode(load(null).symbol('environ'), 'void *') as bigint
  const strings: Uint8Array[] = []
  for (let at = 0; ; at += sizeof('void *')) {
    const string = decode(table, at, 'void *') as bigint | null
    if (string === null) return strings
    strings.push(decode(string, 'uint8_t', Number(strlen(string))) as Uint8Array)
  }
}
