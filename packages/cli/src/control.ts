import { existsSync } from 'node:fs'
import { FifodirError } from 'fifodir'
import { type Command as SupervisorCommand, COMMANDS as WORDS, control as tell } from 'fifodir/service'
import { type Command, UsageError } from './command.ts'
import { EXIT } from './exit.ts'
import { servicesOf, unsupervised } from './service-directories.ts'

export const control: Command = {
  name: 'control',
  usage: 'SVC COMMAND…',
  summary: "give commands to a service's supervisor",
  help: `They are given all at once, in this order; wait for what comes of them with until.

COMMAND  up            start it, and start it again when it dies
         down          bring it down, and leave it down
         once          start it if it is down, and leave it down when it dies
         at-most-once  leave it down when it dies
         restart       send it the signal that brings it down
         exit          the supervisor leaves when it is down
         up-always, down-always, at-most-once-always   the same, also under the next supervisor
         pause continue kill terminate interrupt hangup quit abort alarm usr1 usr2 winch   send it this signal
or s6's letters, several in a word: u d o O r x U D Q, and p c k t i h q b a 1 2 y for the signals.

  fifodir control /run/service/web down
  fifodir control /run/service/web down exit      (as s6-svc -dx, and fifodir control /run/service/web dx)
  fifodir control /run/service/web restart && fifodir until ready /run/service/web

Exit: 0 given; 1 it has no supervisor; 100 wrong usage; 111 a system call failed.`,
  options: [],
  run({ operands: [service, ...commands] }) {
    const [svc = ''] = servicesOf(service === undefined ? [] : [service])
    if (commands.length === 0) throw new UsageError('no COMMAND; name at least one')
    const told = commands.flatMap(charactersOf)
    try {
      tell(svc, ...told)
    } catch (error) {
      const isThere =
        error instanceof FifodirError && (error.code === 'ENXIO' || (error.code === 'ENOENT' && existsSync(svc)))
      throw isThere ? unsupervised('control', svc, 'it has no supervisor') : error
    }
    return EXIT.done
  },
}

/** A word, or s6's letters. */
function charactersOf(command: string): SupervisorCommand[] {
  if (Object.hasOwn(WORDS, command)) return [command as SupervisorCommand]
  const letters = command.split('')
  const known = Object.values(WORDS) as string[]
  if (letters.length === 0 || letters.some((letter) => !known.includes(letter)))
    throw new UsageError(`no such COMMAND: '${command}'; name one of ${Object.keys(WORDS).join(', ')}`)
  return letters as SupervisorCommand[]
}
