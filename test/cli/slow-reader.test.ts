/** Output that nobody reads. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FIFODIR } from '../support/process.ts'
import { newFifodir } from '../support/scratch.ts'

test("while nobody reads PROG's output its errors come through, and -t is kept", async () => {
  const script = 'head -c 2000000 /dev/zero & echo $! >&2; read -r line; echo ERROR >&2; wait'
  const child = spawn(FIFODIR, [
    'notify-when-up',
    '--from',
    'log:never',
    '--to',
    newFifodir(),
    '-t',
    '3s',
    'sh',
    '-c',
    script,
  ])
  let err = ''
  child.stderr?.on('data', (bytes) => (err += String(bytes)))
  await expect.poll(() => err).toMatch(/^\d+\n/)
  await expect.poll(() => readFileSync(`/proc/${Number.parseInt(err, 10)}/wchan`, 'utf8')).toMatch(/pipe/) // it is full
  child.stdin?.end('\n')
  await expect.poll(() => err, { timeout: 10_000 }).toMatch(/^\d+\nERROR\n.*not ready within 3000 ms/s)
  let count = 0
  child.stdout?.on('data', ({ length }) => (count += length)).resume()
  await once(child.stdout as NodeJS.ReadableStream, 'end')
  expect(count).toBe(2_000_000)
})
