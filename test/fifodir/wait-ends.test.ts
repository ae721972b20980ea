/** Waits that do not end well: their time is up, or they are aborted. */
import { getEventListeners } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { FifodirError, notify, TimedOutError, waitFor, waitForAll, waitForAny } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { newDirectory, newFifodir } from '../support/scratch.ts'

/** Keeps the event loop from turning. */
function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('a wait whose time is up', () => {
  test('rejects with what it still lacked, and the events that came', async () => {
    const fifodir = newFifodir()
    const wait = waitFor(fifodir, 'u.*U', { timeoutMs: 20 })
    notify(fifodir, 'su')
    const error = (await rejection(wait)) as TimedOutError
    expect(error).toBeInstanceOf(TimedOutError)
    expect(error).toBeInstanceOf(FifodirError)
    expect(error).toMatchObject({
      name: 'FifodirError',
      code: 'ETIMEDOUT',
      operation: 'wait',
      missing: [{ path: fifodir, pattern: 'u.*U', seen: 'su' }],
    })
    expect(error.message).toBe(`cannot wait: not within 20 ms: 'u.*U' in ${fifodir} (events seen: 'su') (ETIMEDOUT)`)
    expect(readdirSync(fifodir)).toEqual([])
  })

  test('names all that are missing of several, and none that came', async () => {
    const [one, two, three] = [newFifodir(), newFifodir(), newFifodir()]
    const wait = waitForAll(
      [
        [one, 'a'],
        [two, /b/i],
        [three, 'c'],
      ],
      { timeoutMs: 20 },
    )
    notify(one, 'a')
    notify(three, '\n\0')
    const error = (await rejection(wait)) as TimedOutError
    expect(error.missing).toEqual([
      { path: two, pattern: '/b/i', seen: '' },
      { path: three, pattern: 'c', seen: '\n\0' },
    ])
    expect(error.message).toBe(
      `cannot wait: not within 20 ms: '/b/i' in ${two} (events seen: none), 'c' in ${three} (events seen: '\\x0a\\x00') (ETIMEDOUT)`,
    )
  })

  test('does not end before its time', async () => {
    const began = performance.now()
    await rejection(waitForAny([[newFifodir(), 'U']], { timeoutMs: 50 }))
    expect(performance.now() - began).toBeGreaterThanOrEqual(49)
  })

  test('is up for a fifodir that does not appear, too', async () => {
    const path = join(newDirectory(), 'event')
    const error = await rejection(waitFor(path, 'U', { appear: true, timeoutMs: 20 }))
    expect(error).toMatchObject({ code: 'ETIMEDOUT', missing: [{ path, seen: '' }] })
  })

  test('counts an event that came in time although the event loop was blocked until after it', async () => {
    const fifodir = newFifodir()
    const wait = waitFor(fifodir, 'U', { timeoutMs: 10 })
    notify(fifodir, 'U')
    block(30)
    expect(await wait).toMatchObject({ event: 'U' })
  })

  test('counts the last of many events in many subscriptions all the same', async () => {
    const fifodirs = Array.from({ length: 20 }, newFifodir)
    const wait = waitForAll(
      fifodirs.map((fifodir) => [fifodir, 'x{3}U'] as const),
      { timeoutMs: 10 },
    )
    for (const fifodir of fifodirs) {
      for (let count = 0; count < 15; count++) notify(fifodir, 'y'.repeat(4096))
      notify(fifodir, 'xxxU')
    }
    block(30)
    expect(await wait).toHaveLength(20)
  })

  test('does not keep the process waiting once it has matched', async () => {
    const fifodir = newFifodir()
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const before = timers()
    const wait = waitFor(fifodir, 'U', { timeoutMs: 1_000_000 })
    expect(timers()).toBe(before + 1)
    notify(fifodir, 'U')
    await wait
    expect(timers()).toBe(before)
  })

  test('has no limit at 0', async () => {
    const fifodir = newFifodir()
    const wait = waitFor(fifodir, 'U', { timeoutMs: 0 })
    await rejection(waitFor(fifodir, 'V', { timeoutMs: 20 }))
    notify(fifodir, 'U')
    expect(await wait).toMatchObject({ event: 'U' })
  })
})

describe('a wait that is aborted', () => {
  test('before it began rejects with the reason, and touches nothing', async () => {
    const fifodir = newFifodir()
    const reason = new Error('of the caller')
    const wait = waitFor(fifodir, 'U', { signal: AbortSignal.abort(reason) })
    expect(readdirSync(fifodir)).toEqual([])
    expect(await rejection(wait)).toBe(reason)
  })

  test('while it waits rejects with the reason, unchanged, whatever it is', async () => {
    for (const reason of [new Error('of the caller'), 'a string', 0]) {
      const controller = new AbortController()
      const wait = waitFor(newFifodir(), 'U', { signal: controller.signal })
      controller.abort(reason)
      expect(await rejection(wait)).toBe(reason)
    }
  })

  test('has left no trace when abort() returns', async () => {
    const [one, other] = [newFifodir(), newFifodir()]
    const controller = new AbortController()
    const { signal } = controller
    const wait = waitForAll(
      [
        [one, 'U'],
        [other, 'U'],
      ],
      { signal, timeoutMs: 1_000_000 },
    )
    expect([...readdirSync(one), ...readdirSync(other)]).toHaveLength(2)
    controller.abort()
    expect([...readdirSync(one), ...readdirSync(other)]).toEqual([])
    expect(await rejection(wait)).toBe(signal.reason)
  })

  test('does not listen to a signal that outlives it', async () => {
    const fifodir = newFifodir()
    const { signal } = new AbortController()
    const wait = waitFor(fifodir, 'U', { signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    notify(fifodir, 'U')
    await wait
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('after it was done stays done', async () => {
    const fifodir = newFifodir()
    const controller = new AbortController()
    const wait = waitFor(fifodir, 'U', { signal: controller.signal })
    notify(fifodir, 'U')
    const occurrence = await wait
    controller.abort()
    expect(await wait).toBe(occurrence)
  })
})
