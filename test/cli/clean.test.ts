import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { notify } from 'fifodir'
import { expect, test } from 'vitest'
import { outcome } from '../support/outcome.ts'
import { plantFifo } from '../support/planted.ts'
import { startFifodir } from '../support/process.ts'
import { fifosIn, newFifodir, untilSubscribed } from '../support/scratch.ts'
import { entries } from '../support/snapshot.ts'

test('clean removes the FIFO of a subscriber that was killed, and leaves the living alone', async () => {
  const dir = newFifodir()
  const killed = startFifodir(['wait', dir, 'U'])
  await untilSubscribed(dir, 1)
  const living = startFifodir(['wait', dir, 'U'])
  await untilSubscribed(dir, 2)
  killed.child.kill('SIGKILL')
  await killed.ended
  expect(fifosIn(dir)).toHaveLength(2)
  expect(await outcome(['clean', dir])).toEqual({ ended: 0, out: '', err: '' })
  expect(notify(dir, 'U')).toMatchObject({ delivered: 1, stale: 0 })
  expect((await living.ended).code).toBe(0)
})

test('clean removes nothing but stale FIFOs', async () => {
  const dir = newFifodir()
  const name = `ftrig1:@${'0'.repeat(24)}:`
  writeFileSync(join(dir, `${name}aaaaaa`), 'kept')
  mkdirSync(join(dir, `${name}bbbbbb`))
  plantFifo(dir, join(dir, `${name}ccccccc`)) // a byte too long
  plantFifo(dir, join(dir, 'mine'))
  const before = entries(dir)
  plantFifo(dir)
  expect((await outcome(['clean', dir])).ended).toBe(0)
  expect(entries(dir)).toEqual(before)
})

test('clean goes on where one DIR fails, and exits with the first failure', async () => {
  const dir = newFifodir()
  plantFifo(dir)
  const { ended, err } = await outcome(['clean', `${dir}/none`, dir])
  expect({ ended, lines: err.split('\n').length - 1, left: fifosIn(dir) }).toEqual({ ended: 111, lines: 1, left: [] })
})

test('clean --json prints what it found in each', async () => {
  const [one, two] = [newFifodir(), newFifodir()]
  plantFifo(one)
  writeFileSync(join(one, `ftrig1:@${'0'.repeat(24)}:aaaaaa`), '')
  const { out } = await outcome(['clean', '--json', one, two])
  expect(out).toBe(
    `{"dir":"${one}","live":0,"stale":1,"denied":0,"foreign":1}\n{"dir":"${two}","live":0,"stale":0,"denied":0,"foreign":0}\n`,
  )
})
