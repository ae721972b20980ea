/** One program for each connection: what inetd does, and what it takes not to be run over. */
import { FifodirError } from 'fifodir'
import { type Connection, connections, type Passed, provide } from 'fifodir/activation'
import { type Child, spawn } from 'fifodir/posix'
import { BehaviorSubject, distinctUntilChanged, map, NEVER, retry, switchMap, timer } from 'rxjs'
import { bytesOf } from './argv.ts'
import { cannotRun } from './become.ts'
import { BEFORE, environmentWith } from './before.ts'
import { warn } from './output.ts'

export interface Serving {
  /** How many programs run at a time: connections that come while that many do wait in their socket. */
  readonly max: number
  /** What the programs have beside their connection. */
  readonly inherited: Readonly<Record<number, number>>
}

/** How long to wait where the system has no room for another connection, as all of its descriptors are in use. */
const NO_ROOM_MS = 1000

/**
 * Starts `program` for each connection that comes to `sockets`, for ever.
 *
 * @param program without a `=` in its name, see `provide`
 * @throws TypeError where no connections can come to one of them
 */
export async function serveEach(
  sockets: readonly Passed[],
  program: readonly string[],
  { max, inherited }: Serving,
): Promise<never> {
  const coming = connections(sockets)
  const running = new BehaviorSubject(0)
  const serve = (connection: Connection): void => {
    const child = startFor(connection, program, inherited)
    connection.close() // it is the child's
    if (child === undefined) return
    running.next(running.value + 1)
    void child.ended.then(() => running.next(running.value - 1))
  }
  const taken = running.pipe(
    map((count) => count < max),
    distinctUntilChanged(),
    switchMap((hasRoom) => (hasRoom ? coming : NEVER)),
    retry({ delay: later }),
  )
  const alive = setInterval(() => undefined, 0x7fffffff) // neither children nor signals keep Node going
  return new Promise<never>((_, reject) => {
    taken.subscribe({ next: serve, error: reject })
  }).finally(() => clearInterval(alive))
}

/** Undefined where that fails, which was said. */
function startFor(
  connection: Connection,
  [name = '', ...args]: readonly string[],
  inherited: Serving['inherited'],
): Child | undefined {
  const given = provide(bytesOf(name), args.map(bytesOf), [connection], { environment: environmentWith({}) })
  const { environment, descriptors } = given
  try {
    return spawn(given.program, given.args, { ...BEFORE, environment, descriptors: { ...inherited, ...descriptors } })
  } catch (error) {
    cannotRun(name, error)
    return undefined
  }
}

/** The connection that could not be accepted is still there. */
function later(error: unknown): ReturnType<typeof timer> {
  if (!(error instanceof FifodirError)) throw error
  warn(error.message)
  return timer(NO_ROOM_MS)
}
