/** `wait … -- PROG`: the command becomes PROG. What PROG inherits is in inherit.test.ts. */
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { begin, type Outcome } from '../support/outcome.ts'
import { fifosIn, newDirectory, newFifodir, untilSubscribed } from '../support/scratch.ts'

/** Runs `wait DIR U -- PROG` to the end of PROG. */
async function become(
  program: readonly string[],
  options?: Parameters<typeof begin>[1],
): Promise<Outcome & { pid: number }> {
  const dir = newFifodir()
  const waiting = begin(['wait', '-q', dir, 'U', '--', ...program], options)
  await untilSubscribed(dir)
  notify(dir, 'U')
  const outcome = await waiting.outcome
  expect(fifosIn(dir)).toEqual([])
  return { ...outcome, pid: waiting.pid }
}

describe('wait … -- PROG', () => {
  test('keeps the pid, and ends as PROG does', async () => {
    const { pid, ...outcome } = await become(['sh', '-c', 'echo $$; exit 7'])
    expect(outcome).toEqual({ ended: 7, out: `${pid}\n`, err: '' })
  })

  test('is ended by what ends PROG', async () => {
    expect(await become(['sh', '-c', 'kill -USR1 $$'])).toMatchObject({ ended: 'SIGUSR1' })
  })

  test('prints the event before PROG prints anything, and PROG reads what the command was given', async () => {
    const dir = newFifodir()
    const waiting = begin(['wait', dir, 'U', '--', 'cat'], { input: 'from standard input' })
    await untilSubscribed(dir)
    notify(dir, 'U')
    expect(await waiting.outcome).toEqual({ ended: 0, out: 'U\nfrom standard input', err: '' })
  })

  test('finds PROG by a name in PATH, by a path, and by a path from the working directory', async () => {
    const cwd = newDirectory()
    writeFileSync(join(cwd, 'mine'), '#!/bin/sh\necho "$0"\n')
    chmodSync(join(cwd, 'mine'), 0o755)
    const env = { ...process.env, PATH: `${cwd}:${process.env['PATH']}` }
    expect((await become(['mine'], { env })).out).toBe(`${cwd}/mine\n`)
    expect((await become([join(cwd, 'mine')])).out).toBe(`${cwd}/mine\n`)
    expect((await become(['./mine'], { cwd })).out).toBe('./mine\n')
  })

  test('gives a script without #! to the shell', async () => {
    const cwd = newDirectory()
    writeFileSync(join(cwd, 'mine'), 'echo "$@"\n')
    chmodSync(join(cwd, 'mine'), 0o755)
    expect((await become(['./mine', 'a', '-b'], { cwd })).out).toBe('a -b\n')
  })

  test.each([
    ['no-such-program', 127, 'no such file or directory (ENOENT); give its path, or a name that is in PATH'],
    ['', 127, 'no such file or directory (ENOENT); give its path, or a name that is in PATH'],
    ['./none', 127, 'no such file or directory (ENOENT); give its path, or a name that is in PATH'],
    ['/dev/null', 126, 'permission denied (EACCES); see that it is a program this user may run'],
    ['/', 126, 'permission denied (EACCES); see that it is a program this user may run'],
    ['/dev/null/x', 126, 'not a directory (ENOTDIR); see that it is a program this user may run'],
  ])("exits as shells do where PROG cannot be run: '%s', %i", async (program, code, reason) => {
    expect(await become([program, 'x'])).toMatchObject({
      ended: code,
      out: '',
      err: `fifodir: cannot run ${program}: ${reason}\n`,
    })
  })

  test('does not touch PROG where the command line is wrong, or the wait fails', async () => {
    const cwd = newDirectory()
    await begin(['wait', 'none', 'U', '--', 'touch', 'new'], { cwd }).outcome
    await begin(['wait', '.', '(', '--', 'touch', 'new'], { cwd }).outcome
    expect((await begin(['wait', '-t', '1', '.', 'U', '--', 'touch', 'new'], { cwd }).outcome).ended).toBe(99)
    expect((await begin(['make', 'new'], { cwd }).outcome).ended).toBe(0)
  })

  test('waits for several before it becomes PROG once', async () => {
    const dir = newFifodir()
    const waiting = begin(['wait', dir, 'a', dir, 'b', '--', 'echo', 'now'])
    await untilSubscribed(dir, 2)
    notify(dir, 'b')
    notify(dir, 'a')
    expect((await waiting.outcome).out).toBe(`${dir}\ta\n${dir}\tb\nnow\n`)
  })
})
