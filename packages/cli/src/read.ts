/**
 * Reading a plain command line, without loading a library for it: commander takes longer than a whole notification, and
 * Node's parseArgs as long as sending it. What is not plain (a mistake, `--help`, several flags in one word) is left to
 * commander, which explains better.
 */
import type { Command, Invocation, Option } from './command.ts'

/** An option word: `--long`, `--long=value`, `-s` or `-svalue`. */
const OPTION = /^(?:--(?<long>[a-z]+(?:-[a-z]+)*)(?:=(?<value>.*))?|-(?<short>[a-z])(?<rest>.+)?)$/s

/** The command line, or undefined where it takes commander to read it. */
export function readQuickly(command: Command, args: readonly string[]): Invocation | undefined {
  const { own, program } = splitProgram(command, args)
  const options: Record<string, string | true | string[]> = {}
  const operands: string[] = []
  for (const words = own.values(); ; ) {
    const word = words.next().value
    if (word === undefined) return { options, operands, program }
    if (word === '-' || !word.startsWith('-')) {
      operands.push(word)
      continue
    }
    const { option, attached } = optionOf(command, word)
    if (option === undefined) return undefined
    const given = option.value === undefined ? flag(attached) : (attached ?? plain(words.next().value))
    if (given === undefined) return undefined
    const before = options[option.long] as string[] | undefined
    options[option.long] = option.repeated ? [...(before ?? []), given as string] : given
  }
}

/** The option that a word names, and the value that is part of the word. */
function optionOf(command: Command, word: string): { option?: Option | undefined; attached?: string | undefined } {
  const { long, short, value, rest } = OPTION.exec(word)?.groups ?? {}
  const option = command.options.find((one) => one.long === long || (short !== undefined && one.short === short))
  return { option, attached: value ?? rest }
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
  const end = args.indexOf('--')
  if (command.takesProgram === 'as operands') return splitAtOperand(command, args)
  if (command.takesProgram === undefined || end < 0) return { own: [...args] }
  return { own: args.slice(0, end), program: args.slice(end + 1) }
}

/** The program is what follows the options, with `--` before it or without. */
function splitAtOperand(command: Command, args: readonly string[]): { own: string[]; program: string[] } {
  let at = 0
  for (; at < args.length && /^-./s.test(args[at] as string) && args[at] !== '--'; at++) {
    const { option, attached } = optionOf(command, args[at] as string)
    if (option?.value !== undefined && attached === undefined) at++ // its value
  }
  return { own: args.slice(0, at), program: args.slice(args[at] === '--' ? at + 1 : at) }
}
