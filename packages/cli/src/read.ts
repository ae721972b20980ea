/**
 * Reading a plain command line, without loading a library for it: commander takes longer than a whole notification, and
 * Node's parseArgs as long as sending it. What is not plain (a mistake, `--help`, several flags in one word) is left to
 * commander, which explains better.
 */
import type { Command, Invocation } from './command.ts'

/** An option word: `--long`, `--long=value`, `-s` or `-svalue`. */
const OPTION = /^(?:--(?<long>[a-z]+)(?:=(?<value>.*))?|-(?<short>[a-z])(?<rest>.+)?)$/s

/** The command line, or undefined where it takes commander to read it. */
export function readQuickly(command: Command, args: readonly string[]): Invocation | undefined {
  const { own, program } = splitProgram(command, args)
  const options: Record<string, string | true> = {}
  const operands: string[] = []
  for (const words = own.values(); ; ) {
    const word = words.next().value
    if (word === undefined) return { options, operands, program }
    if (word === '-' || !word.startsWith('-')) {
      operands.push(word)
      continue
    }
    const { long, short, value, rest } = OPTION.exec(word)?.groups ?? {}
    const option = command.options.find((one) => one.long === long || (short !== undefined && one.short === short))
    if (option === undefined) return undefined
    const given = option.value === undefined ? flag(value ?? rest) : (value ?? rest ?? plain(words.next().value))
    if (given === undefined) return undefined
    options[option.long] = given
  }
}

/** A flag takes no value. */
function flag(attached: string | undefined): true | undefined {
  return attached === undefined ? true : undefined
}

/** A value that looks like an option may have been forgotten. */
function plain(word: string | undefined): string | undefined {
  return word?.startsWith('-') ? undefined : word
}

/** A program's own arguments are not ours to read. */
export function splitProgram(
  command: Command,
  args: readonly string[],
): { own: string[]; program?: string[] | undefined } {
  const end = command.takesProgram ? args.indexOf('--') : -1
  return end < 0 ? { own: [...args] } : { own: args.slice(0, end), program: args.slice(end + 1) }
}
