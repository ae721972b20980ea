/** What a process asks of the kernel. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { start } from './process.ts'
import { newDirectory } from './scratch.ts'

const OBSERVED_MS = 2500

/** Resolves once the process `pid` sleeps: what it does at its start, in all of its threads, is done. */
export async function untilAsleep(pid: number): Promise<void> {
  let before = ''
  await expect.poll(() => before === (before = switchesOf(pid)), { interval: 100, timeout: 10_000 }).toBe(true)
}

/** How often each of its threads has been run, and let go. */
function switchesOf(pid: number): string {
  const threads = readdirSync(`/proc/${pid}/task`)
  return threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')).join('')
}

/** The system calls that the process `pid` and its threads begin while they are observed, as strace prints them. */
export async function systemCallsOf(pid: number): Promise<string[]> {
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
