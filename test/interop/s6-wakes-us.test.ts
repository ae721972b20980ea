/** s6's notifier wakes our subscribers. */
import { events, match, waitFor, waitForAll } from 'fifodir'
import { firstValueFrom, take, toArray } from 'rxjs'
import { expect, test } from 'vitest'
import { begin } from '../support/outcome.ts'
import { describeWithPeer } from '../support/peers.ts'
import { run } from '../support/process.ts'
import { fifosIn, newFifodir, untilSubscribed } from '../support/scratch.ts'

async function s6Notify(dir: string, message: string): Promise<void> {
  expect(await run('s6-ftrig-notify', [dir, message])).toMatchObject({ code: 0, stderr: '' })
}

describeWithPeer('s6-ftrig-notify', 's6', ['s6-ftrig-notify'], () => {
  test('wakes wait, the command', async () => {
    const dir = newFifodir()
    const waiting = begin(['wait', '--sequence', dir, 'u.*U'])
    await untilSubscribed(dir)
    await s6Notify(dir, 'su')
    await s6Notify(dir, 'dU')
    expect(await waiting.outcome).toEqual({ ended: 0, out: 'sudU\n', err: '' })
  })

  test('wakes listen, run as its PROG', async () => {
    const dir = newFifodir()
    const listening = begin(['listen', dir, 'U', '--', 's6-ftrig-notify', dir, 'U'])
    expect(await listening.outcome).toEqual({ ended: 0, out: 'U\n', err: '' })
  })

  test('is seen by events(), every byte of it', async () => {
    const dir = newFifodir()
    const seen = firstValueFrom(events(dir).pipe(take(5), toArray()))
    await s6Notify(dir, 'aé\n')
    await s6Notify(dir, 'b')
    expect(await seen).toEqual(['a', '\xc3', '\xa9', '\n', 'b'])
  })

  test('is seen by match(), again and again', async () => {
    const dir = newFifodir()
    const seen = firstValueFrom(events(dir).pipe(match('u.*U'), take(2), toArray()))
    await s6Notify(dir, 'uUd')
    await s6Notify(dir, 'usU')
    expect((await seen).map(({ sequence }) => sequence)).toEqual(['uU', 'dusU'])
  })

  test('is seen by waitFor() and waitForAll(), which leave no trace', async () => {
    const [one, two] = [newFifodir(), newFifodir()]
    const all = Promise.all([
      waitFor(one, '^U'),
      waitForAll([
        [one, 'U'],
        [two, 'd'],
      ]),
    ])
    await s6Notify(one, 'U')
    await s6Notify(two, 'd')
    const [first, both] = await all
    expect([first.event, ...both.map(({ event }) => event)]).toEqual(['U', 'U', 'd'])
    expect([...fifosIn(one), ...fifosIn(two)]).toEqual([])
  })

  test('takes the FIFO of our subscriber for a living one, however many it sends', async () => {
    const dir = newFifodir()
    const seen = firstValueFrom(events(dir).pipe(take(30), toArray()))
    for (let round = 0; round < 10; round++) {
      await s6Notify(dir, 'abc')
      if (round < 9) expect(fifosIn(dir)).toHaveLength(1)
    }
    expect((await seen).join('')).toBe('abc'.repeat(10))
  })
})
