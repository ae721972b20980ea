/** The helper of `notify-when-up`: what is to be carried where is its one argument. */
import { readSync } from 'node:fs'
import { FifodirError } from 'fifodir'
import { anyOf, carry, fromProcess, sinkCalled, sourceCalled } from 'fifodir/readiness'
import { merge } from 'rxjs'
import type { Command } from './command.ts'
import { EXIT } from './exit.ts'
import { warn } from './output.ts'

/** Descriptors are the helper's. */
export interface Errand {
  readonly sources: readonly { readonly name: string; readonly own: readonly number[] }[]
  /** Each by its name, and by the one that it has for the helper. */
  readonly sinks: readonly { readonly name: string; readonly own: string }[]
  readonly timeoutMs: number
  /** The program's name, and its pid. */
  readonly program: string
  readonly pid: number
  readonly pidfd: number
  /** Ends without a word when the program runs. */
  readonly start: number
  /** The NOTIFY_SOCKET that is to be told. */
  readonly address?: string | undefined
}

export const carryReadiness: Command = {
  name: 'carry-readiness',
  usage: 'ERRAND',
  summary: '',
  help: '',
  options: [],
  async run({ operands: [text = ''] }) {
    const errand = JSON.parse(text) as Errand
    if (readSync(errand.start, Buffer.alloc(1)) > 0) return EXIT.impossible
    const { pid, address, timeoutMs } = errand
    const sources = errand.sources.map(({ name, own }) => sourceCalled(name).open(own, pid))
    const sinks = errand.sinks.map(({ name, own }) => ({ ...sinkCalled(own, { pid, address }), name }))
    const outputEnded = new Promise((resolve) => process.once('beforeExit', resolve))
    try {
      const told = await carry([merge(anyOf(sources), fromProcess(errand.pidfd))], sinks, { timeoutMs })
      for (const { sink, error } of told) if (error instanceof Error) warn(`${sink} was not told: ${error.message}`)
    } catch (error) {
      if (!(error instanceof FifodirError)) throw error
      warn(`${errand.program} is not ready: ${error.reason}`)
    }
    await outputEnded // the program's output may go through here, which it does to its end
    return EXIT.done
  },
}
