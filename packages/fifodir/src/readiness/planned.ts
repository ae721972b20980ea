/** The names of sources and sinks, as command lines and service directories have them. */
import { makeChannel } from '../posix/channel.ts'
import { makePipe } from '../posix/pipe.ts'
import { fromCheck } from './check.ts'
import type { Sink } from './carry.ts'
import { fromTcp, fromUnix } from './connection.ts'
import { fromDescriptor, toDescriptor } from './descriptor.ts'
import { toFifodir } from './fifodir.ts'
import { fromFile } from './file.ts'
import { fromHttp } from './http.ts'
import { fromIpc } from './ipc.ts'
import { fromLog } from './log.ts'
import { fromNotifySocket, toNotifySocket } from './notify.ts'
import { passedOn } from './passing-on.ts'
import type { Plan } from './plan.ts'
import type { Source } from './when-ready.ts'
import { Pattern } from '../pattern/pattern.ts'
import { bindNotifySocket } from '../systemd/binding.ts'
import { notifySocket } from '../systemd/notify-socket.ts'

type Unnamed = Omit<Plan, 'name'>

const SOURCES = 'fd:N, notify, log:REGEX, ipc, tcp:[HOST:]PORT, unix:PATH, http://…, file:PATH or check:COMMAND'
const STANDARD_OUTPUTS = [1, 2] as const

/** By what stands before the colon: from what stands behind it, to the plan. */
const KINDS: Readonly<Record<string, (rest: string, name: string) => Unnamed | undefined>> = {
  fd: (rest) => {
    if (!isNumber(rest, 1)) return undefined
    const number = Number(rest)
    return {
      numbers: [number],
      provide() {
        const { readEnd, writeEnd } = makePipe()
        return { descriptors: { [number]: writeEnd }, environment: {}, own: [readEnd] }
      },
      open: ([fd = -1]) => fromDescriptor(fd),
    }
  },
  notify: (rest) =>
    rest === ''
      ? {
          numbers: [],
          provide() {
            const { address, fd } = bindNotifySocket()
            return { descriptors: {}, environment: { NOTIFY_SOCKET: address }, own: [fd] }
          },
          open: ([fd = -1], pid) => fromNotifySocket(notifySocket({ fd }), pid),
        }
      : undefined,
  log: (rest) => {
    const pattern = Pattern.from(rest)
    return {
      numbers: STANDARD_OUTPUTS,
      provide() {
        const pipes = STANDARD_OUTPUTS.map((number) => ({ number, ...makePipe() }))
        return {
          descriptors: Object.fromEntries(pipes.map(({ number, writeEnd }) => [number, writeEnd])),
          environment: {},
          own: pipes.map(({ readEnd }) => readEnd),
        }
      },
      open: (own) =>
        fromLog(
          pattern,
          STANDARD_OUTPUTS.map((number, index) => passedOn(own[index] ?? -1, number)),
        ),
    }
  },
  ipc: (rest) =>
    rest === ''
      ? {
          numbers: [],
          provide(free) {
            const [own, other] = makeChannel()
            const number = free()
            const environment = { NODE_CHANNEL_FD: String(number), NODE_CHANNEL_SERIALIZATION_MODE: 'json' }
            return { descriptors: { [number]: other }, environment, own: [own] }
          },
          open: ([fd = -1]) => fromIpc(fd),
        }
      : undefined,
  tcp: (rest) => {
    const [, bracketed, plain, port = ''] = /^(?:(?:\[(.+)\]|([^:]+)):)?(\d+)$/.exec(rest) ?? []
    return isNumber(port, 1, 65535) ? asked(() => fromTcp(Number(port), bracketed ?? plain)) : undefined
  },
  unix: (rest) => (rest === '' ? undefined : asked(() => fromUnix(rest))),
  http: (_, name) => (URL.canParse(name) ? asked(() => fromHttp(name)) : undefined),
  https: (_, name) => (URL.canParse(name) ? asked(() => fromHttp(name)) : undefined),
  file: (rest) => (rest === '' ? undefined : asked(() => fromFile(rest))),
  check: (rest) => (rest === '' ? undefined : asked(() => fromCheck(rest))),
}

/** A source that the program need not know of. */
function asked(open: () => Source): Unnamed {
  return { numbers: [], provide: () => ({ descriptors: {}, environment: {}, own: [] }), open }
}

/**
 * The source called `name`: `fd:N` (a newline on the program's descriptor N), `notify` (`READY=1` to its NOTIFY_SOCKET),
 * `log:REGEX` (a line on its standard output or error, both of which are passed on), `ipc` (`process.send('ready')`); and,
 * asked again and again, `tcp:[HOST:]PORT`, `unix:PATH`, `http://…`, `check:COMMAND`; `file:PATH` is watched.
 *
 * @throws RangeError where there is no such source; PatternError
 */
export function sourceCalled(name: string): Plan {
  const [, kind = '', rest = ''] = /^(\w+)(?::(.*))?$/s.exec(name) ?? []
  const plan = Object.hasOwn(KINDS, kind) ? KINDS[kind]?.(rest, name) : undefined
  if (plan === undefined) throw new RangeError(`not a source of readiness: '${name}'; write ${SOURCES}`)
  return { name, ...plan }
}

/** What a sink may need to know. */
export interface SinkContext {
  /** The program that is ready. */
  readonly pid?: number | undefined
  /** Where its manager listens. */
  readonly address?: string | undefined
}

/**
 * The sink called `name`: a fifodir (`U`), `fd:N` (a newline), or `notify` (`READY=1` to the NOTIFY_SOCKET, then a barrier).
 *
 * @throws RangeError where there is no such sink
 */
export function sinkCalled(name: string, { pid, address }: SinkContext = {}): Sink {
  if (name === 'notify') return toNotifySocket({ pid, address })
  if (!name.startsWith('fd:')) return toFifodir(name)
  if (!isNumber(name.slice(3), 1)) throw new RangeError(`not a sink of readiness: '${name}'; write DIR, fd:N or notify`)
  return toDescriptor(Number(name.slice(3)))
}

function isNumber(text: string, least: number, most = 0x7fffffff): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most
}
