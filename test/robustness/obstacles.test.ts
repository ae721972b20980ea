/** Promise 3, continued: FIFOs that are hard to write to, and a fifodir that is crowded with what is none. */
import { chmodSync, chownSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cleanFifodir, events, notify, Notifier } from 'fifodir'
import { firstValueFrom } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { inOwnProcess, NOBODY } from '../support/own-process.ts'
import { freshPath, openReader, plantFifo } from '../support/planted.ts'
import { describeAsRoot } from '../support/root.ts'
import { newFifodir } from '../support/scratch.ts'
import { snapshot } from './snapshot.ts'

const NONE = { delivered: 0, full: 0, stale: 0, denied: 0, foreign: 0 }

describeAsRoot('a FIFO that nobody may write to', () => {
  test('is counted as denied and left alone by an owner without privileges, and others are served', async () => {
    const fifodir = newFifodir()
    chmodSync(join(fifodir, '..'), 0o755)
    chownSync(fifodir, NOBODY, NOBODY)
    const [locked, open] = [plantFifo(fifodir), plantFifo(fifodir)]
    chmodSync(locked, 0)
    chmodSync(open, 0o622)
    using reader = openReader(open)
    const before = statSync(locked)
    const counts = await inOwnProcess(
      ({ cleanFifodir: clean, notify: send, Notifier: Of }, path) => {
        const notifier = new Of(path)
        return [send(path, 'a'), notifier.notify('b'), notifier.notify('c'), clean(path)]
      },
      [fifodir],
      { asNobody: true },
    )
    const delivery = { ...NONE, delivered: 1, denied: 1 }
    expect(counts).toEqual([delivery, delivery, delivery, { live: 1, stale: 0, denied: 1, foreign: 0 }])
    expect(reader.drain()).toBe('abc')
    expect(statSync(locked)).toEqual(before)
  })
})

describe('a reader that never reads', () => {
  test('is counted as full once its pipe is, blocks nobody, and takes nothing from the others', async () => {
    const fifodir = newFifodir()
    using reader = openReader(plantFifo(fifodir))
    using notifier = new Notifier(fifodir)
    const message = 'x'.repeat(4096)
    for (let sent = 0; sent < 1000 && notify(fifodir, message).full === 0; ) sent++
    const received = firstValueFrom(events(fifodir))
    expect(notify(fifodir, message)).toEqual({ ...NONE, delivered: 1, full: 1 })
    expect(notifier.notify(message)).toEqual({ ...NONE, delivered: 1, full: 1 })
    expect(notifier.notify(message)).toEqual({ ...NONE, delivered: 1, full: 1 })
    expect(cleanFifodir(fifodir)).toEqual({ live: 2, stale: 0, denied: 0, foreign: 0 })
    expect(await received).toBe('x')
    expect(new Set(reader.drain())).toEqual(new Set('x'))
  })
})

describe('10,000 entries that are not ours', () => {
  test('are all left as they are, and the one subscriber among them is served', () => {
    const fifodir = newFifodir()
    for (let count = 0; count < 5000; count++) {
      writeFileSync(join(fifodir, `file-${count}`), '')
      symlinkSync('/dev/null', freshPath(fifodir))
    }
    using reader = openReader(plantFifo(fifodir))
    using notifier = new Notifier(fifodir)
    const before = snapshot(fifodir)
    const delivery = { ...NONE, delivered: 1, foreign: 5000 }
    expect([notify(fifodir, 'a'), notifier.notify('b'), notifier.notify('c')]).toEqual([delivery, delivery, delivery])
    expect(cleanFifodir(fifodir)).toEqual({ live: 1, stale: 0, denied: 0, foreign: 5000 })
    expect(reader.drain()).toBe('abc')
    expect(snapshot(fifodir)).toEqual(before)
    expect(readdirSync(fifodir)).toHaveLength(10_001)
  })
})
