/** Supervising a service: the way in. */
import { existsSync, realpathSync } from 'node:fs'
import { Subject } from 'rxjs'
import type { OpenSocket } from '../activation/open.ts'
import { FifodirError } from '../error.ts'
import { EVENTS } from '../event.ts'
import { attempt } from '../failure.ts'
import { type Control, CONTROLS, newLifecycle, type SupervisorSignal } from '../lifecycle.ts'
import { absolutePath } from '../path.ts'
import type { Handover } from '../posix/handover.ts'
import type { Sink } from '../posix/reader.ts'
import type { NeverReadyError } from '../readiness/never-ready.ts'
import type { Status } from '../status.ts'
import { characterOf, type Command } from './control.ts'
import { checkDefinition, type Definition } from './definition.ts'
import { DirectoryDefinition } from './directory-definition.ts'
import { HeldDirectory, makeServiceDirectory } from './held-directory.ts'
import { DOWN } from './paths.ts'
import { openServiceSockets } from './service-sockets.ts'
import { Supervision } from './supervisor.ts'

export interface SuperviseOptions {
  /** Aborting brings the service down, and the supervisor leaves: as SIGTERM does. */
  readonly signal?: AbortSignal
  /** What the programs of the service are given; as this process is, with no descriptor above 2, where it is left out. */
  readonly handover?: Handover
  /** Leaves when the service is down and not to be started again: by its `restart`, or as it has failed for good. */
  readonly leaveWhenDone?: boolean
  /** Takes the events as they are sent, and what is recorded by then. */
  readonly onEvents?: (events: string, status: Status) => void
  /** Takes why nothing will say any more that the service is ready: what runs of it goes on, if it does. */
  readonly onNeverReady?: (error: NeverReadyError) => void
  /**
   * Takes what is wrong while the supervisor goes on: `run` cannot be started, `finish` takes too long, there is no room for
   * the status, … Where it is left out these are process warnings.
   */
  readonly onFault?: (fault: FifodirError) => void
}

/** A supervisor at work. */
export interface Supervisor {
  /** The service directory, as it was given. */
  readonly path: string
  /** The state of the service, as it is recorded. */
  readonly status: Status
  /** The sockets that were opened for it. */
  readonly sockets: readonly OpenSocket[]
  /** Resolves when the supervisor has left, and has let go of everything. Never rejects. */
  readonly left: Promise<void>
  /** Does what the supervisor's process is to do on that signal. */
  signal(name: SupervisorSignal): void
  /** Does what the commands say, as if they had come by {@link control}. @throws RangeError for what is no command */
  control(...commands: readonly Command[]): void
}

/**
 * Supervises the service of the service directory `path`: starts it, starts it again when it has died, says what becomes of
 * it in `supervise/status` and, after that, to the subscribers of `event/`, and takes commands from `supervise/control`:
 * what s6-supervise does, and for all of s6's programs as it does it.
 *
 * When it returns the directory is this supervisor's, and the status is written; the service is started in a later turn of
 * the event loop. Any number of services can be supervised in one process. Faults do not end it: it says what is wrong, and
 * goes on. It keeps the process alive until it has left; where the process ends before that the service is left running, and
 * the next supervisor starts another.
 *
 * @param definition what the service is, and the service directory is made where there is none; where it is left out the
 *   files of the service directory say it
 * @throws FifodirError FIFODIR_SUPERVISED where it has a supervisor already; ENOENT, ENOTDIR, EACCES, ENOSPC, …; TypeError,
 *   RangeError for wrong arguments
 * @see s6 2.11.3.2 src/supervision/s6-supervise.c; differs: `lock-fd` is not known, and what was sent to `event/` before it
 *   was removed is not lost on those who subscribe to the one that is made in its place
 * @example
 * import { supervise, whenFinished, whenUp } from 'fifodir/service'
 * const supervisor = supervise('sleeper', { command: ['sleep', '1000'] })
 * await whenUp('sleeper')
 * supervisor.status.pid > 0 // => true
 * supervisor.signal('SIGTERM')
 * await supervisor.left
 * supervisor.status.pid // => 0
 */
export function supervise(path: string, definition?: Definition, options: SuperviseOptions = {}): Supervisor {
  const given = absolutePath(path)
  if (definition !== undefined) checkDefinition(definition)
  const { signal, onEvents = ignore, onNeverReady = ignore, onFault = warn } = options
  signal?.throwIfAborted()

  const happenings = new Subject<[string, Status]>() // what a listener throws is thrown again where it harms nobody
  const notReady = new Subject<NeverReadyError>()
  const faults = new Subject<FifodirError>()
  happenings.subscribe(([events, status]) => onEvents(events, status))
  notReady.subscribe((error) => onNeverReady(error))
  faults.subscribe((fault) => onFault(fault))
  const report = (fault: FifodirError): void => faults.next(fault)

  if (definition !== undefined) attempt('make', path, () => makeServiceDirectory(given))
  // a link may lead elsewhere later: what is held is where it leads now
  const directory = attempt('supervise', path, () => realpathSync(given))
  const held = attempt('supervise', path, () => new HeldDirectory(path, directory))
  const described = definition ?? new DirectoryDefinition(path, directory, report)
  const sockets = held.openSockets(() => openServiceSockets(path, described, options.handover ?? {}))
  let onLeave = ignore
  const left = new Promise<void>((resolve) => {
    onLeave = resolve
  })
  const supervision = new Supervision(
    {
      name: path,
      path: directory,
      definition: described,
      held,
      sockets,
      handover: options.handover ?? {},
      leaveWhenDone: options.leaveWhenDone ?? false,
      onEvents: (events, status) => happenings.next([events, status]),
      onNeverReady: (error) => notReady.next(error),
      report,
      onLeave: () => {
        signal?.removeEventListener('abort', stop)
        onLeave()
      },
    },
    newLifecycle(described.lazy !== true && (definition !== undefined || !existsSync(`${directory}/${DOWN}`))),
  )
  const stop = (): void => supervision.take('SIGTERM')
  // the status first: who finds the control FIFO open finds a status that holds
  supervision.record()
  attempt('supervise', path, () => held.listen(directory, commandsFor(supervision)))
  signal?.addEventListener('abort', stop)
  supervision.notify('s')
  supervision.begin()
  return {
    path,
    left,
    sockets,
    signal: (name) => supervision.take(name),
    control: (...commands) => {
      for (const one of commands.map(characterOf)) supervision.take(one)
    },
    get status() {
      return supervision.status
    },
  }
}

/** Takes what is written to the control FIFO: each byte is a command. */
function commandsFor(supervision: Supervision): Sink {
  return {
    take: (bytes, length) => {
      let unknown = 0
      for (const byte of bytes.subarray(0, length)) {
        const control = CONTROL_OF[byte]
        if (control === undefined) unknown++
        else supervision.take(control)
      }
      if (unknown > 0) supervision.fail('control', unknownCommands(supervision.name, unknown))
    },
    error: (error) => supervision.fail('control', error),
  }
}

function unknownCommands(path: string, count: number): FifodirError {
  return new FifodirError({
    code: 'FIFODIR_COMMAND',
    operation: 'control',
    path,
    reason: `${count} of the bytes that came are no commands`,
    hint: 'write to its control FIFO by control, or s6-svc, alone',
  })
}

/** By byte. */
const CONTROL_OF: readonly (Control | undefined)[] = EVENTS.map((event) =>
  CONTROLS.find((control) => control === event),
)

function warn(fault: FifodirError): void {
  process.emitWarning(fault)
}

function ignore(): void {}
