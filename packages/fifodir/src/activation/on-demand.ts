/** A service that runs when somebody comes. */
import { concatMap, defer, type Observable, type ObservableInput, repeat, tap } from 'rxjs'
import { FifodirError } from '../error.ts'
import type { Passed } from './provision.ts'
import { traffic } from './traffic.ts'
import { TriggerLimit, type TriggerLimitOptions } from './trigger-limit.ts'

/**
 * Calls `serve` with the first of `sockets` to which somebody has come, and again for the next when what it returned has
 * ended: a promise, or an Observable. Emits what that emits, and never completes.
 *
 * Not even the first who comes is lost: they wait in the socket until the service takes them. A service that ends without
 * taking them is started for them again, 20 times in 2 s where `limit` does not say otherwise; then this fails.
 *
 * Fails with a FifodirError FIFODIR_TRIGGER_LIMIT, with what `serve` fails with, and with system errors: EBADF, EMFILE.
 * To unsubscribe does not stop the service, if what `serve` returned does not.
 *
 * @throws RangeError for a limit that is none
 * @see systemd.socket(5), Accept=no — differs: while a service runs nobody is counted
 * @example
 * import { connections, onDemand, openSockets } from 'fifodir/activation'
 * import { connect } from 'node:net'
 * import { firstValueFrom } from 'rxjs'
 * const web = openSockets(['unix:web.sock'])
 * // in place of a service, which would be spawned with what provide() says, and return its end
 * const serve = async (socket) => {
 *   const client = await firstValueFrom(connections([socket]))
 *   client.close()
 *   return 'served'
 * }
 * const served = firstValueFrom(onDemand(web.sockets, serve))
 * connect('web.sock').resume()
 * await served // => 'served'
 * web.close()
 */
export function onDemand<Socket extends Passed, Result>(
  sockets: readonly Socket[],
  serve: (first: Socket) => ObservableInput<Result>,
  limit: TriggerLimitOptions = {},
): Observable<Result> {
  new TriggerLimit(limit) // throws here, and not at everybody's subscription
  return defer(() => {
    const starts = new TriggerLimit(limit)
    const count = (socket: Socket): void => {
      if (!starts.allows(performance.now())) throw tooOften(socket, starts)
    }
    return traffic(sockets).pipe(tap(count), concatMap(serve), repeat())
  })
}

/** What is said of a service that was started for `socket` as often as it may be. */
export function tooOften({ name }: Passed, { burst, intervalMs }: TriggerLimit): FifodirError {
  return new FifodirError({
    code: 'FIFODIR_TRIGGER_LIMIT',
    operation: 'serve',
    path: name,
    reason: `started ${burst} times within ${intervalMs} ms, and it is still waited for`,
    hint: 'see why the service ends without accepting or reading what comes',
  })
}
