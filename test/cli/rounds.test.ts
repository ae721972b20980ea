/**
 * That nothing is missed, seen often: `listen DIR U -- fifodir notify DIR U`. A round takes two starts of Node, so the test
 * run does 200 of them; all 1,000 with FIFODIR_ROUNDS=1000.
 */
import { expect, test } from 'vitest'
import { outcome } from '../support/outcome.ts'
import { FIFODIR } from '../support/process.ts'
import { fifosIn, newFifodir } from '../support/scratch.ts'

const ROUNDS = Number(process.env['FIFODIR_ROUNDS'] ?? 200)
const AT_ONCE = 4

test(`${ROUNDS} rounds of listen with a notifier for PROG miss no event`, { timeout: 300_000 }, async () => {
  let left = ROUNDS
  const turn = async (): Promise<void> => {
    const dir = newFifodir()
    while (left-- > 0) {
      const round = await outcome(['listen', '-t', '60s', dir, 'U', '--', FIFODIR, 'notify', '-r', dir, 'U'])
      expect(round).toEqual({ ended: 0, out: 'U\n', err: '' })
    }
    expect(fifosIn(dir)).toEqual([])
  }
  await Promise.all(Array.from({ length: AT_ONCE }, turn))
})
