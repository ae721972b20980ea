/** Commands to the supervisor of a service, of whatever make. */
import { constants, fstatSync, writeSync } from 'node:fs'
import { constants as os } from 'node:os'
import { attempt } from '../failure.ts'
import { type Control, CONTROLS } from '../lifecycle.ts'
import { absolutePath } from '../path.ts'
import { closeDescriptor, openDescriptor } from '../posix/descriptor.ts'
import { systemError } from '../posix/system-error.ts'
import { CONTROL } from './paths.ts'

/** What a supervisor can be told, in words. */
export type CommandWord =
  /** Start it, and start it again when it dies. */
  | 'up'
  /** Bring it down, and leave it down. */
  | 'down'
  /** Start it, if it is down, and leave it down when it dies. */
  | 'once'
  /** Leave it down when it dies. */
  | 'at-most-once'
  /** Send it the signal that brings it down. */
  | 'restart'
  /** Leave when it is down. */
  | 'exit'
  /** `up`, `down`, `at-most-once`, and so it is to be when a supervisor comes the next time. */
  | 'up-always'
  | 'down-always'
  | 'at-most-once-always'
  /** Send it a signal. */
  | 'pause'
  | 'continue'
  | 'kill'
  | 'terminate'
  | 'interrupt'
  | 'hangup'
  | 'quit'
  | 'abort'
  | 'alarm'
  | 'usr1'
  | 'usr2'
  | 'winch'

/** A word, or one of s6's characters. */
export type Command = CommandWord | Control

/** The character that says each word. */
export const COMMANDS: Readonly<Record<CommandWord, Control>> = {
  up: 'u',
  down: 'd',
  once: 'o',
  'at-most-once': 'O',
  restart: 'r',
  exit: 'x',
  'up-always': 'U',
  'down-always': 'D',
  'at-most-once-always': 'Q',
  pause: 'p',
  continue: 'c',
  kill: 'k',
  terminate: 't',
  interrupt: 'i',
  hangup: 'h',
  quit: 'q',
  abort: 'b',
  alarm: 'a',
  usr1: '1',
  usr2: '2',
  winch: 'y',
}

/**
 * Gives commands to the supervisor of the service of the service directory `path`, all at once and in this order. It is done
 * when they are written: wait for a state to see what comes of them.
 *
 * @throws FifodirError ENXIO, ENOENT where no supervisor runs; EACCES; EAGAIN where it does not read; RangeError for what is
 *   no command, before any I/O
 * @see s6 2.11.3.2 src/libs6/s6_svc_write.c
 * @example
 * import { control, supervise, whenFinished, whenUp } from 'fifodir/service'
 * import { mkdirSync } from 'node:fs'
 * mkdirSync('sleeper')
 * supervise('sleeper', { command: ['sleep', '1000'] })
 * await whenUp('sleeper')
 * control('sleeper', 'down', 'exit')
 * await whenFinished('sleeper')
 */
export function control(path: string, ...commands: readonly Command[]): void {
  const fifo = `${absolutePath(path)}/${CONTROL}`
  const characters = commands.map(characterOf).join('')
  if (characters === '') throw new RangeError('commands must not be empty; give at least one')
  attempt('control', path, () => {
    const fd = openControlFifo(fifo)
    try {
      writeSync(fd, characters)
    } finally {
      closeDescriptor(fd)
    }
  })
}

/** Opens the control FIFO at `fifo` for writing. @throws a system error: ENXIO where nobody reads it, or it is no FIFO */
export function openControlFifo(fifo: string): number {
  const fd = openDescriptor(fifo, constants.O_WRONLY | constants.O_NONBLOCK)
  if (fstatSync(fd).isFIFO()) return fd
  closeDescriptor(fd)
  throw systemError(os.errno.ENXIO, 'open', fifo)
}

/** The character that says it. @throws RangeError for what is no command */
export function characterOf(command: Command): Control {
  const character = Object.hasOwn(COMMANDS, command) ? COMMANDS[command as CommandWord] : command
  const known = CONTROLS.find((one) => one === character)
  if (known === undefined) throw new RangeError(`no such command: ${command}; give ${Object.keys(COMMANDS).join(', ')}`)
  return known
}
