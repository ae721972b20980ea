/** Promise 5: idle means idle. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeFifodir, notify } from 'fifodir'
import { expect, onTestFinished, test } from 'vitest'
import { startOwnProcess, untilPrinted } from '../support/own-process.ts'
import { describeWithPeer } from '../support/peers.ts'
import { type Running, start } from '../support/process.ts'
import { newDirectory, newFifodir, untilSubscribed } from '../support/scratch.ts'

const OBSERVED_MS = 2500

/** The system calls that the process `pid` and its threads begin while they are observed, as strace prints them. */
async function systemCallsOf(pid: number): Promise<string[]> {
  const log = join(newDirectory(), 'strace')
  const strace = start('strace', ['-f', '-p', String(pid), '-o', log])
  await new Promise<void>((resolve, reject) => {
    strace.child.stderr?.on('data', (text: Buffer) => text.includes('attached') && resolve())
    strace.ended.then(({ stderr }) => reject(new Error(`strace ended: ${stderr}`)), reject)
  })
  await new Promise((resolve) => setTimeout(resolve, OBSERVED_MS))
  strace.child.kill('SIGINT')
  await strace.ended
  const lines = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  expect(lines.length, 'strace has seen the process').toBeGreaterThan(0)
  // attaching interrupts the calls that every thread sleeps in, which it resumes: one line a thread, without a result
  return lines.filter(
    (line) => !/^\d+ +(restart_syscall\(<\.\.\. .*>|\w+\(.*) <?(unfinished|detached) \.{3}>?$/.test(line),
  )
}

/** A fifodir that no busy directory leads to: whoever waits for one to appear wakes up with every change beside the way. */
function quietFifodir(): string {
  const parent = mkdtempSync('/var/tmp/fifodir-test-')
  onTestFinished(() => rmSync(parent, { recursive: true }))
  makeFifodir(join(parent, 'event'))
  return join(parent, 'event')
}

/** A process that waits for `U` that many times in `fifodir`, and, where it is told to, for a fifodir to appear. */
async function startWaiter(fifodir: string, count: number, appear: boolean): Promise<Running> {
  const waiter = startOwnProcess(
    ({ waitForAll, say }, path, patterns, toAppear) => {
      const waits = Array.from({ length: patterns }, () => [path, 'U'] as const)
      const missing = toAppear ? [[`${path}-missing`, 'U'] as const] : []
      void waitForAll([...waits, ...missing], { timeoutMs: 86_400_000, appear: toAppear })
      setImmediate(() => setImmediate(() => say('waiting')))
    },
    [fifodir, count, appear],
  )
  await untilPrinted(waiter, 'waiting')
  await untilSubscribed(fifodir, count)
  return waiter
}

describeWithPeer('promise 5: a process that waits', 'strace', ['strace'], () => {
  test('makes no system call while nothing comes: once, a hundred times, for a fifodir to appear', async () => {
    const fifodirs = [newFifodir(), newFifodir(), quietFifodir()] as const
    const waiters = await Promise.all([
      startWaiter(fifodirs[0], 1, false),
      startWaiter(fifodirs[1], 100, false),
      startWaiter(fifodirs[2], 1, true),
    ])
    expect(await Promise.all(waiters.map(({ pid }) => systemCallsOf(pid)))).toEqual([[], [], []])
    expect(fifodirs.map((fifodir) => notify(fifodir, 'x').delivered)).toEqual([1, 100, 1])
    for (const waiter of waiters) waiter.child.kill('SIGKILL')
    await Promise.all(waiters.map(({ ended }) => ended))
  })
})
