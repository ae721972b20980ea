import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeFifodir, notify, PatternError, waitFor, waitForAll, waitForAny } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { fifosIn, newDirectory, newFifodir, untilSubscribed } from '../support/scratch.ts'

const missingFifodir = (): string => join(newDirectory(), 'event')

describe('waitFor', () => {
  test('listens from the call on, awaited or not', async () => {
    const fifodir = newFifodir()
    const before = new Date()
    const up = waitFor(fifodir, 'u.*U')
    expect(notify(fifodir, 'suUd').delivered).toBe(1)
    const { at, ...occurrence } = await up
    expect(occurrence).toEqual({ event: 'U', sequence: 'suU', truncated: false, path: fifodir })
    expect(at.getTime()).toBeGreaterThanOrEqual(before.getTime())
    expect(at.getTime()).toBeLessThanOrEqual(Date.now())
  })

  test('has left no trace when it settles', async () => {
    const fifodir = newFifodir()
    const up = waitFor(fifodir, 'U')
    notify(fifodir, 'U')
    await up
    expect(readdirSync(fifodir)).toEqual([])
  })

  test('resolves with the event that completed the match: b while abc comes', async () => {
    const fifodir = newFifodir()
    const found = waitFor(fifodir, 'b')
    notify(fifodir, 'abc')
    expect(await found).toMatchObject({ event: 'b', sequence: 'ab' })
  })

  test('fires U$ on the U of Ud, sent as one message', async () => {
    const fifodir = newFifodir()
    const up = waitFor(fifodir, 'U$')
    notify(fifodir, 'Ud')
    expect(await up).toMatchObject({ event: 'U', sequence: 'U' })
  })

  test('takes event 0 for what it is, in the pattern and on the wire', async () => {
    const fifodir = newFifodir()
    const found = [waitFor(fifodir, 'a\0b'), waitFor(fifodir, '^\0'), waitFor(fifodir, /\0$/)]
    expect(notify(fifodir, '\0a\0b').delivered).toBe(3)
    expect((await Promise.all(found)).map(({ sequence }) => sequence)).toEqual(['\0a\0b', '\0', '\0'])
  })

  test('takes one look-up per event for (a*)*b, on 100,000 a', async () => {
    const fifodir = newFifodir()
    const found = waitFor(fifodir, '(a*)*b')
    const chunk = 'a'.repeat(4096)
    for (let sent = 0; sent < 100_000; sent += chunk.length) {
      while (notify(fifodir, chunk).full === 1) await new Promise(setImmediate)
    }
    while (notify(fifodir, 'b').full === 1) await new Promise(setImmediate)
    expect(await found).toMatchObject({ event: 'b', truncated: true })
  }, 2000)

  test('rejects where there is no fifodir, and waits for it with appear', async () => {
    const fifodir = missingFifodir()
    await expect(waitFor(fifodir, 'U')).rejects.toMatchObject({
      code: 'ENOENT',
      operation: 'subscribe to',
      path: fifodir,
    })
    const up = waitFor(fifodir, 'U', { appear: true })
    makeFifodir(fifodir)
    await untilSubscribed(fifodir)
    notify(fifodir, 'U')
    expect(await up).toMatchObject({ event: 'U' })
  })

  test('rejects for wrong arguments before anything is touched', async () => {
    const fifodir = newFifodir()
    const wait = waitFor(fifodir, 'U(')
    expect(readdirSync(fifodir)).toEqual([])
    await expect(wait).rejects.toThrow(PatternError)
    await expect(waitFor(fifodir, 5 as unknown as string)).rejects.toThrow(TypeError)
    for (const timeoutMs of [-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])
      await expect(waitFor(missingFifodir(), 'U', { timeoutMs })).rejects.toThrow(RangeError)
  })
})

describe('waitForAll', () => {
  test('waits for every one, in whatever order they come, and answers in the order asked', async () => {
    const [database, cache] = [newFifodir(), newFifodir()]
    const up = waitForAll([
      [database, 'U'],
      [cache, /v/],
    ])
    notify(cache, 'xv')
    await untilSubscribed(cache, 0)
    notify(database, 'U')
    expect(await up).toMatchObject([
      { path: database, event: 'U', sequence: 'U' },
      { path: cache, event: 'v', sequence: 'xv' },
    ])
    expect([...readdirSync(database), ...readdirSync(cache)]).toEqual([])
  })

  test('stops listening where a match has come, and goes on elsewhere', async () => {
    const [one, other] = [newFifodir(), newFifodir()]
    const up = waitForAll([
      [one, 'U'],
      [other, 'U'],
    ])
    notify(one, 'U')
    await untilSubscribed(one, 0)
    expect(fifosIn(other)).toHaveLength(1)
    notify(other, 'U')
    expect(await up).toHaveLength(2)
  })

  test('may wait twice in one fifodir', async () => {
    const fifodir = newFifodir()
    const both = waitForAll([
      [fifodir, 'a'],
      [fifodir, 'b'],
    ])
    expect(notify(fifodir, 'ba').delivered).toBe(2)
    expect((await both).map(({ sequence }) => sequence)).toEqual(['ba', 'b'])
  })

  test('of nothing is done at once', async () => {
    expect(await waitForAll([])).toEqual([])
  })

  test('leaves no trace anywhere where one of them cannot be listened to', async () => {
    const fifodir = newFifodir()
    const waits = waitForAll([
      [fifodir, 'U'],
      [missingFifodir(), 'U'],
    ])
    expect(readdirSync(fifodir)).toEqual([])
    await expect(waits).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('waitForAny', () => {
  test('resolves with the first, says which, and leaves no trace of the others', async () => {
    const [primary, replica] = [newFifodir(), newFifodir()]
    const up = waitForAny([
      [primary, 'U'],
      [replica, 'U'],
    ])
    notify(replica, 'U')
    expect(await up).toMatchObject({ index: 1, path: replica, event: 'U' })
    expect([...readdirSync(primary), ...readdirSync(replica)]).toEqual([])
  })

  test('of nothing is refused: nothing could ever match', async () => {
    await expect(waitForAny([])).rejects.toThrow(new RangeError('waits must not be empty: nothing could ever match'))
  })
})
