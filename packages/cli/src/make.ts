import { makeFifodir } from 'fifodir'
import { type Command, JSON_OPTION, UsageError } from './command.ts'
import { forEachDirectory } from './directories.ts'
import { printJson } from './output.ts'

export const make: Command = {
  name: 'make',
  usage: '[-f] [-g GROUP] DIR…',
  summary: 'make fifodirs',
  help: `Anybody may subscribe to a fifodir of mode 1733, and only its owner may notify. One that exists and is yours
is left as it is. A fifodir holds no data: a file system in memory, as /run, is its natural place.

  fifodir make /run/web/event
  fifodir make -g www-data /run/web/event   # only that group may subscribe: mode 3730

Exit: 0 done; 100 wrong usage; 111 a system call failed (the others have been seen to).`,
  options: [
    { short: 'f', long: 'force', help: 'set group and mode again where DIR exists' },
    { short: 'g', long: 'group', value: 'GROUP', help: 'only members of GROUP (a name or a number) may subscribe' },
    JSON_OPTION,
  ],
  run({ options, operands }) {
    const { force = false, group, json } = options as { force?: boolean; group?: string; json?: boolean }
    const makeOptions = { force, ...(group !== undefined && { group: groupOf(group) }) }
    return forEachDirectory(operands, (dir) => {
      makeFifodir(dir, makeOptions)
      if (json) printJson({ dir })
    })
  },
}

function groupOf(text: string): string | number {
  if (text === '') throw new UsageError('GROUP is empty; give a name or a number')
  return /^\d+$/.test(text) ? Number(text) : text
}
