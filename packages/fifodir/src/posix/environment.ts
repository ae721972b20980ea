/** Environments, byte for byte: a name stands in them once, as whoever looks for it finds the first one alone. */
import type { Strings } from './handover.ts'

/**
 * `environment`, or this process's own, with variables set; those set to undefined are not in it.
 *
 * @example
 * import { withVariables } from 'fifodir/posix'
 * withVariables({ B: '2', A: undefined }, ['A=1', 'B=1', 'C=1']) // => ['C=1', 'B=2']
 */
export function withVariables(
  changes: Readonly<Record<string, string | undefined>>,
  environment: Strings = variables(process.env),
): Strings {
  const names = Object.keys(changes)
  const kept = environment.filter((variable) => {
    const bytes = Buffer.from(variable as string)
    return !names.some((name) => bytes.indexOf(`${name}=`) === 0)
  })
  return [...kept, ...variables(changes)]
}

function variables(values: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
}
