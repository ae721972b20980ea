import { closeSync, constants, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { cleanFifodir, notify, Notifier } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { makeFifo } from '../../packages/fifodir/src/posix/fifo.ts'
import { tai64nLabel } from '../../packages/fifodir/src/tai64n.ts'
import { newFifodir } from '../support/scratch.ts'

/** Leaves a FIFO under the hidden name that it would have been given so long ago. */
function hide(fifodir: string, ageMs: number): string {
  const path = join(fifodir, `.ftrig1:${tai64nLabel(Date.now() - ageMs)}:AAAAAA`)
  makeFifo(path, 0o622)
  return path
}

describe.each([
  ['notify', (fifodir: string) => notify(fifodir, 'U').stale],
  ['Notifier', (fifodir: string) => new Notifier(fifodir).notify('U').stale],
  ['cleanFifodir', (fifodir: string) => cleanFifodir(fifodir).stale],
])('%s', (_, sweep) => {
  test('removes the hidden FIFO of a subscriber that died while it made it, a minute ago', () => {
    const fifodir = newFifodir()
    hide(fifodir, 61_000)
    expect(sweep(fifodir)).toBe(1)
    expect(readdirSync(fifodir)).toEqual([])
  })

  test('leaves one that is younger: it may be being made', () => {
    const fifodir = newFifodir()
    hide(fifodir, 55_000)
    expect(sweep(fifodir)).toBe(0)
    expect(readdirSync(fifodir)).toHaveLength(1)
  })

  test('leaves one that somebody reads, and sends nothing to it', () => {
    const fifodir = newFifodir()
    const reader = openSync(hide(fifodir, 61_000), constants.O_RDWR | constants.O_NONBLOCK)
    expect(sweep(fifodir)).toBe(0)
    expect(readdirSync(fifodir)).toHaveLength(1)
    expect(() => readSync(reader, Buffer.alloc(1))).toThrow('EAGAIN')
    closeSync(reader)
  })
})

test('a Notifier that found a FIFO being made looks at it again, though nothing changes', () => {
  const fifodir = newFifodir()
  using notifier = new Notifier(fifodir)
  hide(fifodir, 59_900)
  expect(notifier.notify('U').stale).toBe(0)
  while (notifier.notify('U').stale === 0) expect(readdirSync(fifodir)).toHaveLength(1)
  expect(readdirSync(fifodir)).toEqual([])
})
