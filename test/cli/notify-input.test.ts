/** `notify DIR -`: standard input, as it comes. */
import { randomBytes } from 'node:crypto'
import { events } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { outcome, outcomeOf } from '../support/outcome.ts'
import { openReader, plantFifo } from '../support/planted.ts'
import { startFifodir } from '../support/process.ts'
import { newFifodir } from '../support/scratch.ts'

describe('notify -', () => {
  test('sends what comes, of whatever bytes, until its end', async () => {
    const dir = newFifodir()
    using reader = openReader(plantFifo(dir))
    const input = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
    expect(await outcome(['notify', dir, '-'], { input })).toEqual({ ended: 0, out: '', err: '' })
    expect(reader.drain()).toBe(input.toString('latin1'))
  })

  test('sends what takes more than one message in parts, whole and in order', async () => {
    const dir = newFifodir()
    using reader = openReader(plantFifo(dir))
    const input = randomBytes(40_001)
    const { ended, out } = await outcome(['notify', '-v', dir, '-'], { input })
    expect(ended).toBe(0)
    expect(Number(/^delivered (\d+)/.exec(out)?.[1])).toBeGreaterThanOrEqual(10)
    expect(reader.drain()).toBe(input.toString('latin1'))
  })

  test('sends each part when it comes, not at the end', async () => {
    const dir = newFifodir()
    const sending = startFifodir(['notify', dir, '-'], { input: null })
    const echoed: string[] = []
    await new Promise<void>((resolve) => {
      const subscription = events(dir).subscribe((event) => {
        echoed.push(event)
        sending.child.stdin?.write(String.fromCharCode(event.charCodeAt(0) + 1))
        if (event !== 'c') return
        subscription.unsubscribe()
        resolve()
      })
      sending.child.stdin?.write('a')
    })
    sending.child.stdin?.end()
    expect(echoed).toEqual(['a', 'b', 'c'])
    expect((await outcomeOf(sending.ended)).ended).toBe(0)
  })

  test('sends nothing of an empty input, and -r says that nobody was reached', async () => {
    const dir = newFifodir()
    using reader = openReader(plantFifo(dir))
    expect((await outcome(['notify', '-r', dir, '-'], { input: '' })).ended).toBe(1)
    expect(reader.drain()).toBe('')
  })

  test('adds up what became of the messages, and warns of each that was lost', async () => {
    const dir = newFifodir()
    using _ = openReader(plantFifo(dir))
    const { out, err } = await outcome(['notify', '--json', dir, '-'], { input: Buffer.alloc(128 * 1024, 'x') })
    const { delivered, full } = JSON.parse(out) as { delivered: number; full: number }
    expect(delivered).toBeGreaterThanOrEqual(16)
    expect(full).toBeGreaterThanOrEqual(16)
    expect(err).toBe(
      `fifodir: 1 lost it in ${dir}: the pipe was full; see to the subscriber that does not read\n`.repeat(full),
    )
  })

  test('exits 111 at once where there is no such fifodir, without waiting for input', async () => {
    const { ended, err } = await outcomeOf(startFifodir(['notify', '/none', '-'], { input: null }).ended)
    expect({ ended, err }).toEqual({
      ended: 111,
      err: "fifodir: cannot notify /none: no such file or directory (ENOENT); make it first, with 'fifodir make'\n",
    })
  })
})
