/**
 * The command: its arguments in, its exit code out. What needs little of the library is in this file once it is built;
 * what waits, and the rest, are in two others, read when they are called for, since reading is most of what starting costs.
 */
import { readArguments } from './argv.ts'
import { clean } from './clean.ts'
import { reported } from './exit.ts'
import { make } from './make.ts'
import { notify } from './notify.ts'
import { readQuickly } from './read.ts'

async function main(): Promise<number> {
  const argv = readArguments()
  const command = [make, clean, notify].find(({ name }) => name === argv[0])
  const invocation = command && readQuickly(command, argv.slice(1))
  if (command === undefined && (argv[0] === 'wait' || argv[0] === 'listen'))
    return (await import('./waits.ts')).run(argv)
  if (command === undefined || invocation === undefined) return (await import('./rest.ts')).run(argv)
  return reported(command.name, () => command.run(invocation))
}

void main().then((code) => process.exit(code))
