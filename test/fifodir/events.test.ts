import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { events, FifodirError, makeFifodir, notify } from 'fifodir'
import { firstValueFrom, take, toArray } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { EVENTS } from '../../packages/fifodir/src/event.ts'
import { inOwnProcess } from '../support/own-process.ts'
import { fifosIn, newDirectory, newFifodir } from '../support/scratch.ts'

const descriptors = (): number => readdirSync('/proc/self/fd').length

/** Subscribes now; resolves with the next `count` events. */
const next = (fifodir: string, count: number): Promise<string> =>
  firstValueFrom(events(fifodir).pipe(take(count), toArray())).then((all) => all.join(''))

describe('a subscription', () => {
  test('listens when subscribe() returns: the FIFO has its final name', () => {
    const fifodir = newFifodir()
    const source = events(fifodir)
    expect(readdirSync(fifodir)).toEqual([])
    const subscription = source.subscribe()
    expect(readdirSync(fifodir)).toEqual([expect.stringMatching(/^ftrig1:@[0-9a-f]{24}:[A-Za-z0-9]{6}$/)])
    subscription.unsubscribe()
  })

  test('emits nothing before subscribe() has returned', async () => {
    const fifodir = newFifodir()
    const log: string[] = []
    const received = new Promise((resolve) => {
      const subscription = events(fifodir).subscribe((event) => {
        log.push(event)
        subscription.unsubscribe()
        resolve(event)
      })
    })
    notify(fifodir, 'U')
    log.push('returned')
    await received
    expect(log).toEqual(['returned', 'U'])
  })

  test('brings all 256 events as one-character strings, in order', async () => {
    const fifodir = newFifodir()
    const received = firstValueFrom(events(fifodir).pipe(take(256), toArray()))
    notify(fifodir, EVENTS.join(''))
    expect(await received).toEqual(EVENTS)
  })

  test('brings what came in many messages as they were sent', async () => {
    const fifodir = newFifodir()
    const received = next(fifodir, 26)
    for (const letter of 'abcdefghijklmnopqrstuvwxyz') notify(fifodir, letter)
    expect(await received).toBe('abcdefghijklmnopqrstuvwxyz')
  })

  test('holds 64 KiB for a reader that is busy', async () => {
    const fifodir = newFifodir()
    const received = next(fifodir, 65536)
    for (let count = 0; count < 16; count++) expect(notify(fifodir, 'x'.repeat(4096)).delivered).toBe(1)
    expect(notify(fifodir, 'y')).toMatchObject({ delivered: 0, full: 1 })
    expect(await received).toBe('x'.repeat(65536))
  })

  test('has a FIFO of its own for every subscriber of one Observable', async () => {
    const fifodir = newFifodir()
    const source = events(fifodir)
    const both = Promise.all([firstValueFrom(source), firstValueFrom(source)])
    expect(fifosIn(fifodir)).toHaveLength(2)
    notify(fifodir, 'U')
    expect(await both).toEqual(['U', 'U'])
  })

  test('can begin again after it has ended', async () => {
    const fifodir = newFifodir()
    const source = events(fifodir)
    for (const event of 'ab') {
      const received = firstValueFrom(source)
      notify(fifodir, event)
      expect(await received).toBe(event)
      expect(readdirSync(fifodir)).toEqual([])
    }
  })
})

describe('unsubscribe()', () => {
  test('leaves no trace: neither a name nor a descriptor', () => {
    const fifodir = newFifodir()
    const before = descriptors()
    const subscription = events(fifodir).subscribe()
    expect(descriptors()).toBe(before + 1)
    subscription.unsubscribe()
    expect(readdirSync(fifodir)).toEqual([])
    subscription.unsubscribe()
  })

  test('takes the exit listener away with the last subscription', () => {
    const fifodir = newFifodir()
    const before = process.listenerCount('exit')
    const [one, two] = [events(fifodir).subscribe(), events(fifodir).subscribe()]
    expect(process.listenerCount('exit')).toBe(before + 1)
    one.unsubscribe()
    expect(process.listenerCount('exit')).toBe(before + 1)
    two.unsubscribe()
    expect(process.listenerCount('exit')).toBe(before)
  })

  test('in the middle of a message ends it there: take(1) emits one event', async () => {
    const fifodir = newFifodir()
    const log: string[] = []
    const done = new Promise<void>((resolve) => {
      events(fifodir)
        .pipe(take(1))
        .subscribe({ next: (event) => log.push(event), complete: resolve })
    })
    const sentinel = next(fifodir, 3)
    notify(fifodir, 'abc')
    await done
    expect(fifosIn(fifodir)).toHaveLength(1)
    expect(await sentinel).toBe('abc')
    expect(log).toEqual(['a'])
  })

  test('before the event loop came to read leaves the events unread, and nothing else', async () => {
    const fifodir = newFifodir()
    const log: string[] = []
    const subscription = events(fifodir).subscribe((event) => log.push(event))
    const sentinel = next(fifodir, 1)
    notify(fifodir, 'U')
    subscription.unsubscribe()
    expect(await sentinel).toBe('U')
    expect(log).toEqual([])
  })

  test('is harmless where the fifodir is gone', () => {
    const fifodir = newFifodir()
    const subscription = events(fifodir).subscribe()
    rmSync(fifodir, { recursive: true })
    subscription.unsubscribe()
  })
})

describe('a subscription fails', () => {
  /** The failure, which must come before subscribe() returns. */
  function failureOf(path: string): FifodirError {
    let failure: unknown
    const subscription = events(path).subscribe({ error: (error) => (failure = error) })
    expect(subscription.closed).toBe(true)
    expect(failure).toBeInstanceOf(FifodirError)
    return failure as FifodirError
  }

  test('where there is no fifodir', () => {
    const path = join(newDirectory(), 'event')
    expect(failureOf(path).message).toBe(
      `cannot subscribe to ${path}: no such file or directory (ENOENT); make it first, with makeFifodir, or wait for it to appear`,
    )
  })

  test('where there is a file instead', () => {
    const path = join(newDirectory(), 'file')
    writeFileSync(path, '')
    expect(failureOf(path)).toMatchObject({ code: 'ENOTDIR', operation: 'subscribe to', path })
  })

  test('and leaves no exit listener behind', () => {
    const before = process.listenerCount('exit')
    failureOf(join(newDirectory(), 'event'))
    expect(process.listenerCount('exit')).toBe(before)
  })
})

test('a relative path is resolved when events() is called, whatever the working directory is later', async () => {
  const directory = newDirectory()
  for (const name of ['elsewhere', 'event', 'elsewhere/event']) makeFifodir(join(directory, name))
  const entries = await inOwnProcess(
    ({ events: of, fs }, parent) => {
      process.chdir(parent)
      const source = of('event')
      process.chdir('elsewhere')
      const subscription = source.subscribe()
      process.chdir('/')
      const during = [fs.readdirSync(`${parent}/event`).length, fs.readdirSync(`${parent}/elsewhere/event`).length]
      subscription.unsubscribe()
      return [during, fs.readdirSync(`${parent}/event`).length]
    },
    [directory],
  )
  expect(entries).toEqual([[1, 0], 0])
})
