/** What is left of subscriptions when their process, or thread, ends. */
import { readdirSync } from 'node:fs'
import { notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { inOwnProcess, startOwnProcess } from '../support/own-process.ts'
import { newFifodir, untilSubscribed } from '../support/scratch.ts'

describe('a process that ends in an orderly way leaves no trace of its subscriptions', () => {
  test('by process.exit()', async () => {
    const fifodir = newFifodir()
    const entries = await inOwnProcess(
      ({ events, fs, say }, path) => {
        for (let count = 0; count < 3; count++) events(path).subscribe()
        say(String(fs.readdirSync(path).length))
        process.exit()
      },
      [fifodir],
    )
    expect(entries).toBe(3)
    expect(readdirSync(fifodir)).toEqual([])
  })

  test('by an uncaught exception', async () => {
    const fifodir = newFifodir()
    const { ended } = startOwnProcess(
      ({ events }, path) => {
        events(path).subscribe(() => {
          throw new Error('of the consumer')
        })
      },
      [fifodir],
    )
    await untilSubscribed(fifodir)
    notify(fifodir, 'U')
    expect(await ended).toMatchObject({ code: 1, stderr: expect.stringContaining('Error: of the consumer') })
    expect(readdirSync(fifodir)).toEqual([])
  })

  test('by having nothing left to do, as its last subscription ends', async () => {
    const fifodir = newFifodir()
    const { ended } = startOwnProcess(
      ({ events }, path) => {
        const subscription = events(path).subscribe(() => subscription.unsubscribe())
      },
      [fifodir],
    )
    await untilSubscribed(fifodir)
    notify(fifodir, 'U')
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
    expect(readdirSync(fifodir)).toEqual([])
  })

  test('by a relative path and a changed working directory', async () => {
    const fifodir = newFifodir()
    await inOwnProcess(
      ({ events }, path) => {
        process.chdir(path)
        events('.').subscribe()
        process.chdir('/')
        process.exit()
      },
      [fifodir],
    )
    expect(readdirSync(fifodir)).toEqual([])
  })
})

test('a subscription keeps its process alive', async () => {
  const fifodir = newFifodir()
  const subscriber = startOwnProcess(({ events }, path) => void events(path).subscribe(), [fifodir])
  await untilSubscribed(fifodir)
  expect(notify(fifodir, 'U').delivered).toBe(1)
  subscriber.child.kill('SIGKILL')
  expect((await subscriber.ended).signal).toBe('SIGKILL')
})

test('a program that a subscriber started does not keep its FIFO alive: it inherits no end of it', async () => {
  const fifodir = newFifodir()
  const subscriber = startOwnProcess(
    ({ events, say }, path) => {
      events(path).subscribe()
      const { spawn } = process.getBuiltinModule('node:child_process')
      say(String(spawn('sleep', ['60'], { stdio: 'ignore', detached: true }).pid))
    },
    [fifodir],
  )
  const sleeper = await new Promise<number>((resolve) => {
    subscriber.child.stdout?.once('data', (line: Buffer) => resolve(Number(line)))
  })
  subscriber.child.kill('SIGKILL')
  await subscriber.ended
  expect(notify(fifodir, 'U')).toMatchObject({ delivered: 0, stale: 1 })
  process.kill(sleeper)
})
