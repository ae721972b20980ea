/** Node's own protocol: `process.send('ready')`. */
import { concat, concatMap, defer, filter, from, map, scan, take, throwError } from 'rxjs'
import { chunks } from './chunks.ts'
import { NeverReadyError } from './never-ready.ts'
import type { Source } from './when-ready.ts'

/** A longer message than that is no `"ready"`, and is not kept. */
const MESSAGE_CHARACTERS = 64

/**
 * Ready when the program at the other end of the channel `fd` has called `process.send('ready')`. Takes the descriptor
 * over: it is closed with the subscription, of which the program is told by its event `disconnect`.
 *
 * @throws (fails) NeverReadyError where the channel is closed before
 * @see Node 20.20.2 lib/internal/child_process/serialization.js: a message is a line of JSON
 */
export function fromIpc(fd: number): Source {
  const messages = chunks(fd).pipe(
    scan(
      ({ rest }, bytes) => {
        const lines = (rest + Buffer.from(bytes).toString('latin1')).split('\n')
        return { rest: (lines.pop() ?? '').slice(0, MESSAGE_CHARACTERS), lines }
      },
      { rest: '', lines: [] as string[] },
    ),
    concatMap(({ lines }) => from(lines)),
  )
  const ready = messages.pipe(
    filter((message) => message === '"ready"'),
    map(() => undefined),
  )
  const ended = defer(() => throwError(() => new NeverReadyError("its channel was closed without a message 'ready'")))
  return concat(ready, ended).pipe(take(1))
}
