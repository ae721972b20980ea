/** What a supervisor is told of a service. */
import { constants } from 'node:os'
import { checkedDefinitions } from '../activation/definition-check.ts'
import type { SocketDefinition } from '../activation/definition.ts'
import type { Strings } from '../posix/handover.ts'
import type { Plan } from '../readiness/plan.ts'
import { signalCalled } from './signal-name.ts'

/**
 * A service, described. A supervisor looks at each of these when it needs it, every time: what changes, as the files of a
 * service directory do, holds from the next time on.
 */
export interface Definition {
  /** The program that is the service, and its arguments. It stays in the foreground. */
  readonly command: Strings
  /**
   * A program to be run when that has died, and its arguments, to which are added: the exit code (256 where a signal ended
   * it), the number of the signal (or 0), the name of the service, and the pid of the dead. Exiting 125 says that the
   * service has failed for good.
   */
  readonly finish?: Strings | undefined
  /** `NAME=value` each; the supervisor's own where it is left out. */
  readonly environment?: Strings | undefined
  /** Where the programs run; the service directory where it is left out. */
  readonly directory?: string | undefined
  /** Whether it is started again when it has died by itself: `always`, if it is left out; after a failure; or never. */
  readonly restart?: 'always' | 'on-failure' | 'never' | undefined
  /** What brings it down: SIGTERM, if it is left out. */
  readonly stopSignal?: NodeJS.Signals | number | undefined
  /** How long it may take to go down, in milliseconds, until it is killed; 0, if it is left out: no limit. */
  readonly stopTimeoutMs?: number | undefined
  /** How long `finish` may take, in milliseconds, until it is killed; 5,000, if it is left out; 0 is no limit. */
  readonly finishTimeoutMs?: number | undefined
  /** Where it writes a line when it is ready: the number that it has the descriptor under. */
  readonly notificationFd?: number | undefined
  /** Other ways for it to say that it is ready, as `sourceCalled` of `fifodir/readiness` gives them. The first that says so counts. */
  readonly readiness?: readonly Plan[] | undefined
  /**
   * Sockets that it finds by the rules of sd_listen_fds(3), as `openSockets` of `fifodir/activation` opens them: once, when
   * its supervisor comes; they outlive the program, and are closed when the supervisor leaves.
   */
  readonly sockets?: readonly (string | SocketDefinition)[] | undefined
  /** Whether it is started when somebody comes to one of its sockets, and when it has ended, again then. */
  readonly lazy?: boolean | undefined
  /** How many deaths are kept in its tally, at most 4,096; 100, if it is left out. */
  readonly deathsKept?: number | undefined
}

/** @throws TypeError, RangeError for what cannot be a definition */
export function checkDefinition({ command, finish, ...definition }: Definition): void {
  for (const [name, argv] of Object.entries({ command, ...(finish !== undefined && { finish }) }))
    if (!isStrings(argv) || argv.length === 0)
      throw new TypeError(`${name} must be a program and its arguments, in an array`)
  checkedDefinitions(definition.sockets ?? [])
  if (definition.lazy === true && !definition.sockets?.length)
    throw new TypeError('lazy is for services with sockets; give it some')
  for (const name of ['stopTimeoutMs', 'finishTimeoutMs', 'deathsKept'] as const)
    check(name, definition[name], 0xffffffff)
  if (definition.environment !== undefined && !isStrings(definition.environment))
    throw new TypeError('environment must be an array of NAME=value')
  const { readiness = [], restart, stopSignal } = definition
  if (!readiness.every((plan) => typeof (plan as Partial<Plan> | undefined)?.provide === 'function'))
    throw new TypeError('readiness must be an array of what sourceCalled returns')
  if (restart !== undefined && !['always', 'on-failure', 'never'].includes(restart))
    throw new RangeError(`restart must be always, on-failure or never, not ${restart}`)
  if (stopSignal !== undefined && signalCalled(`${stopSignal}`) === undefined)
    throw new RangeError(`stopSignal must be a signal, not ${stopSignal}`)
  if (stopSignal !== undefined && typeof stopSignal === 'string' && !Object.hasOwn(constants.signals, stopSignal))
    throw new RangeError(`stopSignal must be the whole name of a signal, as SIG${stopSignal}`)
  check('notificationFd', definition.notificationFd, 0x7fffffff)
}

function check(name: string, value: number | undefined, most: number): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= 0 && value <= most))
    throw new RangeError(`${name} must be an integer from 0 to ${most}, not ${value}`)
}

function isStrings(value: unknown): value is Strings {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' || one instanceof Uint8Array)
}
