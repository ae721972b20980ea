/** The FIFOs that a killed subscriber leaves behind are swept by whoever notifies next, theirs or ours. */
import { cleanFifodir, Notifier, notify } from 'fifodir'
import { expect, test } from 'vitest'
import { describeWithPeer } from '../support/peers.ts'
import { fifodir, run, start, startFifodir } from '../support/process.ts'
import { fifosIn, newFifodir, untilSubscribed } from '../support/scratch.ts'

/** Leaves a FIFO of ours in `dir`. */
async function killOurs(dir: string): Promise<void> {
  const waiting = startFifodir(['wait', dir, 'U'])
  await untilSubscribed(dir)
  waiting.child.kill('SIGKILL')
  await waiting.ended
  expect(fifosIn(dir)).toHaveLength(1)
}

/** Leaves a FIFO of s6's in `dir`: it is held by a helper, in the same process group. */
async function killTheirs(dir: string): Promise<void> {
  const waiting = start('s6-ftrig-wait', [dir, 'U'], { detached: true })
  await untilSubscribed(dir)
  process.kill(-waiting.pid, 'SIGKILL')
  await waiting.ended
  expect(fifosIn(dir)).toHaveLength(1)
}

describeWithPeer('a killed subscriber', 's6', ['s6-ftrig-notify', 's6-ftrig-wait'], () => {
  test('of ours is swept by s6-ftrig-notify', async () => {
    const dir = newFifodir()
    await killOurs(dir)
    expect((await run('s6-ftrig-notify', [dir, 'U'])).code).toBe(0)
    expect(fifosIn(dir)).toEqual([])
  })

  test.each<[string, (dir: string) => unknown]>([
    ['notify, the command', (dir) => fifodir(['notify', dir, 'U'])],
    ['clean, the command', (dir) => fifodir(['clean', dir])],
    ['notify()', (dir) => notify(dir, 'U')],
    ['cleanFifodir()', (dir) => cleanFifodir(dir)],
    [
      'a Notifier',
      (dir) => {
        using notifier = new Notifier(dir)
        notifier.notify('U')
      },
    ],
  ])('of s6 is swept by %s', async (_, sweep) => {
    const dir = newFifodir()
    await killTheirs(dir)
    await sweep(dir)
    expect(fifosIn(dir)).toEqual([])
  })
})
