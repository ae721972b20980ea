/** The user's program: becoming it, and saying why it cannot be run. */
import { exec, type Handover } from 'fifodir/posix'
import { bytesOf } from './argv.ts'
import { BEFORE } from './before.ts'
import { EXIT } from './exit.ts'
import { warn } from './output.ts'

/** Does not return, but where that fails. @returns the exit code, as shells have it */
export function becomeProgram([program = '', ...args]: readonly string[], handover: Handover = BEFORE): number {
  try {
    return exec(bytesOf(program), args.map(bytesOf), handover)
  } catch (error) {
    return cannotRun(program, error)
  }
}

/** Tells the user so, for a system error. @returns the exit code, as shells have it */
export function cannotRun(program: string, error: unknown): number {
  if (!(error instanceof Error && 'code' in error)) throw error
  const reason = /: (.*?)(?:, \w+|$)/.exec(error.message)?.[1] ?? error.message
  const missing = error.code === 'ENOENT'
  const hint = missing ? 'give its path, or a name that is in PATH' : 'see that it is a program this user may run'
  warn(`cannot run ${program}: ${reason} (${String(error.code)}); ${hint}`)
  return missing ? EXIT.notFound : EXIT.notExecutable
}
