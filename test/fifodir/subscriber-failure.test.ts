/** Subscriptions that fail half-way: what was done is undone, and what there was goes on. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { events, type FifodirError, makeFifodir, notify } from 'fifodir'
import { firstValueFrom } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { mountTmpfs } from '../support/memory-file-system.ts'
import { inOwnProcess } from '../support/own-process.ts'
import { describeWithPeer } from '../support/peers.ts'
import { run } from '../support/process.ts'
import { describeAsRoot } from '../support/root.ts'
import { newFifodir } from '../support/scratch.ts'

describe('where descriptors run out', () => {
  test('a subscription fails with EMFILE and leaves nothing behind', async () => {
    const fifodir = newFifodir()
    const result = await inOwnProcess(
      ({ events: of, codeOf, fs }, path) => {
        const fds: number[] = []
        of('/dev/null/none').subscribe({ error: () => undefined }) // whatever loads late is loaded
        const listeners = process.listenerCount('exit')
        codeOf(() => {
          for (;;) fds.push(fs.openSync('/dev/null', 'r'))
        })
        const facts: unknown[] = []
        of(path).subscribe({ error: ({ code, hint }: FifodirError) => facts.push(code, hint) })
        for (const fd of fds) fs.closeSync(fd)
        return [...facts, fs.readdirSync(path), process.listenerCount('exit') - listeners]
      },
      [fifodir],
      { descriptors: 64 },
    )
    expect(result).toEqual(['EMFILE', 'raise the limit of open files (ulimit -n)', [], 0])
  })

  test('the subscriptions there are go on, and the failed ones can be tried again', async () => {
    const fifodir = newFifodir()
    const result = await inOwnProcess(
      async ({ events: of, notify: send, fs }, path) => {
        const live: { unsubscribe(): void }[] = []
        const received: string[] = []
        let failures = 0
        const subscribe = (): void => {
          const subscription = of(path).subscribe({ next: (event) => received.push(event), error: () => failures++ })
          if (!subscription.closed) live.push(subscription)
        }
        while (failures < 3) subscribe()
        live.pop()?.unsubscribe()
        await new Promise(setImmediate) // the descriptor is closed in the next turn of the event loop
        subscribe()
        live[0]?.unsubscribe() // reading the directory takes a descriptor, too
        live[1]?.unsubscribe()
        await new Promise(setImmediate)
        const { delivered } = send(path, 'U')
        while (received.length < delivered) await new Promise(setImmediate)
        const entries = fs.readdirSync(path).length
        for (const subscription of live) subscription.unsubscribe()
        return {
          failures,
          missing: live.length - 2 - delivered,
          entries: entries - delivered,
          left: fs.readdirSync(path),
        }
      },
      [fifodir],
      { descriptors: 64 },
    )
    expect(result).toEqual({ failures: 3, missing: 0, entries: 0, left: [] })
  })
})

const SUBSCRIBE = `
  import fs from 'node:fs'
  import { events } from 'fifodir'
  events('/dev/null/none').subscribe({ error() {} }) // whatever loads late is loaded
  const before = fs.readdirSync('/proc/self/fd').length
  let failure
  events(process.argv[1]).subscribe({ error: ({ code }) => (failure = code) })
  const left = fs.readdirSync('/proc/self/fd').length - before
  console.log(failure, left)`

describeWithPeer('where a system call fails', 'strace', ['strace'], () => {
  test.each(['mknodat', 'fchmod', 'rename'])('%s, the subscription does, and leaves nothing behind', async (call) => {
    const fifodir = newFifodir()
    const failing = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:error=EROFS`]
    const node = [process.execPath, '--input-type=module', '-e', SUBSCRIBE, fifodir]
    const { stdout, stderr } = await run('strace', [...failing, ...node])
    expect({ stdout: stdout.toString(), stderr }).toEqual({ stdout: 'EROFS 0\n', stderr: '' })
    expect(readdirSync(fifodir)).toEqual([])
  })
})

describeAsRoot('where the file system is full', () => {
  test('a subscription fails with ENOSPC, leaves nothing behind, and others hear on', async () => {
    using small = mountTmpfs(4) // its root, the fifodir, two subscriptions
    const fifodir = join(small.path, 'event')
    makeFifodir(fifodir)
    const first = firstValueFrom(events(fifodir))
    const second = firstValueFrom(events(fifodir))
    const entries = readdirSync(fifodir)
    await expect(firstValueFrom(events(fifodir))).rejects.toMatchObject({
      code: 'ENOSPC',
      message: `cannot subscribe to ${fifodir}: no space left on device (ENOSPC); make room on its file system (a FIFO takes an inode), or raise the limit of file watches`,
    })
    expect(readdirSync(fifodir)).toEqual(entries)
    expect(notify(fifodir, 'U').delivered).toBe(2)
    expect(await Promise.all([first, second])).toEqual(['U', 'U'])
    const again = firstValueFrom(events(fifodir))
    notify(fifodir, 'V')
    expect(await again).toBe('V')
  })

  test('a fifodir cannot be made, and nothing is left behind', () => {
    using small = mountTmpfs(2)
    writeFileSync(join(small.path, 'last'), '')
    expect(() => makeFifodir(join(small.path, 'event'))).toThrow(expect.objectContaining({ code: 'ENOSPC' }))
    expect(readdirSync(small.path)).toEqual(['last'])
  })

  test('notifying goes on: it takes no room', () => {
    using small = mountTmpfs(3)
    const fifodir = join(small.path, 'event')
    makeFifodir(fifodir)
    const subscription = events(fifodir).subscribe()
    expect(notify(fifodir, 'U').delivered).toBe(1)
    subscription.unsubscribe()
  })
})
