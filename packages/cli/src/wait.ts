import { exitNow } from 'fifodir/posix'
import { type Command, UsageError } from './command.ts'
import { becomeProgram } from './become.ts'
import { EXIT } from './exit.ts'
import { endCleanly } from './signals.ts'
import { startWaiting, WAITING_OPTIONS } from './waiting.ts'

export const wait: Command = {
  name: 'wait',
  usage: '[-a | -o] [-t T] DIR PATTERN [DIR PATTERN]… [-- PROG…]',
  summary: 'wait for events, then become a program',
  help: `PATTERN is a POSIX extended regular expression, searched in the events that come to DIR from now on; it is decided
after every event. The event that completed it is printed, after DIR and a tab where there are several. With PROG,
the command then becomes PROG: same pid, same environment.

  fifodir wait -t 5s /run/db/event U
  fifodir wait /run/db/event U /run/cache/event U -- node server.js
  fifodir wait -o /run/db/event U /run/db/event 'd|x'

What was sent before is not waited for: start what will notify after the wait, or use listen.

A PATTERN that begins with - is written [-].

Exit: 0 it came; 99 time is up; 100 wrong usage; 111 a system call failed; 126, 127 PROG cannot be run, is not found.`,
  options: WAITING_OPTIONS,
  takesProgram: 'after --',
  async run(invocation) {
    const { program } = invocation
    if (program?.length === 0) throw new UsageError('no PROG after --; name one, or leave out the --')
    const controller = new AbortController()
    endCleanly(() => controller.abort())
    await startWaiting(invocation, controller.signal)
    return program === undefined ? exitNow(EXIT.done) : becomeProgram(program)
  },
}
