/** What is waited for, as operands say it, and how its coming is printed. */
import type { Match } from 'fifodir'
import { bytesOf, directoryOf, latin1Of } from './argv.ts'
import { UsageError } from './command.ts'
import { print, printJson } from './output.ts'

export type Pair = readonly [directory: string, pattern: string]

/** Operands as DIR and PATTERN, DIR and PATTERN, … @throws UsageError where one is missing */
export function pairsOf(operands: readonly string[]): Pair[] {
  if (operands.length === 0) throw new UsageError('wait for what? give DIR and PATTERN')
  if (operands.length % 2 !== 0)
    throw new UsageError(
      `DIR and PATTERN come in pairs, and '${operands.at(-1)}' has no PATTERN; a program goes after --`,
    )
  const pairs: Pair[] = []
  for (let at = 0; at < operands.length; at += 2)
    pairs.push([directoryOf(operands[at] as string), latin1Of(operands[at + 1] as string)])
  return pairs
}

/** How matches are printed: the event, with its DIR where there are several, or all there is to know as JSON. */
export interface Printing {
  readonly json: boolean
  readonly quiet: boolean
  readonly sequence: boolean
  readonly several: boolean
}

export function printMatch(
  { path, at, event, sequence, truncated }: Match & { readonly path: string; readonly at: Date },
  printing: Printing,
): void {
  if (printing.quiet) return
  if (printing.json) return printJson({ dir: path, event, sequence, at, ...(truncated && { truncated }) })
  const bytes = Buffer.from(printing.sequence ? sequence : event, 'latin1')
  print(printing.several ? Buffer.concat([bytesOf(`${path}\t`), bytes]) : bytes)
}
