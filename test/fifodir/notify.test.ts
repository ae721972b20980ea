import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { events, FifodirError, notify } from 'fifodir'
import { firstValueFrom, take, toArray } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { EVENTS } from '../../packages/fifodir/src/event.ts'
import { openReader, plantFifo } from '../support/planted.ts'
import { newDirectory, newFifodir } from '../support/scratch.ts'

const NOBODY_THERE = { delivered: 0, full: 0, stale: 0, denied: 0, foreign: 0 }

describe('a notification', () => {
  test('reaches every subscriber, with the whole message', () => {
    const fifodir = newFifodir()
    using first = openReader(plantFifo(fifodir))
    using second = openReader(plantFifo(fifodir))
    expect(notify(fifodir, 'uU')).toEqual({ ...NOBODY_THERE, delivered: 2 })
    expect([first.drain(), second.drain()]).toEqual(['uU', 'uU'])
  })

  test('reaches nobody where nobody is subscribed, and that is no error', () => {
    expect(notify(newFifodir(), 'U')).toEqual(NOBODY_THERE)
  })

  test('carries all 256 events, as a string and as bytes', () => {
    const fifodir = newFifodir()
    using reader = openReader(plantFifo(fifodir))
    const all = EVENTS.join('')
    notify(fifodir, all)
    notify(
      fifodir,
      Uint8Array.from({ length: 256 }, (_, byte) => 255 - byte),
    )
    expect(reader.drain()).toBe(all + EVENTS.toReversed().join(''))
  })

  test('may be as long as 4,096 events', async () => {
    const fifodir = newFifodir()
    const message = 'abcd'.repeat(1024)
    const received = firstValueFrom(events(fifodir).pipe(take(4096), toArray()))
    notify(fifodir, message)
    expect((await received).join('')).toBe(message)
  })

  test('removes the FIFO of a dead subscriber, and counts it once', () => {
    const fifodir = newFifodir()
    plantFifo(fifodir)
    expect(notify(fifodir, 'U')).toEqual({ ...NOBODY_THERE, stale: 1 })
    expect(readdirSync(fifodir)).toEqual([])
    expect(notify(fifodir, 'U')).toEqual(NOBODY_THERE)
  })

  test('counts a subscriber whose pipe is full, tears no message, and serves the others', () => {
    const fifodir = newFifodir()
    using busy = openReader(plantFifo(fifodir))
    using diligent = openReader(plantFifo(fifodir))
    let delivered = 0
    while (delivered < 1000 && notify(fifodir, 'x'.repeat(4095)).full === 0) {
      delivered++
      expect(diligent.drain()).toHaveLength(4095)
    }
    expect(delivered).toBeGreaterThanOrEqual(8)
    expect(diligent.drain()).toHaveLength(4095)
    expect(busy.drain()).toHaveLength(delivered * 4095)
    expect(notify(fifodir, 'U')).toEqual({ ...NOBODY_THERE, delivered: 2 })
    expect(busy.drain()).toBe('U')
  })

  test('leaves no descriptor open', () => {
    const fifodir = newFifodir()
    using reader = openReader(plantFifo(fifodir))
    plantFifo(fifodir)
    const before = readdirSync('/proc/self/fd').length
    notify(fifodir, 'U')
    expect(readdirSync('/proc/self/fd')).toHaveLength(before)
    expect(reader.drain()).toBe('U')
  })

  test('takes a relative path', () => {
    const fifodir = newFifodir()
    using reader = openReader(plantFifo(fifodir))
    notify(`${'../'.repeat(process.cwd().split('/').length)}${fifodir.slice(1)}`, 'U')
    expect(reader.drain()).toBe('U')
  })
})

describe('a notification fails', () => {
  function failureOf(path: string): FifodirError {
    try {
      notify(path, 'U')
    } catch (error) {
      expect(error).toBeInstanceOf(FifodirError)
      return error as FifodirError
    }
    throw new Error('it did not fail')
  }

  test('where there is no fifodir', () => {
    const path = newFifodir()
    rmSync(path, { recursive: true })
    expect(failureOf(path).message).toBe(
      `cannot notify ${path}: no such file or directory (ENOENT); make it first, with makeFifodir`,
    )
  })

  test('where there is a file instead', () => {
    const path = join(newDirectory(), 'file')
    writeFileSync(path, '')
    expect(failureOf(path)).toMatchObject({ code: 'ENOTDIR', operation: 'notify', hint: 'name the fifodir itself' })
  })

  test('for wrong events before anything is touched', () => {
    const fifodir = newFifodir()
    plantFifo(fifodir)
    for (const wrong of ['', 'Ā', 'x'.repeat(4097)]) expect(() => notify(fifodir, wrong)).toThrow(RangeError)
    expect(() => notify(fifodir, 85 as unknown as string)).toThrow(TypeError)
    expect(readdirSync(fifodir)).toHaveLength(1)
  })
})
