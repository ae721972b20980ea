/** What a process asks of the kernel. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { start } from './process.ts'
import { newDirectory } from './scratch.ts'

const OBSERVED_MS = 2500

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
