/** Runs of the command in the form that tests compare: how it ended, and what it printed. */
import { type Ended, fifodir, type Running, startFifodir } from './process.ts'

export interface Outcome {
  /** The exit code, or the signal that ended it. */
  readonly ended: number | NodeJS.Signals
  /** Standard output, a character for each byte. */
  readonly out: string
  readonly err: string
}

export async function outcomeOf(ended: Promise<Ended>): Promise<Outcome> {
  const { code, signal, stdout, stderr } = await ended
  return { ended: code ?? (signal as NodeJS.Signals), out: stdout.toString('latin1'), err: stderr }
}

/** Runs the command to its end. */
export function outcome(...args: Parameters<typeof fifodir>): Promise<Outcome> {
  return outcomeOf(fifodir(...args))
}

/** Starts the command, to see what comes of it. */
export function begin(...args: Parameters<typeof startFifodir>): Begun {
  const running = startFifodir(...args)
  return { ...running, outcome: outcomeOf(running.ended) }
}

export interface Begun extends Running {
  readonly outcome: Promise<Outcome>
}
