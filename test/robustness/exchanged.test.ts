/** Promise 3, against the clock: what bears the name changes between the look and the opening. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cleanFifodir, notify, Notifier } from 'fifodir'
import { expect, test } from 'vitest'
import { startOwnProcess, untilPrinted } from '../support/own-process.ts'
import { freshPath, openReader, plantFifo } from '../support/planted.ts'
import { newFifodir } from '../support/scratch.ts'

const ROUNDS = 20_000

/** A process that makes `path`, without a pause, a FIFO, a regular file, a FIFO again, a link to another FIFO, … */
function startExchanging(path: string, outside: string): ReturnType<typeof startOwnProcess> {
  return startOwnProcess(
    async ({ fs, say }, name, place) => {
      let going = true
      process.stdin.once('end', () => (going = false)).resume()
      const become = (make: (next: string) => void): void => {
        make(`${place}/next`)
        fs.renameSync(`${place}/next`, name)
      }
      say('exchanging')
      for (let turn = 0; going; turn++) {
        become((next) => fs.linkSync(`${place}/live`, next))
        become((next) => fs.linkSync(`${place}/file`, next))
        become((next) => fs.linkSync(`${place}/live`, next))
        become((next) => fs.symlinkSync(`${place}/elsewhere`, next))
        if (turn % 1000 === 0) await new Promise(setImmediate)
      }
    },
    [path, outside],
    { input: null },
  )
}

test('a FIFO that is exchanged for a file or a link, again and again, never misleads a notification', async () => {
  const fifodir = newFifodir()
  const outside = join(dirname(fifodir), 'outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'file'), 'precious')
  using live = openReader(plantFifo(outside, join(outside, 'live')))
  using elsewhere = openReader(plantFifo(outside, join(outside, 'elsewhere')))
  using notifier = new Notifier(fifodir, { maxOpen: 0 })
  const exchanging = startExchanging(freshPath(fifodir), outside)
  await untilPrinted(exchanging, 'exchanging')
  const sum = { delivered: 0, foreign: 0 }
  for (let round = 0; round < ROUNDS; round++) {
    for (const delivery of [notify(fifodir, 'U'), notifier.notify('U')]) {
      sum.delivered += delivery.delivered
      sum.foreign += delivery.foreign
    }
    cleanFifodir(fifodir)
    if (round % 1000 === 0) live.drain()
  }
  exchanging.child.stdin?.end()
  await exchanging.ended
  expect(sum.delivered, 'FIFOs met').toBeGreaterThan(0)
  expect(sum.foreign, 'files and links met').toBeGreaterThan(0)
  expect(elsewhere.drain()).toBe('')
  expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('precious')
})
