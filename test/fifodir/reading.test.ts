import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFifodir } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { listUntyped, readEntries, Reading } from '../../packages/fifodir/src/reading.ts'
import { Subscription } from '../../packages/fifodir/src/subscriber.ts'
import { newDirectory, newFifodir } from '../support/scratch.ts'

const nobody = { take: () => undefined, error: () => undefined }

/** A reading that was made long enough after the last change: waits for the clock, not for the file system. */
function untilTelling(fifodir: string): Reading {
  for (;;) {
    const reading = new Reading(fifodir)
    if (reading.holds(fifodir)) return reading
  }
}

describe('a reading of a fifodir', () => {
  test('holds while nothing changes, and no longer once somebody has come or gone', () => {
    const fifodir = newFifodir()
    const before = untilTelling(fifodir)
    expect(before.entries).toEqual([])
    const subscription = new Subscription(fifodir, fifodir, nobody)
    expect(before.holds(fifodir)).toBe(false)
    const between = untilTelling(fifodir)
    expect(between.entries).toHaveLength(1)
    subscription.unsubscribe()
    expect(between.holds(fifodir)).toBe(false)
  })

  test('tells nothing right after a change: the next one could bear the same time', () => {
    const fifodir = newFifodir()
    const subscription = new Subscription(fifodir, fifodir, nobody)
    expect(new Reading(fifodir).holds(fifodir)).toBe(false)
    subscription.unsubscribe()
  })

  test('does not hold for another directory of the same path', () => {
    const parent = newDirectory()
    const [fifodir, other] = [join(parent, 'event'), join(parent, 'other')]
    makeFifodir(fifodir)
    makeFifodir(other)
    const reading = untilTelling(fifodir)
    renameSync(fifodir, join(parent, 'former'))
    renameSync(other, fifodir)
    expect(reading.holds(fifodir)).toBe(false)
  })
})

test('where the file system does not tell what its entries are, the ones named as subscriptions are asked for alone', () => {
  const fifodir = newFifodir()
  const subscription = new Subscription(fifodir, fifodir, nobody)
  writeFileSync(Buffer.from(`${fifodir}/\xff`, 'latin1'), '')
  const [told, asked] = [readEntries(fifodir), readEntries(fifodir, listUntyped)]
  expect(asked.entries.map(({ name }) => name)).toEqual(told.entries.map(({ name }) => name))
  expect(asked.entries.map((entry) => entry.isFIFO())).toEqual([true])
  subscription.unsubscribe()
  expect(asked.entries.map((entry) => entry.isFIFO())).toEqual([false])
})
