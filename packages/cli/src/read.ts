/**
 * Reading a command line with what Node brings, since loading commander takes longer than all the rest of a
 * notification. Whatever is out of the ordinary (a mistake, `--help`) is left to commander, which explains better.
 */
import { parseArgs } from 'node:util'
import type { Command, Invocation } from './command.ts'

/** The command line, or undefined where it takes commander to read it. */
export function readQuickly(command: Command, args: readonly string[]): Invocation | undefined {
  const { own, program } = splitProgram(command, args)
  const flags = command.options.flatMap(({ short, value }) => (value === undefined && short ? [short] : []))
  // parseArgs takes the second dash of -f-x for a --
  if (own.some((arg) => new RegExp(`^-[${flags.join('')}]+-`).test(arg))) return undefined
  const options = Object.fromEntries(
    command.options.map(({ short, long, value }) => [
      long,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short !== undefined && { short }) },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({ args: own, options, allowPositionals: true })
    return { options: { ...values }, operands: positionals, program }
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
      return undefined
    throw error
  }
}

/** A program's own arguments are not ours to read. */
export function splitProgram(
  command: Command,
  args: readonly string[],
): { own: string[]; program?: string[] | undefined } {
  const end = command.takesProgram ? args.indexOf('--') : -1
  return end < 0 ? { own: [...args] } : { own: args.slice(0, end), program: args.slice(end + 1) }
}
