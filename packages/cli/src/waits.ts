/** The file of the command that waits: what `wait` and `listen` need, and no more, as reading it is part of every wait. */
import { reported } from './exit.ts'
import { listen } from './listen.ts'
import { readQuickly } from './read.ts'
import { keepStandardError } from './standard-error.ts'
import { wait } from './wait.ts'

/** Runs the command line. @returns the exit code */
export async function run(argv: readonly string[]): Promise<number> {
  const command = argv[0] === wait.name ? wait : listen
  const invocation = readQuickly(command, argv.slice(1))
  if (invocation === undefined) return (await import('./rest.ts')).run(argv)
  keepStandardError()
  return reported(command.name, () => command.run(invocation))
}
