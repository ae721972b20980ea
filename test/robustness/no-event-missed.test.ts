/** Promise 1: from the return of subscribe() on no event is missed, whoever sends it; and no trace is left. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { events, waitFor } from 'fifodir'
import { firstValueFrom } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { newFifodir } from '../support/scratch.ts'

const NOTIFIER = fileURLToPath(new URL('fixtures/notifier.mjs', import.meta.url))

const ROUNDS = 1000

/** A process that notifies once for every message it gets, and answers with the number of subscribers reached. */
async function notifierOf(
  fifodir: string,
  kind: 'notify' | 'Notifier',
): Promise<{
  send(event: string): Promise<number>
  end(): Promise<unknown>
}> {
  const child = fork(NOTIFIER, [fifodir, kind])
  await once(child, 'message')
  return {
    async send(event) {
      const answer = once(child, 'message')
      child.send(event)
      return ((await answer) as [number])[0]
    },
    end() {
      const ended = once(child, 'exit')
      child.disconnect()
      return ended
    },
  }
}

describe.each(['notify', 'Notifier'] as const)('promise 1: with a %s in another process', (kind) => {
  test(`${ROUNDS} rounds of subscribe (or wait), notify, unsubscribe miss no event and leave no trace`, async () => {
    const fifodir = newFifodir()
    const notifier = await notifierOf(fifodir, kind)
    for (let round = 0; round < ROUNDS; round++) {
      const event = String.fromCharCode(round % 256)
      const received =
        round % 2 === 0 ? firstValueFrom(events(fifodir)) : waitFor(fifodir, '.').then((found) => found.event)
      const reached = await notifier.send(event)
      if (reached !== 1 || (await received) !== event) expect.fail(`round ${round}: ${reached} reached`)
    }
    expect(readdirSync(fifodir)).toEqual([])
    await notifier.end()
  })
})
