import { toDescriptor, toFifodir } from 'fifodir/readiness'
import { barrier, sdNotify } from 'fifodir/systemd'
import { directoryOf } from './argv.ts'
import { isInherited } from './before.ts'
import { type Command, UsageError } from './command.ts'
import { EXIT } from './exit.ts'
import { warn } from './output.ts'

/** How long the service manager may take, as systemd-notify has it. */
const BARRIER_MS = 5000

interface Options {
  readonly status?: string
  readonly stopping?: true
  readonly reloading?: true
  readonly watchdog?: true
  readonly pid?: string
  readonly fd?: string
  readonly to?: readonly string[]
  readonly 'no-block'?: true
  readonly optional?: true
}

export const ready: Command = {
  name: 'ready',
  usage: '[--status TEXT] [--fd N] [--to DIR]…',
  summary: 'say that the daemon that calls this is ready',
  help: `For daemons written in shell. It tells the service manager that NOTIFY_SOCKET leads to (systemd: Type=notify), the
reader of the notification descriptor N (s6: notification-fd), and the fifodirs; and it returns when the service manager
has handled what it was told, so that it is heard even where the daemon ends at once.

  fifodir ready                        under systemd
  fifodir ready --fd 3                 under s6-supervise, with 3 in notification-fd
  fifodir ready --status 'serving 4 sites' --to /run/web/event
  fifodir ready --stopping

Exit: 0 told; 1 nobody is there to be told; 99 no answer within 5 s; 100 wrong usage; 111 a system call failed.`,
  options: [
    { long: 'status', value: 'TEXT', help: 'what it is doing, in one line (STATUS=)' },
    { long: 'stopping', help: 'not that it is ready: that it begins to stop' },
    { long: 'reloading', help: 'not that it is ready: that it begins to reload; ready is to follow' },
    { long: 'watchdog', help: 'not that it is ready: that it is alive' },
    { long: 'pid', value: 'PID', help: 'the main process of the service is PID (MAINPID=)' },
    { long: 'fd', value: 'N', help: 'write a newline to descriptor N' },
    { long: 'to', value: 'DIR', repeated: true, help: 'send the event U to this fifodir' },
    { long: 'no-block', help: 'do not wait for the service manager' },
    { long: 'optional', help: 'exit 0 where nobody is there to be told' },
  ],
  async run({ options, operands }) {
    if (operands.length > 0) throw new UsageError(`ready takes options alone, not '${operands[0]}'`)
    const given = options as Options
    const assignments = assignmentsOf(given)
    const sinks = sinksOf(given)
    if (!('READY' in assignments) && sinks.length > 0)
      throw new UsageError('--fd and --to are told of readiness alone; use fifodir notify for other events')
    const told = await Promise.allSettled(sinks.map((sink) => sink.tell()))
    // under the name of who called, as systemd-notify: a service manager may heed the main process alone
    const from = process.ppid > 1 && String(process.ppid) !== process.env['MANAGERPID'] ? { pid: process.ppid } : {}
    const isTold = await sdNotify(assignments, from)
    if (isTold && !given['no-block']) await barrier({ ...from, timeoutMs: BARRIER_MS })
    const failed = told.find((one) => one.status === 'rejected') // the others have been told
    if (failed !== undefined) throw failed.reason
    if (isTold || sinks.length > 0 || given.optional) return EXIT.done
    warn('nobody is there to be told: there is no NOTIFY_SOCKET; give --fd or --to, or --optional to go on without')
    return EXIT.impossible
  },
}

function assignmentsOf({ status, pid, ...given }: Options): Record<string, string | number | bigint> {
  const kinds = (['stopping', 'reloading', 'watchdog'] as const).filter((kind) => given[kind])
  if (kinds.length > 1) throw new UsageError(`--${kinds[0]} and --${kinds[1]} exclude each other`)
  if (status?.includes('\n')) throw new UsageError('TEXT has more than one line; give one')
  if (pid !== undefined && !/^[1-9]\d{0,9}$/.test(pid))
    throw new UsageError(`not a pid: '${pid}'; give a number from 1 on`)
  const stamp = kinds[0] === 'reloading' ? { MONOTONIC_USEC: process.hrtime.bigint() / 1000n } : {}
  return {
    [(kinds[0] ?? 'ready').toUpperCase()]: 1,
    ...stamp,
    ...(status !== undefined && { STATUS: status }),
    ...(pid !== undefined && { MAINPID: pid }),
  }
}

function sinksOf({ fd, to = [] }: Options): { tell(): Promise<void> }[] {
  const fifodirs = to.map(directoryOf)
  if (fd === undefined) return fifodirs.map((directory) => toFifodir(directory))
  if (!/^[1-9]\d{0,9}$/.test(fd)) throw new UsageError(`not a descriptor: '${fd}'; give a number from 1 on`)
  if (!isInherited(Number(fd))) throw new UsageError(`descriptor ${fd} is not open; redirect it`)
  return [toDescriptor(Number(fd)), ...fifodirs.map((directory) => toFifodir(directory))]
}
