/** Notifying when descriptors run out: in processes of their own, whose limit is low. */
import { descriptorLimit } from '../../packages/fifodir/src/posix/descriptor-limit.ts'
import { expect, test } from 'vitest'
import { inOwnProcess } from '../support/own-process.ts'
import { openReader, plantFifo, type Reader } from '../support/planted.ts'
import { newFifodir } from '../support/scratch.ts'

const SUBSCRIBERS = 100

/** A fifodir with a hundred subscribers, whose descriptors are this process's. */
function crowdedFifodir(): { fifodir: string; received(): Set<string> } & Disposable {
  const fifodir = newFifodir()
  const readers: Reader[] = Array.from({ length: SUBSCRIBERS }, () => openReader(plantFifo(fifodir)))
  return {
    fifodir,
    received: () => new Set(readers.map((reader) => reader.drain())),
    [Symbol.dispose]: () => {
      for (const reader of readers) reader[Symbol.dispose]()
    },
  }
}

test('the limit is the one that the process was started with', async () => {
  expect(descriptorLimit()).toBeGreaterThanOrEqual(256)
  using crowd = crowdedFifodir()
  const kept = await inOwnProcess(
    ({ Notifier, fs }, path) => {
      const open = (): number => fs.readdirSync('/proc/self/fd').length
      const before = open()
      new Notifier(path).notify('U')
      return open() - before
    },
    [crowd.fifodir],
    { descriptors: 80 },
  )
  expect(kept).toBe(40) // half of it, with a hundred to serve
})

test('a notifier that may keep more than there is lets go, keeps fewer, and reaches everybody', async () => {
  using crowd = crowdedFifodir()
  const result = await inOwnProcess(
    ({ Notifier, fs }, path) => {
      const notifier = new Notifier(path, { maxOpen: 1000 })
      const deliveries = ['a', 'b', 'c'].map((event) => notifier.notify(event).delivered)
      const room = fs.openSync('/dev/null', 'r') // what it keeps leaves room for others
      fs.closeSync(room)
      notifier.close()
      return deliveries
    },
    [crowd.fifodir],
    { descriptors: 64 },
  )
  expect(result).toEqual([SUBSCRIBERS, SUBSCRIBERS, SUBSCRIBERS])
  expect(crowd.received()).toEqual(new Set(['abc']))
})

test('a notifier makes room with what it keeps where others took the last descriptor', async () => {
  using crowd = crowdedFifodir()
  const result = await inOwnProcess(
    ({ Notifier, codeOf, fs }, path) => {
      const notifier = new Notifier(path, { maxOpen: 10 })
      const before = notifier.notify('a').delivered
      codeOf(() => {
        for (;;) fs.openSync('/dev/null', 'r')
      })
      return [before, notifier.notify('b').delivered, notifier.notify('c').delivered]
    },
    [crowd.fifodir],
    { descriptors: 64 },
  )
  expect(result).toEqual([SUBSCRIBERS, SUBSCRIBERS, SUBSCRIBERS])
  expect(crowd.received()).toEqual(new Set(['abc']))
})

test('without a single descriptor notifying fails with EMFILE, and says what to raise', async () => {
  using crowd = crowdedFifodir()
  const messages = await inOwnProcess(
    ({ Notifier, notify, cleanFifodir, codeOf, fs }, path) => {
      const notifier = new Notifier(path)
      codeOf(() => {
        for (;;) fs.openSync('/dev/null', 'r')
      })
      return [() => notify(path, 'U'), () => notifier.notify('U'), () => cleanFifodir(path)].map((act) => {
        try {
          return act()
        } catch (error) {
          return (error as Error).message
        }
      })
    },
    [crowd.fifodir],
    { descriptors: 64 },
  )
  const tail = `${crowd.fifodir}: too many open files (EMFILE); raise the limit of open files (ulimit -n)`
  expect(messages).toEqual([`cannot notify ${tail}`, `cannot notify ${tail}`, `cannot clean ${tail}`])
  expect(crowd.received()).toEqual(new Set(['']))
})

test('one descriptor more than it takes to read the directory is enough to notify everybody', async () => {
  using crowd = crowdedFifodir()
  const delivered = await inOwnProcess(
    ({ notify, codeOf, fs }, path) => {
      let last = 0
      codeOf(() => {
        for (;;) last = fs.openSync('/dev/null', 'r')
      })
      fs.closeSync(last)
      return notify(path, 'U').delivered
    },
    [crowd.fifodir],
    { descriptors: 64 },
  )
  expect(delivered).toBe(SUBSCRIBERS)
  expect(crowd.received()).toEqual(new Set(['U']))
})
