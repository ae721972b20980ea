/** From errors to what the user is told, and to exit codes. */
import { FifodirError } from 'fifodir'
import { UsageError } from './command.ts'
import { warn } from './output.ts'

export const EXIT = {
  done: 0,
  /** It cannot happen any more, or nobody was reached. */
  impossible: 1,
  timedOut: 99,
  usage: 100,
  system: 111,
  notExecutable: 126,
  notFound: 127,
} as const

/** What is to be done about it, where the command knows more than the library. */
const HINTS: Record<string, string> = {
  'notify ENOENT': "make it first, with 'fifodir make'",
  'clean ENOENT': "make it first, with 'fifodir make'",
  'subscribe to ENOENT': "make it first, with 'fifodir make', or wait for it with --appear",
}

/** Exit codes of the library's own errors, where they do not say that a system call failed. */
const CODES: Record<string, number> = {
  ETIMEDOUT: EXIT.timedOut,
  FIFODIR_PATTERN: EXIT.usage,
  FIFODIR_DEFINITION: EXIT.usage,
  FIFODIR_SUPERVISED: EXIT.usage,
  FIFODIR_UNSUPERVISED: EXIT.impossible,
  FIFODIR_FAILED: EXIT.impossible,
  /** Of a control FIFO: nobody reads it. */
  ENXIO: EXIT.impossible,
}

/** Runs the command called `name`, and tells the user what went wrong. @returns the exit code */
export async function reported(name: string | undefined, run: () => number | Promise<number>): Promise<number> {
  try {
    return await run()
  } catch (error) {
    return report(error, name === undefined ? 'fifodir' : `fifodir ${name}`)
  }
}

/** Tells the user what went wrong with `command`. @returns the exit code */
export function report(error: unknown, command = 'fifodir'): number {
  if (isClosedOutput(error)) return EXIT.done
  warn(error instanceof UsageError ? `${error.message}; see '${command} --help'` : messageOf(error))
  if (error instanceof FifodirError) return CODES[error.code] ?? EXIT.system
  // what the library says of wrong arguments
  const isMistake = error instanceof UsageError || error instanceof TypeError || error instanceof RangeError
  return isMistake ? EXIT.usage : EXIT.system
}

function messageOf(error: unknown): string {
  if (!(error instanceof FifodirError)) return error instanceof Error ? error.message : String(error)
  const hint = HINTS[`${error.operation} ${error.code}`]
  if (hint === undefined || error.hint === undefined) return error.message
  return error.message.slice(0, -error.hint.length) + hint
}

/** Whoever read our output has seen enough. */
function isClosedOutput(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}
