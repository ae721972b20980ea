/** What a command is: the one description from which it is parsed, helped with and run. */

export interface Option {
  readonly short?: string
  readonly long: string
  /** What its value is called; an option without one is a flag. */
  readonly value?: string
  /** Whether it may be given several times. */
  readonly repeated?: true
  readonly help: string
}

/** A command line, read. */
export interface Invocation {
  /** By long name: true for a flag, the text of a value, or all of them; what was not given is not there. */
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
  readonly operands: readonly string[]
  /** For the commands that run a program. */
  readonly program?: readonly string[] | undefined
}

export interface Command {
  readonly name: string
  /** Its operands, as usage lines show them. */
  readonly usage: string
  readonly summary: string
  /** What `--help` teaches beyond the options, examples included. */
  readonly help: string
  readonly options: readonly Option[]
  /** Where a program of the user's begins, which is left as it is: after `--`, or in place of operands. */
  readonly takesProgram?: 'after --' | 'as operands'
  /** @returns the exit code */
  run(invocation: Invocation): number | Promise<number>
}

/** The options that mean the same everywhere. */
export const JSON_OPTION: Option = { long: 'json', help: 'print JSON, one object a line' }
export const APPEAR_OPTION: Option = {
  long: 'appear',
  help: 'wait for a DIR that does not exist yet (watched, not polled)',
}

/** A command line that makes no sense: nothing was touched. */
export class UsageError extends Error {}
