/** The third file of the command: all that is not in the others, and whatever takes commander to read. */
import { carryReadiness } from './carry-readiness.ts'
import { EXIT, reported } from './exit.ts'
import { COMMANDS, readWithCommander } from './program.ts'
import { readQuickly } from './read.ts'
import { keepStandardError } from './standard-error.ts'

/** Runs the command line. @returns the exit code */
export function run(argv: readonly string[]): Promise<number> {
  keepStandardError()
  const named = [...COMMANDS, carryReadiness].find(({ name }) => name === argv[0])
  return reported(named?.name, async () => {
    const invocation = named && readQuickly(named, argv.slice(1))
    const read = invocation ? { command: named, invocation } : await readWithCommander(argv)
    return read === undefined ? EXIT.done : read.command.run(read.invocation)
  })
}
