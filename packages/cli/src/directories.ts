/** Commands that do the same to several fifodirs: what fails in one leaves the others their turn. */
import { FifodirError } from 'fifodir'
import { UsageError } from './command.ts'
import { directoryOf } from './argv.ts'
import { EXIT, report } from './exit.ts'

/** @returns the exit code: the first failure's */
export function forEachDirectory(operands: readonly string[], act: (directory: string) => void): number {
  if (operands.length === 0) throw new UsageError('which fifodir? name at least one DIR')
  const directories = operands.map(directoryOf)
  let code: number = EXIT.done
  for (const directory of directories) {
    try {
      act(directory)
    } catch (error) {
      if (!(error instanceof FifodirError)) throw error // it would fail in all of them
      const failed = report(error)
      if (code === EXIT.done) code = failed
    }
  }
  return code
}
