/** Starting the programs of a service: `run`, and what comes after it. */
import { constants } from 'node:fs'
import { closeDescriptor, openDescriptor } from '../posix/descriptor.ts'
import { type Passed, provide } from '../activation/provision.ts'
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

  /** @throws a system error; TypeError for what cannot be started with sockets */
  start(
    [program, ...args]: Strings,
    { descriptors, environment: added = {} }: Partial<Provisions> = {},
    sockets: readonly Passed[] = [],
  ): Child {
    const environment = withVariables(added, this.#definition.environment ?? this.#handover.environment)
    const given = provide(program as string | Uint8Array, args, sockets, { environment })
    return spawn(given.program, given.args, {
      ...this.#handover,
      descriptors: { ...this.#handover.descriptors, ...this.#standard(), ...descriptors, ...given.descriptors },
      environment: given.environment,
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
