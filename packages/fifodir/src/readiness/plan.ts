/** A source of readiness by its name, as on a command line: what a program must be given for it, and how to listen. */
import { closeDescriptor } from '../posix/descriptor.ts'
import type { Source } from './when-ready.ts'

/** What a program must be given, before it starts, to be able to tell that it is ready. */
export interface Provision {
  /** Its descriptors, by its own numbers: which of ours each is. To be closed once the program has them. */
  readonly descriptors: Readonly<Record<number, number>>
  /** Its variables. */
  readonly environment: Readonly<Record<string, string>>
  /** Descriptors of ours, for {@link Plan.open}. */
  readonly own: readonly number[]
}

/** A source, before there is a program that it is to hear of. */
export interface Plan {
  /** Its name: `fd:3`, `tcp:8080`, … */
  readonly name: string
  /** Descriptors of the program that are to lead to the source. */
  readonly numbers: readonly number[]
  /**
   * Makes what the program must be given.
   *
   * @param free a number that no descriptor of the program has
   * @throws a system error; nothing is left open
   */
  provide(free: () => number): Provision
  /**
   * Listens.
   *
   * @param own those of the provision, which it takes over
   * @param pid the program's
   */
  open(own: readonly number[], pid: number): Source
}

/** What all of several plans need, and each one's own. */
export interface Provisions extends Omit<Provision, 'own'> {
  readonly own: readonly (readonly number[])[]
}

/**
 * Makes what a program must be given for all of `plans`.
 *
 * @param taken descriptors that the program has beside the standard ones, by its numbers
 * @throws RangeError where two of them want the same descriptor; a system error; nothing is left open
 */
export function provide(plans: readonly Plan[], taken: readonly number[] = []): Provisions {
  checkPlans(plans)
  const used = new Set([0, 1, 2, ...taken, ...plans.flatMap(({ numbers }) => numbers)])
  const free = (): number => {
    let number = 3
    while (used.has(number)) number++
    used.add(number)
    return number
  }
  const provisions: Provision[] = []
  try {
    for (const plan of plans) provisions.push(plan.provide(free))
  } catch (error) {
    for (const { descriptors, own } of provisions) closeAll([...Object.values(descriptors), ...own])
    throw error
  }
  return {
    descriptors: Object.assign({}, ...provisions.map(({ descriptors }) => descriptors)) as Provision['descriptors'],
    environment: Object.assign({}, ...provisions.map(({ environment }) => environment)) as Provision['environment'],
    own: provisions.map(({ own }) => own),
  }
}

/** @throws RangeError where two of `plans` want the same descriptor */
export function checkPlans(plans: readonly Plan[]): void {
  const numbers = plans.flatMap((plan) => plan.numbers)
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index)
  if (twice !== undefined)
    throw new RangeError(`two sources want descriptor ${twice}: ${plans.map(({ name }) => name).join(', ')}`)
}

/** Closes the program's ends, once it has them. */
export function closeProvided({ descriptors }: Pick<Provision, 'descriptors'>): void {
  closeAll(Object.values(descriptors))
}

function closeAll(fds: readonly number[]): void {
  for (const fd of fds) closeDescriptor(fd)
}
