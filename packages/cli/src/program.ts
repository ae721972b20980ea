/** The whole command as commander sees it: `--help`, `--version`, and every command line that is not plain. */
import type { Command as Program, Option as ProgramOption } from 'commander'
import { activate } from './activate.ts'
import { clean } from './clean.ts'
import { type Command, type Invocation, type Option, UsageError } from './command.ts'
import { control } from './control.ts'
import { listen } from './listen.ts'
import { make } from './make.ts'
import { notify } from './notify.ts'
import { notifyWhenUp } from './notify-when-up.ts'
import { print } from './output.ts'
import { splitProgram } from './read.ts'
import { ready } from './ready.ts'
import { run } from './run.ts'
import { status } from './status.ts'
import { supervise } from './supervise.ts'
import { until } from './until.ts'
import { wait } from './wait.ts'

/** Filled in by the build. */
declare const VERSION: string

export const COMMANDS: readonly Command[] = [
  make,
  clean,
  notify,
  wait,
  listen,
  notifyWhenUp,
  ready,
  supervise,
  run,
  until,
  status,
  control,
  activate,
]

/** A command, and how it was called. */
interface Read {
  readonly command: Command
  readonly invocation: Invocation
}

/**
 * Reads the command line with commander, which is loaded for it.
 *
 * @returns the command and its invocation, or undefined where help or version was all that was asked for
 * @throws UsageError for what makes no sense
 */
export async function readWithCommander(argv: readonly string[]): Promise<Read | undefined> {
  const { Command: Root, Option: One, CommanderError } = await import('commander')
  const named = COMMANDS.find(({ name }) => name === argv[0])
  const { own, program } = named ? splitProgram(named, argv.slice(1)) : { own: argv.slice(1) }
  let read: Read | undefined
  const cli = describeAll(new Root('fifodir'), One, (command, invocation) => {
    read = { command, invocation: { ...invocation, program } }
  })
  try {
    cli.parse([...argv.slice(0, 1), ...own], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return undefined
    throw new UsageError(error.code === 'commander.help' ? 'no command' : oneLine(error.message))
  }
  return read
}

function describeAll(
  cli: Program,
  One: typeof ProgramOption,
  chosen: (command: Command, invocation: Invocation) => void,
): Program {
  cli
    .description('Events and readiness between Unix processes, through nothing but a directory.')
    .version(VERSION)
    .configureHelp({ subcommandTerm: (sub) => sub.name() })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 it cannot happen any more, 99 timed out, 100 wrong usage, 111 a system call failed.',
    )
    .exitOverride()
    .configureOutput({ writeOut: (text) => print(text.trimEnd()), writeErr: () => undefined })
  for (const command of COMMANDS) {
    const sub = cli
      .command(command.name)
      .summary(command.summary)
      .description(`${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`)
      .usage(command.usage)
      .argument('[operands...]')
      .addHelpText('after', `\n${command.help}`)
    const options = command.options.map((option) => describeOption(One, option))
    for (const option of options) sub.addOption(option)
    sub.action(() => {
      const given = sub.opts<Record<string, string>>()
      const values = options.map((option) => [option.name(), given[option.attributeName()]] as const)
      const named = Object.fromEntries(values.filter(([, value]) => value !== undefined))
      chosen(command, { options: named, operands: sub.args })
    })
  }
  return cli
}

function describeOption(One: typeof ProgramOption, { short, long, value, repeated, help }: Option): ProgramOption {
  const option = new One(`${short ? `-${short}, ` : ''}--${long}${value ? ` <${value}>` : ''}`, help)
  option.negate = false // commander would take --no-x for the contrary of --x
  return repeated ? option.argParser((one: string, before?: string[]) => [...(before ?? []), one]) : option
}

function oneLine(message: string): string {
  return message.replace(/^error: /, '').replaceAll(/\s+/g, ' ')
}
