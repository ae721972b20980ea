import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { outcome } from '../support/outcome.ts'
import { freshPath, openReader, plantFifo, type Reader } from '../support/planted.ts'
import { fifosIn, newFifodir } from '../support/scratch.ts'

/** A subscriber in the test's own hand. */
function newReader(dir: string): Reader {
  return openReader(plantFifo(dir))
}

describe('notify', () => {
  test('sends every byte to every subscriber, in one piece, and says nothing', async () => {
    const dir = newFifodir()
    using one = newReader(dir)
    using other = newReader(dir)
    expect(await outcome(['notify', dir, 'suU'])).toEqual({ ended: 0, out: '', err: '' })
    expect([one.drain(), other.drain()]).toEqual(['suU', 'suU'])
  })

  test('sends to nobody, and exits 0', async () => {
    expect(await outcome(['notify', newFifodir(), 'U'])).toEqual({ ended: 0, out: '', err: '' })
  })

  test('-r exits 1 where nobody was reached, and says so', async () => {
    const dir = newFifodir()
    plantFifo(dir)
    expect(await outcome(['notify', '-r', dir, 'U'])).toEqual({
      ended: 1,
      out: '',
      err: `fifodir: nobody was reached in ${dir}; subscribe first, or leave out -r\n`,
    })
  })

  test('-r exits 0 where somebody was', async () => {
    const dir = newFifodir()
    using _ = newReader(dir)
    expect(await outcome(['notify', '-r', dir, 'U'])).toEqual({ ended: 0, out: '', err: '' })
  })

  test('-v prints the counts; the stale are gone afterwards', async () => {
    const dir = newFifodir()
    using _ = newReader(dir)
    plantFifo(dir)
    expect((await outcome(['notify', '-v', dir, 'U'])).out).toBe('delivered 1, full 0, stale 1, denied 0, foreign 0\n')
    expect(fifosIn(dir)).toHaveLength(1)
  })

  test('--json prints them as an object', async () => {
    const dir = newFifodir()
    plantFifo(dir)
    expect((await outcome(['notify', '--json', dir, 'U'])).out).toBe(
      `{"dir":"${dir}","delivered":0,"full":0,"stale":1,"denied":0,"foreign":0}\n`,
    )
  })

  test('warns of a full pipe, without blocking, and of nothing else', async () => {
    const dir = newFifodir()
    using _ = newReader(dir)
    while (notify(dir, 'x'.repeat(4096)).full === 0);
    expect(await outcome(['notify', '-v', dir, 'x'.repeat(4096)])).toEqual({
      ended: 0,
      out: 'delivered 0, full 1, stale 0, denied 0, foreign 0\n',
      err: `fifodir: 1 lost it in ${dir}: the pipe was full; see to the subscriber that does not read\n`,
    })
  })

  test('warns of what is called as a subscription and is no FIFO, and leaves it as it is', async () => {
    const dir = newFifodir()
    const target = join(dir, 'target')
    writeFileSync(target, 'kept')
    symlinkSync(target, freshPath(dir))
    writeFileSync(freshPath(dir), 'kept')
    expect(await outcome(['notify', dir, 'U'])).toEqual({
      ended: 0,
      out: '',
      err: `fifodir: 2 in ${dir} named like a subscription, but no FIFO: left alone; remove what you do not know\n`,
    })
    expect(readFileSync(target, 'utf8')).toBe('kept')
  })

  test('takes EVENTS that begin with a dash after --', async () => {
    const dir = newFifodir()
    using reader = newReader(dir)
    expect((await outcome(['notify', dir, '--', '-v'])).ended).toBe(0)
    expect(reader.drain()).toBe('-v')
  })

  test('sends 4,096 bytes as one message', async () => {
    const dir = newFifodir()
    using reader = newReader(dir)
    expect((await outcome(['notify', dir, 'é'.repeat(2048)])).ended).toBe(0)
    expect(reader.drain()).toBe('Ã©'.repeat(2048))
  })
})
