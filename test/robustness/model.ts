/** A fifodir as one thinks of it, and as it is; and what can be done to both. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { cleanFifodir, events, notify, type Notifier } from 'fifodir'
import type { Subscription } from 'rxjs'
import { untilRead } from '../support/event-loop.ts'
import { newReporter, type Reporter } from './reporters.ts'

/** The live subscribers, each by all that was sent since it subscribed, and how many dead ones left a FIFO. */
export interface Model {
  readonly here: string[]
  readonly elsewhere: string[]
  stale: number
}

/** The same subscribers, in the same order: in this process, and in processes of their own. */
export interface Real {
  readonly fifodir: string
  readonly notifier: Notifier
  readonly here: { readonly subscription: Subscription; readonly received: string[] }[]
  readonly elsewhere: Reporter[]
}

interface Step {
  readonly name: string
  readonly possible?: (model: Model) => boolean
  readonly act: (model: Model, real: Real) => void | Promise<void>
}

class Command implements fc.AsyncCommand<Model, Real> {
  readonly #step: Step
  constructor(step: Step) {
    this.#step = step
  }
  check(model: Readonly<Model>): boolean {
    return this.#step.possible?.(model) ?? true
  }
  async run(model: Model, real: Real): Promise<void> {
    await this.#step.act(model, real)
    const { here, elsewhere, stale } = model
    assert.equal(readdirSync(real.fifodir).length, here.length + elsewhere.length + stale, 'entries of the fifodir')
  }
  toString(): string {
    return this.#step.name
  }
}

/** Takes the one that `pick` lands on out of a list. */
function take<Item>(list: Item[], pick: number): Item {
  return list.splice(pick % list.length, 1)[0] as Item
}

const subscribe: Step = {
  name: 'subscribe',
  act(model, real) {
    const received: string[] = []
    real.here.push({ subscription: events(real.fifodir).subscribe((event) => received.push(event)), received })
    model.here.push('')
  },
}

const unsubscribe = (pick: number): Step => ({
  name: `unsubscribe(${pick})`,
  possible: ({ here }) => here.length > 0,
  async act(model, real) {
    await untilRead()
    const { subscription, received } = take(real.here, pick)
    subscription.unsubscribe()
    assert.equal(received.join(''), take(model.here, pick))
  },
})

const spawn: Step = {
  name: 'subscribe elsewhere',
  async act(model, real) {
    real.elsewhere.push(await newReporter(real.fifodir))
    model.elsewhere.push('')
  },
}

const kill = (pick: number): Step => ({
  name: `kill -9 (${pick})`,
  possible: ({ elsewhere }) => elsewhere.length > 0,
  async act(model, real) {
    await take(real.elsewhere, pick).kill()
    take(model.elsewhere, pick)
    model.stale++
  },
})

const leave = (pick: number): Step => ({
  name: `unsubscribe elsewhere (${pick})`,
  possible: ({ elsewhere }) => elsewhere.length > 0,
  async act(model, real) {
    assert.equal(await take(real.elsewhere, pick).report(), take(model.elsewhere, pick))
  },
})

const send = (message: string, kept: boolean): Step => ({
  name: `${kept ? 'notifier.notify' : 'notify'}(${JSON.stringify(message)})`,
  act(model, real) {
    const delivery = kept ? real.notifier.notify(message) : notify(real.fifodir, message)
    const delivered = model.here.length + model.elsewhere.length
    assert.deepEqual(delivery, { delivered, full: 0, stale: model.stale, denied: 0, foreign: 0 })
    model.stale = 0
    for (const all of [model.here, model.elsewhere]) all.forEach((sent, index) => (all[index] = sent + message))
  },
})

const clean: Step = {
  name: 'clean',
  act(model, real) {
    const live = model.here.length + model.elsewhere.length
    assert.deepEqual(cleanFifodir(real.fifodir), { live, stale: model.stale, denied: 0, foreign: 0 })
    model.stale = 0
  },
}

const message = fc.string({ minLength: 1, maxLength: 20, unit: fc.nat(255).map((byte) => String.fromCharCode(byte)) })
const pick = fc.nat(20)

/** Everything that can happen; what is quick happens more often. */
export const COMMANDS: fc.Arbitrary<fc.AsyncCommand<Model, Real>>[] = [
  fc.constant(subscribe),
  fc.constant(subscribe),
  pick.map(unsubscribe),
  fc.constant(spawn),
  pick.map(kill),
  pick.map(leave),
  fc.tuple(message, fc.boolean()).map(([text, kept]) => send(text, kept)),
  fc.tuple(message, fc.boolean()).map(([text, kept]) => send(text, kept)),
  fc.tuple(message, fc.boolean()).map(([text, kept]) => send(text, kept)),
  fc.constant(clean),
].map((step) => step.map((one) => new Command(one)))
