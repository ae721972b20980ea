/** Starting the programs of a service: `run`, and what comes after it. */
import { constants } from 'node:fs'
import { closeDescriptor, openDescriptor } from '../posix/descriptor.ts'
import type { Child } from '../posix/child.ts'
import { withVariables } from '../posix/environment.ts'
import type { Handover, Strings } from '../posix/handover.ts'
import { spawn } from '../posix/spawn.ts'
import type { Provisions } from '../readiness/plan.ts'
import type { Definition } from './definition.ts'

/** What the programs of one service have in common. */
export class Programs {
  readonly #definition: Definition
  readonly #directory: string
  readonly #handover: Handover
  /** What they have as standard input and output instead of ours. */
  #nothing: number | undefined

  /** @param path the service directory, absolute */
  constructor(definition: Definition, path: string, handover: Handover) {
    this.#definition = definition
    this.#directory = path
    this.#handover = handover
  }

  /** @throws a system error */
  start([program, ...args]: Strings, { descriptors, environment: added = {} }: Partial<Provisions> = {}): Child {
    const environment = this.#definition.environment ?? this.#handover.environment
    return spawn(program as string | Uint8Array, args, {
      ...this.#handover,
      descriptors: { ...this.#handover.descriptors, ...this.#standard(), ...descriptors },
      environment: Object.keys(added).length === 0 ? environment : withVariables(added, environment),
      directory: this.#definition.directory ?? this.#directory,
      session: true,
    })
  }

  /** Those started from now on have nothing of this process's standard input and output. */
  detach(): void {
    this.#nothing ??= openDescriptor('/dev/null', constants.O_RDWR)
  }

  close(): void {
    if (this.#nothing !== undefined) closeDescriptor(this.#nothing)
    this.#nothing = undefined
  }

  #standard(): Record<number, number> {
    return this.#nothing === undefined ? {} : { 0: this.#nothing, 1: this.#nothing }
  }
}
