/** The reading side with two descriptors, as it is where POSIX leaves O_RDWR on a FIFO undefined. */
import { closeSync, constants, fstatSync, openSync, readSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { closeDescriptor } from '../../packages/fifodir/src/posix/descriptor.ts'
import { openReadEnd } from '../../packages/fifodir/src/read-end.ts'
import { notify } from 'fifodir'
import { freshPath, plantFifo } from '../support/planted.ts'
import { newFifodir } from '../support/scratch.ts'

const { O_RDONLY, O_RDWR, O_WRONLY } = constants

const WAYS: [string, number[]][] = [
  ['one descriptor that is both ends', [O_RDWR]],
  ['two descriptors, one of them for writing', [O_RDONLY, O_WRONLY]],
]

describe.each(WAYS)('reading by %s', (_, ends) => {
  /** A subscription's FIFO, and its descriptors. */
  function opened(): { fifodir: string; path: string; fds: number[] } & Disposable {
    const fifodir = newFifodir()
    const path = plantFifo(fifodir)
    const fds = openReadEnd(path, 0o622, ends)
    return { fifodir, path, fds, [Symbol.dispose]: () => fds.forEach((fd) => closeDescriptor(fd)) }
  }

  test('opens that many, and the first is the one to read from', () => {
    using end = opened()
    expect(end.fds).toHaveLength(ends.length)
    notify(end.fifodir, 'U')
    const buffer = Buffer.alloc(8)
    expect(buffer.toString('latin1', 0, readSync(end.fds[0] as number, buffer))).toBe('U')
  })

  test('never blocks, and never comes to an end when notifiers come and go', () => {
    using end = opened()
    const empty = (): unknown => readSync(end.fds[0] as number, Buffer.alloc(8))
    expect(empty).toThrow(expect.objectContaining({ code: 'EAGAIN' }))
    closeSync(openSync(end.path, O_WRONLY))
    expect(empty).toThrow(expect.objectContaining({ code: 'EAGAIN' }))
  })

  test('sets the mode, whatever the umask left of it', () => {
    using end = opened()
    expect(statSync(end.path).mode & 0o7777).toBe(0o622)
  })

  test('is stale once all of its descriptors are closed', () => {
    const { fifodir, fds } = opened()
    for (const fd of fds) closeDescriptor(fd)
    expect(notify(fifodir, 'U')).toMatchObject({ delivered: 0, stale: 1 })
  })

  test('feeds a socket of the event loop, which goes on over many notifiers', async () => {
    const end = opened()
    const [fd, keeper] = end.fds as [number, number?]
    const socket = new Socket({ fd, readable: true, writable: false })
    const received: string[] = []
    for (const event of 'abc') {
      const next = new Promise((resolve) => socket.once('data', resolve))
      notify(end.fifodir, event)
      received.push(String(await next))
    }
    expect(received).toEqual(['a', 'b', 'c'])
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.destroy()
    await closed
    if (keeper !== undefined) closeDescriptor(keeper)
  })

  test('refuses what is no FIFO: it was exchanged, and is left as it is', () => {
    const path = freshPath(newFifodir())
    writeFileSync(path, 'precious', { mode: 0o600 })
    expect(() => openReadEnd(path, 0o622, ends)).toThrow(expect.objectContaining({ code: 'EEXIST' }))
    expect(statSync(path)).toMatchObject({ mode: 0o100600, size: 8 })
  })

  test('refuses what is gone', () => {
    const path = plantFifo(newFifodir())
    unlinkSync(path)
    expect(() => openReadEnd(path, 0o622, ends)).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  })
})

test('this platform’s own way is one of them', () => {
  const path = plantFifo(newFifodir())
  const fds = openReadEnd(path, 0o622)
  expect(fds).toHaveLength(process.platform === 'linux' ? 1 : 2)
  expect(fds.every((fd) => fstatSync(fd).isFIFO())).toBe(true)
  for (const fd of fds) closeDescriptor(fd)
})
