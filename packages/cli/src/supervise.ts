import { closeSync, openSync } from 'node:fs'
import { supervise as superviseService } from 'fifodir/service'
import { serviceOf } from './argv.ts'
import { BEFORE } from './before.ts'
import { type Command, UsageError } from './command.ts'
import { EXIT } from './exit.ts'
import { warn } from './output.ts'
import { onSignals } from './signals.ts'

/** What each of them does is in the table of the lifecycle. */
const SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGINT'] as const

export const supervise: Command = {
  name: 'supervise',
  usage: 'SVC',
  summary: 'start a service, and start it again when it dies',
  help: `Does the job of s6-supervise on the service directory SVC, in the foreground: it starts SVC/run, says in SVC/event and
SVC/supervise/status what becomes of it, and takes the commands of s6-svc. A file SVC/readiness may hold a SOURCE, as
'fifodir run --help' has them, in place of SVC/notification-fd. A file SVC/sockets may hold
sockets that are opened for it, one SOCKET a line, as 'fifodir run --help' has them; they outlive it. Where there is a
file SVC/lazy it is started when somebody comes to one of them.

  fifodir supervise /run/service/web &
  fifodir wait /run/service/web/event U

SIGTERM brings the service down, and supervise leaves then. SIGHUP: it leaves when the service is down. SIGINT goes to
the service, and it leaves at once. SIGQUIT: it leaves at once, and the service runs on.

Exit: 0 it has left; 100 wrong usage; 111 a system call failed. 100 also where SVC has a supervisor already.`,
  options: [],
  async run({ operands }) {
    const [service = '', ...others] = operands
    if (operands.length === 0) throw new UsageError('supervise what? name the SVC')
    if (others.length > 0) throw new UsageError(`supervise takes one SVC, not ${operands.length}; start one for each`)
    const supervisor = superviseService(serviceOf(service), undefined, {
      handover: BEFORE,
      onFault: ({ message }) => warn(message),
    })
    onSignals(SIGNALS, (signal) => {
      if (signal === 'SIGHUP') letGo()
      supervisor.signal(signal)
    })
    await supervisor.left
    return EXIT.done
  },
}

/** Whoever reads what the service prints is to see the end of it with the service, and not with the supervisor. */
function letGo(): void {
  for (const fd of [0, 1]) {
    closeSync(fd)
    openSync('/dev/null', 'r+') // under the same number, the first that is free
  }
}
