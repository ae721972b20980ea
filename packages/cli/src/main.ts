/** The command: its arguments in, its exit code out. */
import { readArguments } from './argv.ts'
import type { Command } from './command.ts'
import { report } from './exit.ts'
import { readQuickly } from './read.ts'
import { keepStandardError } from './standard-error.ts'

/** Each command is loaded when it is called: most of them need little of the library. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  make: async () => (await import('./make.ts')).make,
  clean: async () => (await import('./clean.ts')).clean,
  notify: async () => (await import('./notify.ts')).notify,
  wait: async () => (await import('./wait.ts')).wait,
  listen: async () => (await import('./listen.ts')).listen,
}

async function run(argv: readonly string[]): Promise<number> {
  const [name = '', ...args] = argv
  const command = Object.hasOwn(COMMANDS, name) ? await COMMANDS[name]?.() : undefined
  const invocation = command && readQuickly(command, args)
  if (command === undefined || invocation === undefined) return (await import('./program.ts')).runProgram(argv)
  return command.run(invocation)
}

async function main(): Promise<number> {
  keepStandardError()
  const argv = readArguments()
  try {
    return await run(argv)
  } catch (error) {
    return report(error, Object.hasOwn(COMMANDS, argv[0] ?? '') ? `fifodir ${argv[0]}` : 'fifodir')
  }
}

void main().then((code) => process.exit(code))
