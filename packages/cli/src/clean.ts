import { cleanFifodir } from 'fifodir'
import { type Command, JSON_OPTION } from './command.ts'
import { forEachDirectory } from './directories.ts'
import { printJson } from './output.ts'

export const clean: Command = {
  name: 'clean',
  usage: 'DIR…',
  summary: 'remove the FIFOs of dead subscribers',
  help: `A subscriber that was killed leaves its FIFO behind. The next notification removes it; this is for fifodirs that
are seldom notified. Nothing but stale FIFOs is removed.

  fifodir clean /run/*/event

Exit: 0 done; 100 wrong usage; 111 a system call failed (the others have been seen to).`,
  options: [JSON_OPTION],
  run({ options, operands }) {
    return forEachDirectory(operands, (dir) => {
      const cleaned = cleanFifodir(dir)
      if (options['json']) printJson({ dir, ...cleaned })
    })
  },
}
