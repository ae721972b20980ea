/** Promise 6: memory is constant, and little. */
import { expect, test } from 'vitest'
import { inOwnProcess } from '../support/own-process.ts'
import { newFifodir } from '../support/scratch.ts'

test.each(['events', 'match', 'waitFor'] as const)(
  'promise 6: a subscription that has seen 10 million events is as large as a new one: %s',
  async (kind) => {
    const grown = await inOwnProcess(
      async ({ events, match, waitFor, notify }, path, how) => {
        let seen = 0
        const count = (): void => void seen++
        const counting = events(path).subscribe(count)
        if (how === 'match') events(path).pipe(match('a.*b')).subscribe()
        if (how === 'waitFor') void waitFor(path, 'a.*b')
        const message = new Uint8Array(4096).map((_, index) => 97 + (index % 26 === 1 ? 0 : index % 26))
        const send = async (total: number): Promise<void> => {
          for (const end = seen + total; seen < end; ) {
            for (let sent = 0; sent < 16; sent++) notify(path, message)
            await new Promise(setImmediate)
          }
        }
        const memory = (): number => {
          for (let time = 0; time < 4; time++) globalThis.gc?.()
          const { heapUsed, external } = process.memoryUsage()
          return heapUsed + external
        }
        await send(1_000_000)
        const before = memory()
        await send(9_000_000)
        const after = memory()
        counting.unsubscribe()
        process.stdout.write(String(after - before), () => process.exit())
      },
      [newFifodir(), kind],
      { nodeOptions: ['--expose-gc'] },
    )
    expect(grown).toBeLessThan(256 * 1024) // a byte for every 35 events; compiled code comes and goes
  },
)
