/** Promise 4, at the points that are hit once in a million times: SIGKILL upon each system call of a subscription. */
import { readdirSync } from 'node:fs'
import { cleanFifodir, notify } from 'fifodir'
import { expect, test } from 'vitest'
import { describeWithPeer } from '../support/peers.ts'
import { run } from '../support/process.ts'
import { newFifodir } from '../support/scratch.ts'

const PROGRAM = `import { events } from 'fifodir'; events(process.argv[1]).subscribe().unsubscribe()`

/** Runs a process that subscribes and unsubscribes, and is killed when it is about to make `call`. */
async function subscribeKilledAt(call: string, fifodir: string): Promise<void> {
  const kill = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL`]
  const node = [process.execPath, '--input-type=module', '-e', PROGRAM, fifodir]
  const { signal, code, stderr } = await run('strace', [...kill, ...node])
  expect(signal ?? code, stderr).toBe('SIGKILL')
}

describeWithPeer('promise 4: a subscriber that is killed', 'strace', ['strace'], () => {
  test.each([
    ['before it has made its FIFO leaves nothing', 'mknodat', [], 0],
    ['before it has opened its FIFO for everybody leaves it hidden, until a minute later', 'fchmod', ['.ftrig1'], 0],
    ['before it listens leaves its FIFO hidden, until a minute later', 'rename', ['.ftrig1'], 0],
    ['before it has unsubscribed leaves a stale FIFO, which the next notification removes', 'unlink', ['ftrig1'], 1],
  ])('%s', async (_, call, left, stale) => {
    const fifodir = newFifodir()
    await subscribeKilledAt(call, fifodir)
    expect(readdirSync(fifodir).map((name) => name.split(':')[0])).toEqual(left)
    expect(notify(fifodir, 'U')).toEqual({ delivered: 0, full: 0, stale, denied: 0, foreign: 0 })
    expect(cleanFifodir(fifodir)).toEqual({ live: 0, stale: 0, denied: 0, foreign: 0 })
    expect(readdirSync(fifodir).filter((name) => !name.startsWith('.'))).toEqual([])
  })
})
