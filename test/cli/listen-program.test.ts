/** `listen … -- PROG`: subscribes, runs PROG, waits. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { begin, outcome } from '../support/outcome.ts'
import { FIFODIR } from '../support/process.ts'
import { fifosIn, newDirectory, newFifodir, untilSubscribed } from '../support/scratch.ts'

const send = (dir: string, events: string, then = ':'): string[] => [
  'sh',
  '-c',
  `"$0" notify "$1" "$2"; ${then}`,
  FIFODIR,
  dir,
  events,
]

describe('listen … -- PROG', () => {
  test('hears what PROG sends, and prints it as wait does', async () => {
    const dir = newFifodir()
    expect(await outcome(['listen', dir, 'u.*U', '--', ...send(dir, 'uU')])).toEqual({ ended: 0, out: 'U\n', err: '' })
    expect(fifosIn(dir)).toEqual([])
  })

  test('waits for all of several, or for one', async () => {
    const dir = newFifodir()
    const all = await outcome(['listen', dir, 'b', dir, 'a', '--', ...send(dir, 'ab')])
    expect(all.out).toBe(`${dir}\tb\n${dir}\ta\n`)
    const one = await outcome(['listen', '-o', dir, 'b', dir, 'x', '--', ...send(dir, 'ab')])
    expect(one.out).toBe(`${dir}\tb\n`)
  })

  test('leaves PROG running where the event has come', async () => {
    const dir = newFifodir()
    const listening = begin(['listen', dir, 'U', '--', ...send(dir, 'U', 'read -r line; echo it went on')], {
      input: null,
    })
    await untilSubscribed(dir)
    await expect.poll(() => fifosIn(dir)).toEqual([])
    listening.child.stdin?.end('\n')
    expect(await listening.outcome).toEqual({ ended: 0, out: 'U\nit went on\n', err: '' })
  })

  test('goes on waiting where PROG ends well before the event', async () => {
    const dir = newFifodir()
    const cwd = newDirectory()
    const listening = begin(['listen', dir, 'U', '--', 'touch', 'done'], { cwd })
    await expect.poll(() => existsSync(join(cwd, 'done'))).toBe(true)
    notify(dir, 'U')
    expect(await listening.outcome).toEqual({ ended: 0, out: 'U\n', err: '' })
  })

  test('what PROG sends before it fails counts as come', async () => {
    for (let round = 0; round < 20; round++) {
      const dir = newFifodir()
      const { ended } = await outcome(['listen', dir, 'U', '--', ...send(dir, 'U', 'kill -9 $$')])
      expect(ended).toBe(0)
    }
  })

  test('where only some of it came before PROG failed, that is a failure', async () => {
    const dir = newFifodir()
    expect(await outcome(['listen', dir, 'a', dir, 'x', '--', ...send(dir, 'a', 'exit 3')])).toEqual({
      ended: 1,
      out: '',
      err: 'fifodir: sh exited 3 before the events came\n',
    })
  })
})

describe('listen exits 1 at once where PROG', () => {
  test.each([
    ['exits other than 0', ['false'], 'false exited 1 before the events came'],
    ['is killed', ['sh', '-c', 'kill -TERM $$'], 'sh was killed by SIGTERM before the events came'],
    [
      'is not found',
      ['no-such-program'],
      'cannot run no-such-program: no such file or directory (ENOENT); give its path, or a name that is in PATH',
    ],
    [
      'is not executable',
      ['/dev/null'],
      'cannot run /dev/null: permission denied (EACCES); see that it is a program this user may run',
    ],
  ])('%s', async (_, program, message) => {
    const dir = newFifodir()
    expect(await outcome(['listen', '-t', '20s', dir, 'U', '--', ...program])).toEqual({
      ended: 1,
      out: '',
      err: `fifodir: ${message}\n`,
    })
    expect(fifosIn(dir)).toEqual([])
  })
})
