/** Whatever is done to a fifodir, in whatever order: it behaves as the list of its live subscribers. */
import { readdirSync, rmSync } from 'node:fs'
import fc from 'fast-check'
import { notify, Notifier } from 'fifodir'
import { expect, test } from 'vitest'
import { untilRead } from '../support/event-loop.ts'
import { newFifodir } from '../support/scratch.ts'
import { COMMANDS, type Model, type Real } from './model.ts'
import { endReporters } from './reporters.ts'

/** Does `commands` to a new fifodir, then asks every subscriber that is left what it has received. */
async function play(commands: Iterable<fc.AsyncCommand<Model, Real>>, maxOpen: number): Promise<void> {
  const fifodir = newFifodir()
  using notifier = new Notifier(fifodir, { maxOpen })
  const model: Model = { here: [], elsewhere: [], stale: 0 }
  const real: Real = { fifodir, notifier, here: [], elsewhere: [] }
  await fc.asyncModelRun(() => ({ model, real }), commands)
  await untilRead()
  expect(real.here.map(({ received }) => received.join(''))).toEqual(model.here)
  for (const { subscription } of real.here) subscription.unsubscribe()
  expect(await Promise.all(real.elsewhere.map((reporter) => reporter.report()))).toEqual(model.elsewhere)
  notify(fifodir, 'U')
  expect(readdirSync(fifodir)).toEqual([])
  rmSync(fifodir, { recursive: true })
}

test('every subscriber gets exactly what was sent while it was subscribed, and every count is true', async () => {
  const run = fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: 40, size: 'max' }), fc.nat(3), play)
  await fc.assert(run, { numRuns: 25, endOnFailure: true }).finally(endReporters)
}, 60_000)
