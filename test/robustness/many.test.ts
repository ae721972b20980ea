/** Ten thousand subscriptions in one process. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { inOwnProcess } from '../support/own-process.ts'
import { newFifodir } from '../support/scratch.ts'

const MANY = 10_000
const DESCRIPTORS = 20_000

interface Figures {
  readonly bytesEach: number
  readonly delivered: readonly number[]
  readonly received: number
  readonly left: number
}

const hardLimit = Number(/^Max open files +\d+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1])
const tooFew = hardLimit < DESCRIPTORS && process.geteuid?.() !== 0 && process.env['CI'] === undefined

test.skipIf(tooFew)(
  `${MANY} subscriptions in one process hear every event, and take under 8 kB of resident memory each`,
  async () => {
    const figures = (await inOwnProcess(
      async ({ events, notify, Notifier, fs }, path, many) => {
        const resident = (): number => {
          for (let time = 0; time < 4; time++) globalThis.gc?.()
          return process.memoryUsage.rss()
        }
        let received = 0
        const subscribe = (): { unsubscribe(): void } => events(path).subscribe(() => void received++)
        for (let count = 0; count < 100; count++) subscribe().unsubscribe() // whatever is made once is made
        await new Promise(setImmediate)
        const before = resident()
        const subscriptions = Array.from({ length: many }, subscribe)
        await new Promise(setImmediate)
        const bytesEach = (resident() - before) / many
        const notifier = new Notifier(path, { maxOpen: 100 })
        const delivered = [notify(path, 'a').delivered, notifier.notify('b').delivered]
        while (received < 2 * many) await new Promise(setImmediate)
        notifier.close()
        for (const subscription of subscriptions) subscription.unsubscribe()
        return { bytesEach, delivered, received, left: fs.readdirSync(path).length }
      },
      [newFifodir(), MANY],
      { descriptors: DESCRIPTORS, nodeOptions: ['--expose-gc'] },
    )) as Figures
    console.log(`${Math.round(figures.bytesEach)} bytes of resident memory for each of ${MANY} subscriptions`)
    expect(figures).toMatchObject({ delivered: [MANY, MANY], received: 2 * MANY, left: 0 })
    expect(figures.bytesEach).toBeLessThan(8000)
  },
)
