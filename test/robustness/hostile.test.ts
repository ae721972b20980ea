/** Promise 3: what others may have put into a fifodir is never written to, never followed, never removed. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { cleanFifodir, notify, Notifier } from 'fifodir'
import { afterEach, describe, expect, test } from 'vitest'
import { openReader, plantFifo, type Reader } from '../support/planted.ts'
import { describeAsRoot } from '../support/root.ts'
import { newDirectory, newFifodir } from '../support/scratch.ts'
import { PLANTS, ROOT_PLANTS, type Plant } from './plants.ts'
import { snapshot } from './snapshot.ts'

type Act = (fifodir: string) => Partial<Record<'delivered' | 'live' | 'full' | 'stale' | 'denied' | 'foreign', number>>

const kept: Notifier[] = []
afterEach(() => {
  for (const notifier of kept.splice(0)) notifier.close()
})

function notifier(fifodir: string, maxOpen: number): Notifier {
  const made = new Notifier(fifodir, { maxOpen })
  kept.push(made)
  return made
}

/** A Notifier that was there before, and notifies twice: the second time on kept ends. */
const twice =
  (maxOpen: number): Act =>
  (fifodir) => {
    const own = notifier(fifodir, maxOpen)
    own.notify('U')
    return own.notify('U')
  }

const ACTS: [name: string, act: Act, events: string][] = [
  ['notify', (fifodir) => notify(fifodir, 'U'), 'U'],
  ['Notifier', twice(100), 'UU'],
  ['Notifier that keeps nothing', twice(0), 'UU'],
  ['cleanFifodir', cleanFifodir, ''],
]

/** A fifodir with a living subscriber and, around it, what `plant` puts there; and a place that it may lead to. */
function hostileFifodir(plant: Plant): {
  fifodir: string
  outside: string
  reader: Reader
  traces: readonly Disposable[]
} {
  const fifodir = newFifodir()
  const outside = join(newDirectory(), 'outside')
  mkdirSync(outside)
  const traces = [plant.put(fifodir, outside), plant.put(fifodir, outside)]
  const reader = openReader(plantFifo(fifodir))
  return { fifodir, outside, reader, traces }
}

function leavesAlone(plant: Plant): void {
  test.each(ACTS)('%s leaves it alone, counts it, and serves the subscriber beside it', (_, act, events) => {
    const { fifodir, outside, reader, traces } = hostileFifodir(plant)
    using _reader = reader
    try {
      const before = [snapshot(fifodir), snapshot(outside)]
      const { foreign, denied, stale, full, delivered, live } = act(fifodir)
      expect({ foreign, denied, stale, full: full ?? 0, reached: delivered ?? live }).toEqual({
        foreign: plant.counted ? 2 : 0,
        denied: 0,
        stale: 0,
        full: 0,
        reached: 1,
      })
      expect(reader.drain()).toBe(events)
      expect([snapshot(fifodir), snapshot(outside)]).toEqual(before)
    } finally {
      for (const trace of traces) trace[Symbol.dispose]()
    }
  })
}

describe.each(PLANTS)('promise 3: $title', leavesAlone)

describeAsRoot('promise 3: what root alone can put there', () => {
  describe.each(ROOT_PLANTS)('$title', leavesAlone)
})
