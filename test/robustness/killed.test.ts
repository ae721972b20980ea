/** Promise 4: SIGKILL at any point leaves at most a stale FIFO, which the next notify removes. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { events, notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { startOwnProcess, untilPrinted } from '../support/own-process.ts'
import { fifosIn, newFifodir } from '../support/scratch.ts'

const SUBSCRIBER = fileURLToPath(new URL('fixtures/subscriber.mjs', import.meta.url))

const KILLS = 50
const SUBSCRIPTIONS = 100
const SURVIVORS = 3

/** A process with a hundred subscriptions, which listen, and which has received something through them. */
async function victimIn(fifodir: string): Promise<ChildProcess> {
  const victim = fork(SUBSCRIBER, [fifodir, String(SUBSCRIPTIONS)])
  await once(victim, 'message')
  return victim
}

async function kill(victim: ChildProcess): Promise<void> {
  const ended = once(victim, 'exit')
  victim.kill('SIGKILL')
  await ended
}

/** A process that sends the bytes 0 to 255, over and over, until its input ends. */
function startStream(fifodir: string): ReturnType<typeof startOwnProcess> {
  return startOwnProcess(
    async ({ Notifier, say }, path) => {
      const notifier = new Notifier(path)
      let sent = 0
      let streaming = true
      process.stdin.once('end', () => (streaming = false)).resume()
      say('streaming')
      for (; streaming; sent++) {
        notifier.notify(Uint8Array.of(sent % 256))
        await new Promise((resolve) => setTimeout(resolve, 2)) // leaves time to start the next victim
      }
      say(`sent ${sent}`)
    },
    [fifodir],
    { input: null },
  )
}

describe(`promise 4: a process with ${SUBSCRIPTIONS} subscriptions, killed in the middle of a stream ${KILLS} times`, () => {
  test('takes nothing from the survivors, and leaves nothing that the next notification does not remove', async () => {
    const fifodir = newFifodir()
    const counts = Array.from({ length: SURVIVORS }, () => 0)
    const survivors = counts.map((_, index) =>
      events(fifodir).subscribe((event) => {
        const expected = (counts[index] as number)++ % 256
        if (event.charCodeAt(0) !== expected) expect.fail(`survivor ${index} missed event ${counts[index]}`)
      }),
    )
    const stream = startStream(fifodir)
    await untilPrinted(stream, 'streaming')
    const killAll = async (): Promise<void> => {
      for (let round = 0; round < KILLS / 2; round++) await kill(await victimIn(fifodir))
    }
    await Promise.all([killAll(), killAll()])
    stream.child.stdin?.end()
    const { stdout } = await stream.ended
    const sent = Number(/sent (\d+)/.exec(stdout.toString())?.[1])
    expect(sent).toBeGreaterThan(1000)
    await expect.poll(() => counts).toEqual(counts.map(() => sent))
    for (const survivor of survivors) survivor.unsubscribe()
    notify(fifodir, 'U')
    expect(readdirSync(fifodir)).toEqual([])
  })

  test('has its FIFOs removed by the next notification, which counts them', async () => {
    const fifodir = newFifodir()
    const victim = await victimIn(fifodir)
    expect(fifosIn(fifodir)).toHaveLength(SUBSCRIPTIONS)
    await kill(victim)
    expect(notify(fifodir, 'U')).toMatchObject({ delivered: 0, stale: SUBSCRIPTIONS })
    expect(readdirSync(fifodir)).toEqual([])
  })
})
