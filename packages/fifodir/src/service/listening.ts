/** Listening for one `run` to be ready: s6's way, and all others. */
import { Subscription } from 'rxjs'
import { closeDescriptor } from '../posix/descriptor.ts'
import { closeProvided, type Plan, provide, type Provisions } from '../readiness/plan.ts'
import { sourceCalled } from '../readiness/planned.ts'
import { anyOf } from '../readiness/when-ready.ts'
import type { Definition } from './definition.ts'

export class Listening {
  /** What the program must be given. */
  readonly provisions: Provisions
  readonly #plans: readonly Plan[]
  #subscription: Subscription | undefined

  /**
   * @param taken descriptors that the program has already, by its numbers
   * @param sockets those of them that no source may have
   * @throws a system error; RangeError where two sources want the same descriptor, or one a socket's; nothing is left open
   */
  constructor({ notificationFd, readiness = [] }: Definition, taken: readonly number[], sockets: readonly number[]) {
    this.#plans = notificationFd === undefined ? readiness : [sourceCalled(`fd:${notificationFd}`), ...readiness]
    const both = this.#plans.find(({ numbers }) => numbers.some((number) => sockets.includes(number)))
    if (both !== undefined)
      throw new RangeError(`${both.name} is where it is to find a socket; use one from ${Math.max(...sockets) + 1} on`)
    this.provisions = provide(this.#plans, [...taken, ...sockets])
  }

  /** The program runs, and has what it was given: whatever says so first, it is ready. */
  begin(pid: number, ready: () => void, failed: (error: unknown) => void): void {
    closeProvided(this.provisions)
    const sources = this.#plans.map((plan, index) => plan.open(this.provisions.own[index] ?? [], pid))
    this.#subscription = anyOf(sources).subscribe({
      next: ready,
      error: failed,
    })
  }

  /** Resolves once all has been heard that was said by now: a turn may be past its reading already, the next is not. */
  async heard(): Promise<void> {
    if (this.#subscription?.closed ?? true) return
    await new Promise(setImmediate)
    await new Promise(setImmediate)
  }

  /** Lets go of everything. */
  close(): void {
    if (this.#subscription === undefined) {
      closeProvided(this.provisions)
      for (const fd of this.provisions.own.flat()) closeDescriptor(fd)
      this.#subscription = Subscription.EMPTY
    } else this.#subscription.unsubscribe()
  }
}
