/** Promise 2: events of one notifier arrive whole and in order at whoever is not full; a full one is counted. */
import type { Delivery } from 'fifodir'
import { events } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { untilRead } from '../support/event-loop.ts'
import { inOwnProcess } from '../support/own-process.ts'
import { openReader, plantFifo } from '../support/planted.ts'
import { newFifodir } from '../support/scratch.ts'

const MESSAGES = 2000

/** Sends numbered messages of all sizes, `(A7:xxx)`, as fast as it can, and sums up what became of them. */
function sendMany(fifodir: string, letter: string, kind: 'notify' | 'Notifier'): Promise<Delivery> {
  return inOwnProcess(
    ({ notify, Notifier }, path, name, how, count) => {
      const notifier = new Notifier(path)
      const send = (text: string): Delivery => (how === 'Notifier' ? notifier.notify(text) : notify(path, text))
      const sum = { delivered: 0, full: 0, stale: 0, denied: 0, foreign: 0 }
      for (let number = 0; number < count; number++) {
        const head = `(${name}${number}:`
        const delivery = send(`${head}${'x'.repeat((number * 37) % (4096 - head.length - 1))})`)
        for (const outcome of ['delivered', 'full', 'stale', 'denied', 'foreign'] as const)
          sum[outcome] += delivery[outcome]
      }
      return sum
    },
    [fifodir, letter, kind, MESSAGES],
  ) as Promise<Delivery>
}

/** The numbers of every notifier's messages; whatever is torn or mixed up is a failure. */
function numbersIn(stream: string): Record<string, number[]> {
  const numbers: Record<string, number[]> = {}
  const rest = stream.replace(/\(([AB])(\d+):(x*)\)/g, (_, letter: string, number: string, filling: string) => {
    const whole = `(${letter}${number}:`.length + filling.length + 1
    const expected = `(${letter}${number}:`.length
    if (filling.length !== (Number(number) * 37) % (4096 - expected - 1))
      return `[${whole} bytes of ${letter}${number}]`
    ;(numbers[letter] ??= []).push(Number(number))
    return ''
  })
  expect(rest, 'torn messages').toBe('')
  return numbers
}

const isRising = (numbers: readonly number[]): boolean =>
  numbers.every((one, at) => at === 0 || one > (numbers[at - 1] as number))

describe('promise 2: while two notifiers in two processes send all they can', () => {
  test('every subscriber gets whole messages in order, and each message is received or counted as full', async () => {
    const fifodir = newFifodir()
    const diligent: string[] = []
    const subscription = events(fifodir).subscribe((event) => diligent.push(event))
    using lazy = openReader(plantFifo(fifodir))
    const [a, b] = await Promise.all([sendMany(fifodir, 'A', 'notify'), sendMany(fifodir, 'B', 'Notifier')])
    await untilRead()
    subscription.unsubscribe()
    const streams = [numbersIn(diligent.join('')), numbersIn(lazy.drain())]
    for (const [letter, sum] of [
      ['A', a],
      ['B', b],
    ] as const) {
      const received = streams.map((numbers) => numbers[letter] ?? [])
      expect(received.every(isRising)).toBe(true)
      expect(received.flat()).toHaveLength(sum.delivered)
      expect(sum).toEqual({
        delivered: sum.delivered,
        full: 2 * MESSAGES - sum.delivered,
        stale: 0,
        denied: 0,
        foreign: 0,
      })
      expect(sum.full).toBeGreaterThan(0) // the lazy one has room for a few of them
    }
  })
})
