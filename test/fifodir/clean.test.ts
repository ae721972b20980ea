import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cleanFifodir, events, FifodirError } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { freshPath, openReader, plantFifo } from '../support/planted.ts'
import { fifosIn, newDirectory, newFifodir } from '../support/scratch.ts'

describe('cleaning', () => {
  test('removes the FIFOs whose subscribers are dead, and counts them', () => {
    const fifodir = newFifodir()
    for (let count = 0; count < 3; count++) plantFifo(fifodir)
    expect(cleanFifodir(fifodir)).toEqual({ live: 0, stale: 3, denied: 0, foreign: 0 })
    expect(readdirSync(fifodir)).toEqual([])
  })

  test('leaves the living alone: they hear what comes, and nothing else', () => {
    const fifodir = newFifodir()
    using reader = openReader(plantFifo(fifodir))
    const subscription = events(fifodir).subscribe()
    expect(cleanFifodir(fifodir)).toEqual({ live: 2, stale: 0, denied: 0, foreign: 0 })
    expect(reader.drain()).toBe('')
    expect(fifosIn(fifodir)).toHaveLength(2)
    subscription.unsubscribe()
  })

  test('leaves what is no FIFO, and what is still hidden', () => {
    const fifodir = newFifodir()
    const file = freshPath(fifodir)
    const hidden = join(fifodir, `.${freshPath('').slice(1)}`)
    writeFileSync(file, '')
    plantFifo(fifodir, hidden)
    expect(cleanFifodir(fifodir)).toEqual({ live: 0, stale: 0, denied: 0, foreign: 1 })
    expect([file, hidden].map((path) => existsSync(path))).toEqual([true, true])
  })

  test('of what is no fifodir fails with the reason', () => {
    const directory = newDirectory()
    writeFileSync(join(directory, 'file'), '')
    const attempts = [
      ['missing', 'ENOENT', 'make it first, with makeFifodir'],
      ['file', 'ENOTDIR', 'name the fifodir itself'],
    ] as const
    for (const [name, code, hint] of attempts) {
      const path = join(directory, name)
      expect(() => cleanFifodir(path)).toThrow(
        expect.objectContaining({ constructor: FifodirError, code, operation: 'clean', path, hint }),
      )
    }
  })
})
