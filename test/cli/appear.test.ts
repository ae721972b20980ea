/** `--appear`: a fifodir that does not exist yet is waited for. */
import { mkdirSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFifodir, notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { begin } from '../support/outcome.ts'
import { newDirectory, newFifodir, untilSubscribed } from '../support/scratch.ts'

/** Resolves once the process watches the file system. */
async function untilWatching(pid: number): Promise<void> {
  const opened = (): string[] => readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
  await expect.poll(opened, { interval: 5 }).toContain('anon_inode:inotify')
}

describe.each([
  ['wait', []],
  ['listen', ['-n', '1']],
])('%s --appear', (command, args) => {
  test('waits for a fifodir whose parents do not exist yet, and hears it from then on', async () => {
    const root = newDirectory()
    const dir = join(root, 'a/b/event')
    const waiting = begin([command, ...args, '--appear', dir, 'U'])
    await untilWatching(waiting.pid)
    mkdirSync(dirname(dir), { recursive: true })
    makeFifodir(dir)
    await untilSubscribed(dir)
    notify(dir, 'U')
    expect(await waiting.outcome).toEqual({ ended: 0, out: 'U\n', err: '' })
  })

  test('takes one that is there at once', async () => {
    const dir = newFifodir()
    const waiting = begin([command, ...args, '--appear', dir, 'U'])
    await untilSubscribed(dir)
    notify(dir, 'U')
    expect(await waiting.outcome).toEqual({ ended: 0, out: 'U\n', err: '' })
  })
})

test('listen --appear starts PROG at once, which may make the fifodir itself', async () => {
  const dir = join(newDirectory(), 'event')
  const listening = begin(['listen', '--appear', dir, 'U', '--', 'mkdir', '-m', '1733', dir])
  await expect.poll(() => readdirSync(dirname(dir)), { interval: 5 }).toEqual(['event'])
  await untilSubscribed(dir)
  notify(dir, 'U')
  expect(await listening.outcome).toEqual({ ended: 0, out: 'U\n', err: '' })
})

test('what stands in the way is an error, as without it', async () => {
  const dir = newFifodir()
  rmSync(dir, { recursive: true })
  const { ended, err } = await begin(['wait', '--appear', '/dev/null/event', 'U']).outcome
  expect({ ended, err }).toEqual({
    ended: 111,
    err: 'fifodir: cannot subscribe to /dev/null/event: not a directory (ENOTDIR); name the fifodir itself\n',
  })
})
