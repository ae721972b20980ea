/** Our notifiers wake s6's subscribers. */
import { Notifier, notify } from 'fifodir'
import { expect, test } from 'vitest'
import { fifodir, FIFODIR, type Running, start } from '../support/process.ts'
import { describeWithPeer } from '../support/peers.ts'
import { fifosIn, newFifodir, untilSubscribed } from '../support/scratch.ts'
import { outcomeOf } from '../support/outcome.ts'

/** Each way that we notify. */
const ways: [string, (dir: string, message: string) => unknown][] = [
  ['notify, the command', (dir, message) => fifodir(['notify', dir, message])],
  ['notify -, the command', (dir, message) => fifodir(['notify', dir, '-'], { input: message })],
  ['notify()', (dir, message) => notify(dir, message)],
  [
    'a Notifier',
    (dir, message) => {
      using notifier = new Notifier(dir)
      for (const event of message) notifier.notify(event)
    },
  ],
]

/** Starts a subscriber of s6's in `dir`, and resolves once it listens. */
async function listening(dir: string, program: string, args: readonly string[]): Promise<Running> {
  const running = start(program, args)
  await untilSubscribed(dir)
  return running
}

const woken = { ended: 0, out: 'U\n', err: '' }

describeWithPeer('s6-ftrig-wait', 's6', ['s6-ftrig-wait'], () => {
  test.each(ways)('is woken by %s', async (_, send) => {
    const dir = newFifodir()
    const waiting = await listening(dir, 's6-ftrig-wait', ['-t', '20000', dir, 'u.*U'])
    await send(dir, 'uU')
    expect(await outcomeOf(waiting.ended)).toEqual(woken)
    expect(fifosIn(dir)).toEqual([])
  })
})

describeWithPeer('s6-ftrig-listen1', 's6', ['s6-ftrig-listen1'], () => {
  test.each(ways)('is woken by %s', async (_, send) => {
    const dir = newFifodir()
    const waiting = await listening(dir, 's6-ftrig-listen1', ['-t', '20000', dir, 'U', 'true'])
    await send(dir, 'U')
    expect(await outcomeOf(waiting.ended)).toEqual(woken)
  })

  test('is woken by notify, the command, run as its program', async () => {
    const dir = newFifodir()
    const waiting = start('s6-ftrig-listen1', ['-t', '20000', dir, 'U', FIFODIR, 'notify', '-r', dir, 'U'])
    expect(await outcomeOf(waiting.ended)).toEqual(woken)
  })
})

describeWithPeer('s6-ftrig-listen', 's6 execline', ['s6-ftrig-listen', 'execlineb'], () => {
  /** An execline script, as the braces are execline's. */
  const script = (one: string, two: string): string =>
    `s6-ftrig-listen -a -t 20000 { ${one} U ${two} d } ${FIFODIR} notify ${one} U`

  test.each(ways)('over two fifodirs is woken by %s', async (_, send) => {
    const [one, two] = [newFifodir(), newFifodir()]
    const waiting = await listening(two, 'execlineb', ['-Pc', script(one, two)])
    await send(two, 'd')
    const { ended, err } = await outcomeOf(waiting.ended)
    expect({ ended, err, left: [...fifosIn(one), ...fifosIn(two)] }).toEqual({ ended: 0, err: '', left: [] })
  })
})
