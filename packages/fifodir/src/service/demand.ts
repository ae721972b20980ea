/**
 * A service that runs when somebody comes: while it is down and nobody wants it up, its sockets are watched. It is started as
 * `once` starts it, so that to everybody it is a service as any other: `up` keeps it running, `down` ends what runs of it,
 * and the file `down` keeps it from being started at all.
 */
import { retry, Subscription, timer } from 'rxjs'
import { tooOften } from '../activation/on-demand.ts'
import type { Passed } from '../activation/provision.ts'
import { traffic } from '../activation/traffic.ts'
import { TriggerLimit } from '../activation/trigger-limit.ts'
import type { Input, Lifecycle } from '../lifecycle.ts'

/** How long after its sockets could not be watched, as no descriptors were left, that is tried again. */
const RETRY_MS = 1000

/** What follows. */
export interface Demanded {
  /** Whether it may be started. */
  allowed(): boolean
  start(): void
  fail(error: unknown): void
}

export class Demand {
  readonly #sockets: readonly Passed[]
  readonly #act: Demanded
  readonly #limit = new TriggerLimit()
  #waiting: Subscription = Subscription.EMPTY
  /** It is left down until somebody starts it by a command: it has failed for good, or takes nothing of what comes. */
  #givenUp = false

  constructor(sockets: readonly Passed[], act: Demanded) {
    this.#sockets = sockets
    this.#act = act
  }

  /** Takes what became of the service by `input`. */
  consider({ state, wantedUp }: Lifecycle, input?: Input): void {
    if (input === 'started' || input === 'failed') this.#givenUp = input === 'failed'
    if (state !== 'down' || wantedUp || this.#givenUp) this.close()
    else if (this.#waiting.closed) this.#wait()
  }

  /** Waits no more; idempotent. */
  close(): void {
    this.#waiting.unsubscribe()
  }

  #wait(): void {
    const later = (error: unknown): ReturnType<typeof timer> => {
      this.#act.fail(error)
      return timer(RETRY_MS)
    }
    this.#waiting = traffic(this.#sockets)
      .pipe(retry({ delay: later }))
      .subscribe((socket) => {
        this.close() // before what follows, by which it may have to wait again
        this.#come(socket)
      })
  }

  #come(socket: Passed): void {
    if (!this.#act.allowed()) return
    if (this.#limit.allows(performance.now())) return this.#act.start()
    this.#givenUp = true
    this.#act.fail(tooOften(socket, this.#limit))
  }
}
