/** Promise 7. */
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { inOwnProcess } from '../support/own-process.ts'
import { run } from '../support/process.ts'
import { newFifodir } from '../support/scratch.ts'

const IMPORTS = fileURLToPath(new URL('fixtures/import.mjs', import.meta.url))

describe('promise 7: importing the library', () => {
  test.each([
    ['fifodir', 13],
    ['fifodir/activation', 5],
    ['fifodir/readiness', 23],
    ['fifodir/systemd', 21],
    ['fifodir/systemd/service', 18],
  ])(
    '%s opens nothing, patches nothing, starts nothing, reads no environment, and does not load koffi',
    async (name, exported) => {
      const { code, stdout, stderr } = await run(process.execPath, [IMPORTS, name])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(JSON.parse(stdout.toString())).toEqual({
        exported,
        descriptors: [],
        resources: [],
        listeners: [],
        patched: [],
        environment: [],
        threads: 0,
        koffi: false,
      })
    },
  )
})

/** Whether koffi is in the memory of the process after it did what it was asked to. */
const mapsKoffi = (path: string, what: 'notify' | 'Notifier' | 'make and clean' | 'subscribe'): Promise<unknown> =>
  inOwnProcess(
    ({ cleanFifodir, events, makeFifodir, notify, Notifier, fs }, fifodir, act) => {
      if (act === 'notify') notify(fifodir, 'U')
      if (act === 'Notifier') new Notifier(fifodir).notify('U')
      if (act === 'make and clean') makeFifodir(`${fifodir}-2`)
      if (act === 'make and clean') cleanFifodir(fifodir)
      if (act === 'subscribe') events(fifodir).subscribe().unsubscribe()
      return fs.readFileSync('/proc/self/maps', 'utf8').includes('koffi')
    },
    [path, what],
  )

test.each(['notify', 'Notifier', 'make and clean'] as const)('to %s takes no native code', async (what) => {
  expect(await mapsKoffi(newFifodir(), what)).toBe(false)
})

test('to subscribe does: this way of looking finds it', async () => {
  expect(await mapsKoffi(newFifodir(), 'subscribe')).toBe(true)
})
