import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { events, FifodirError, makeFifodir, Notifier } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { openReader, plantFifo } from '../support/planted.ts'
import { inOwnProcess, startOwnProcess } from '../support/own-process.ts'
import { newDirectory, newFifodir, untilSubscribed } from '../support/scratch.ts'

const NOBODY_THERE = { delivered: 0, full: 0, stale: 0, denied: 0, foreign: 0 }

const descriptors = (): number => readdirSync('/proc/self/fd').length

describe('a notifier', () => {
  test('keeps the write ends open: the second notification opens none', () => {
    const fifodir = newFifodir()
    using one = openReader(plantFifo(fifodir))
    using two = openReader(plantFifo(fifodir))
    using notifier = new Notifier(fifodir)
    const before = descriptors()
    for (const event of 'abc') {
      expect(notifier.notify(event)).toEqual({ ...NOBODY_THERE, delivered: 2 })
      expect(descriptors()).toBe(before + 2)
    }
    expect([one.drain(), two.drain()]).toEqual(['abc', 'abc'])
  })

  test.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [100, 3],
  ])('keeps at most maxOpen of them: %i of three is %i', (maxOpen, kept) => {
    const fifodir = newFifodir()
    using a = openReader(plantFifo(fifodir))
    using b = openReader(plantFifo(fifodir))
    using c = openReader(plantFifo(fifodir))
    using notifier = new Notifier(fifodir, { maxOpen })
    const before = descriptors()
    for (const event of 'abc') {
      expect(notifier.notify(event)).toEqual({ ...NOBODY_THERE, delivered: 3 })
      expect(descriptors()).toBe(before + kept)
    }
    expect([a, b, c].map((reader) => reader.drain())).toEqual(['abc', 'abc', 'abc'])
  })

  test('serves who comes, forgets who goes, and keeps no descriptor for them', () => {
    const fifodir = newFifodir()
    using notifier = new Notifier(fifodir)
    const before = descriptors()
    expect(notifier.notify('a')).toEqual(NOBODY_THERE)
    const first = events(fifodir).subscribe()
    expect(notifier.notify('b')).toEqual({ ...NOBODY_THERE, delivered: 1 })
    const second = events(fifodir).subscribe()
    expect(notifier.notify('c')).toEqual({ ...NOBODY_THERE, delivered: 2 })
    first.unsubscribe()
    second.unsubscribe()
    expect(notifier.notify('d')).toEqual(NOBODY_THERE)
    expect(descriptors()).toBe(before)
  })

  test('knows every change of the directory, however close it is to the one before', () => {
    const fifodir = newFifodir()
    using notifier = new Notifier(fifodir)
    const subscribe = (): { unsubscribe(): void } => events(fifodir).subscribe()
    for (let pauseMs = 0; pauseMs <= 30; pauseMs++) {
      for (const end = performance.now() + pauseMs; performance.now() < end; );
      const counts = [notifier.notify('a').delivered]
      const first = subscribe()
      counts.push(notifier.notify('b').delivered)
      const second = subscribe()
      counts.push(notifier.notify('c').delivered)
      first.unsubscribe()
      const third = subscribe()
      counts.push(notifier.notify('d').delivered)
      second.unsubscribe()
      third.unsubscribe()
      counts.push(notifier.notify('e').delivered)
      expect(counts, `${pauseMs} ms after the last change`).toEqual([0, 1, 2, 2, 0])
    }
  })

  test('removes the FIFO of a subscriber that was killed while its end was kept', async () => {
    const fifodir = newFifodir()
    const subscriber = startOwnProcess(({ events: of }, path) => void of(path).subscribe(), [fifodir])
    await untilSubscribed(fifodir)
    using notifier = new Notifier(fifodir)
    expect(notifier.notify('a')).toEqual({ ...NOBODY_THERE, delivered: 1 })
    subscriber.child.kill('SIGKILL')
    await subscriber.ended
    expect(notifier.notify('b')).toEqual({ ...NOBODY_THERE, stale: 1 })
    expect(readdirSync(fifodir)).toEqual([])
    expect(notifier.notify('c')).toEqual(NOBODY_THERE)
  })

  test('counts a subscriber whose pipe is full, on a kept end as on a new one', () => {
    const fifodir = newFifodir()
    using reader = openReader(plantFifo(fifodir))
    using notifier = new Notifier(fifodir)
    let delivered = 0
    while (delivered < 1000 && notifier.notify('x'.repeat(4096)).full === 0) delivered++
    expect(notifier.notify('y'.repeat(4096))).toEqual({ ...NOBODY_THERE, full: 1 })
    expect(reader.drain()).toBe('x'.repeat(4096 * delivered))
    expect(notifier.notify('z')).toEqual({ ...NOBODY_THERE, delivered: 1 })
    expect(reader.drain()).toBe('z')
  })

  test('checks the events before it touches anything', () => {
    using notifier = new Notifier(newFifodir())
    expect(() => notifier.notify('')).toThrow(RangeError)
    expect(() => notifier.notify(85 as unknown as string)).toThrow(TypeError)
  })

  test('refuses a maxOpen that is no count', () => {
    for (const maxOpen of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => new Notifier('event', { maxOpen })).toThrow(RangeError)
  })
})

describe('what a notifier keeps is never mistaken for what is there now', () => {
  test('where another FIFO has the same name, the event goes to the new one', () => {
    const fifodir = newFifodir()
    using notifier = new Notifier(fifodir)
    const path = plantFifo(fifodir)
    {
      using reader = openReader(path)
      notifier.notify('a')
      expect(reader.drain()).toBe('a')
    }
    rmSync(path)
    plantFifo(fifodir, path)
    using replacement = openReader(path)
    expect(notifier.notify('b')).toEqual({ ...NOBODY_THERE, delivered: 1 })
    expect(replacement.drain()).toBe('b')
  })

  test('where another directory has the path, nothing goes to the subscribers of the old one', () => {
    const fifodir = newFifodir()
    using old = openReader(plantFifo(fifodir))
    using notifier = new Notifier(fifodir)
    notifier.notify('a')
    renameSync(fifodir, `${fifodir}-old`)
    expect(() => notifier.notify('b')).toThrow(expect.objectContaining({ code: 'ENOENT', path: fifodir }))
    makeFifodir(fifodir)
    using young = openReader(plantFifo(fifodir))
    expect(notifier.notify('c')).toEqual({ ...NOBODY_THERE, delivered: 1 })
    expect([old.drain(), young.drain()]).toEqual(['a', 'c'])
  })

  test('a relative path is resolved when it is made, and errors show it as it was given', async () => {
    const directory = newDirectory()
    mkdirSync(join(directory, 'elsewhere'))
    makeFifodir(join(directory, 'event'))
    const result = await inOwnProcess(
      ({ Notifier: Of, fs }, parent) => {
        process.chdir(parent)
        const notifier = new Of('event')
        process.chdir('elsewhere')
        const delivery = notifier.notify('U')
        fs.rmdirSync(`${parent}/event`)
        try {
          notifier.notify('U')
        } catch (error) {
          return [delivery, notifier.path, (error as FifodirError).path]
        }
        return undefined
      },
      [directory],
    )
    expect(result).toEqual([NOBODY_THERE, 'event', 'event'])
  })
})

describe('a closed notifier', () => {
  test('has let go of its descriptors, refuses to notify, and may be closed again', () => {
    const fifodir = newFifodir()
    using reader = openReader(plantFifo(fifodir))
    const before = descriptors()
    const notifier = new Notifier(fifodir)
    notifier.notify('a')
    notifier.close()
    notifier.close()
    expect(descriptors()).toBe(before)
    expect(() => notifier.notify('b')).toThrow(new Error(`the notifier of ${fifodir} is closed`))
    expect(reader.drain()).toBe('a')
  })

  test('is what `using` leaves behind', () => {
    const fifodir = newFifodir()
    using reader = openReader(plantFifo(fifodir))
    const before = descriptors()
    {
      using notifier = new Notifier(fifodir)
      notifier.notify('a')
      expect(descriptors()).toBe(before + 1)
    }
    expect(descriptors()).toBe(before)
    expect(reader.drain()).toBe('a')
  })

  test('needs no fifodir to be made and closed', () => {
    using notifier = new Notifier(join(dirname(newFifodir()), 'missing'))
    expect(notifier.path).toMatch(/missing$/)
  })
})
