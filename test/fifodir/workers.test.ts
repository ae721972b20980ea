/** Subscriptions in worker threads: each thread has its own buffer, its own list, its own end. */
import { once } from 'node:events'
import { closeSync, openSync, readdirSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { notify } from 'fifodir'
import { expect, test } from 'vitest'
import { fifosIn, newFifodir } from '../support/scratch.ts'

interface Thread {
  readonly worker: Worker
  readonly posted: string[]
  readonly ended: Promise<unknown>
}

/** A worker whose subscriptions listen. */
async function listening(fifodir: string, count: number): Promise<Thread> {
  const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: { fifodir, count } })
  const posted: string[] = []
  const ended = once(worker, 'exit')
  await once(worker, 'message')
  worker.on('message', (event: string) => posted.push(event))
  return { worker, posted, ended }
}

test('a worker that unsubscribes ends, and leaves no trace', async () => {
  const fifodir = newFifodir()
  const { posted, ended } = await listening(fifodir, 1)
  notify(fifodir, 'abq')
  await ended
  expect(posted).toEqual(['0a', '0b', '0q'])
  expect(readdirSync(fifodir)).toEqual([])
})

test('a worker that exits leaves no trace of all its subscriptions', async () => {
  const fifodir = newFifodir()
  const { ended } = await listening(fifodir, 5)
  expect(fifosIn(fifodir)).toHaveLength(5)
  notify(fifodir, 'x')
  await ended
  expect(readdirSync(fifodir)).toEqual([])
})

test('a worker that is terminated leaves at most stale FIFOs, which the next notification removes', async () => {
  const fifodir = newFifodir()
  const { worker } = await listening(fifodir, 2)
  await worker.terminate()
  const left = fifosIn(fifodir).length
  expect(notify(fifodir, 'U')).toMatchObject({ delivered: 0, stale: left })
  expect(readdirSync(fifodir)).toEqual([])
})

test('many workers at once hear every event, each in order', async () => {
  const fifodir = newFifodir()
  const threads = await Promise.all(Array.from({ length: 6 }, () => listening(fifodir, 3)))
  for (const event of 'abcdefgh') expect(notify(fifodir, event).delivered).toBe(18)
  notify(fifodir, 'q')
  await Promise.all(threads.map(({ ended }) => ended))
  for (const { posted } of threads) {
    for (const number of '012') {
      const own = posted.filter((event) => event.startsWith(number)).map((event) => event.slice(1))
      expect(own.join('')).toBe('abcdefghq')
    }
  }
  expect(readdirSync(fifodir)).toEqual([])
})

test('a worker that has subscribed and unsubscribed many times ends without a warning, or closing what is not its own', async () => {
  const fifodir = newFifodir()
  const worker = new Worker(new URL('resubscribing-worker.mjs', import.meta.url), { workerData: fifodir })
  const [warnings] = (await once(worker, 'message')) as [string[]]
  expect(warnings).toEqual([])
  // the numbers that the worker had are this thread's now
  const files = Array.from({ length: 10 }, () => openSync('/dev/null', 'r'))
  worker.postMessage('end')
  await once(worker, 'exit')
  for (const fd of files) closeSync(fd)
  expect(readdirSync(fifodir)).toEqual([])
})

test('the end of a worker does not touch the subscriptions of other threads', async () => {
  const fifodir = newFifodir()
  const [one, other] = [await listening(fifodir, 1), await listening(fifodir, 1)]
  await one.worker.terminate()
  notify(fifodir, 'aq')
  await other.ended
  expect(other.posted).toEqual(['0a', '0q'])
})
