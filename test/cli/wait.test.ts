import { join } from 'node:path'
import { makeFifodir, notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { begin } from '../support/outcome.ts'
import { fifosIn, newDirectory, newFifodir, untilSubscribed } from '../support/scratch.ts'

/** Runs `wait` with `args`, and sends it `messages`, once it listens with all of its patterns. */
async function waitWhile(dir: string, args: readonly string[], ...messages: (string | Uint8Array)[]): Promise<string> {
  const waiting = begin(['wait', ...args])
  await untilSubscribed(dir, args.filter((arg) => arg === dir).length)
  for (const message of messages) notify(dir, message)
  const { ended, out, err } = await waiting.outcome
  expect({ ended, err, left: fifosIn(dir) }).toEqual({ ended: 0, err: '', left: [] })
  return out
}

describe('wait for one pattern', () => {
  test('prints the event that completed it, exits 0 and leaves no trace', async () => {
    const dir = newFifodir()
    expect(await waitWhile(dir, [dir, 'u.*U'], 'd', 'u', 's', 'U')).toBe('U\n')
  })

  test('prints the event that completed it where one message brought more', async () => {
    const dir = newFifodir()
    expect(await waitWhile(dir, [dir, 'b'], 'abc')).toBe('b\n')
  })

  test('decides after every event: U$ is found in Ud sent as one message', async () => {
    const dir = newFifodir()
    expect(await waitWhile(dir, [dir, 'U$'], 'Ud')).toBe('U\n')
  })

  test('anchors at what came first since it listens', async () => {
    const dir = newFifodir()
    notify(dir, 'x')
    expect(await waitWhile(dir, [dir, '^ab'], 'ab')).toBe('b\n')
  })

  test('an empty pattern is found at the first event, not before', async () => {
    const dir = newFifodir()
    expect(await waitWhile(dir, [dir, ''], 'x')).toBe('x\n')
  })

  test('--sequence prints all events up to the completing one', async () => {
    const dir = newFifodir()
    expect(await waitWhile(dir, ['--sequence', dir, 'u.*U'], 'xu', 'sUd')).toBe('xusU\n')
  })

  test('-q prints nothing', async () => {
    const dir = newFifodir()
    expect(await waitWhile(dir, ['-q', dir, 'U'], 'U')).toBe('')
  })

  test('takes options after operands, and short ones together', async () => {
    const dir = newFifodir()
    expect(await waitWhile(dir, [dir, 'U', '-qt', '20s'], 'U')).toBe('')
  })
})

describe('wait for several patterns', () => {
  test('waits for all, and prints DIR, tab and event in the order of the operands', async () => {
    const dir = newFifodir()
    expect(await waitWhile(dir, [dir, 'a', dir, 'b'], 'b', 'a')).toBe(`${dir}\ta\n${dir}\tb\n`)
  })

  test('-o waits for one, and prints that one alone', async () => {
    const dir = newFifodir()
    expect(await waitWhile(dir, ['-o', dir, 'a', dir, 'b'], 'b')).toBe(`${dir}\tb\n`)
  })

  test('each has its own fifodir, named in the output as it was given', async () => {
    const cwd = newDirectory()
    for (const name of ['db', 'cache']) makeFifodir(join(cwd, name))
    const waiting = begin(['wait', 'db', 'U', './cache', 'U'], { cwd })
    await Promise.all([untilSubscribed(join(cwd, 'db')), untilSubscribed(join(cwd, 'cache'))])
    notify(join(cwd, 'cache'), 'U')
    notify(join(cwd, 'db'), 'U')
    expect((await waiting.outcome).out).toBe('db\tU\n./cache\tU\n')
  })

  test('-q and --sequence hold for each', async () => {
    const dir = newFifodir()
    expect(await waitWhile(dir, ['--sequence', dir, 'a', dir, 'b'], 'xa', 'b')).toBe(`${dir}\txa\n${dir}\txab\n`)
    expect(await waitWhile(dir, ['-q', dir, 'a', dir, 'b'], 'ab')).toBe('')
  })
})

describe('wait --json', () => {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

  test('prints an object a line: dir, event, sequence and the time', async () => {
    const dir = newFifodir()
    const lines = (await waitWhile(dir, ['--json', dir, 'a', dir, 'b'], 'xa', 'b')).split('\n')
    expect(lines.map((line) => (line === '' ? '' : (JSON.parse(line) as unknown)))).toEqual([
      { dir, event: 'a', sequence: 'xa', at: expect.stringMatching(at) as string },
      { dir, event: 'b', sequence: 'xab', at: expect.stringMatching(at) as string },
      '',
    ])
  })

  test('says so where there were more events than a sequence holds', async () => {
    const dir = newFifodir()
    const printed = await waitWhile(dir, ['--json', dir, 'U'], 'x'.repeat(4096), 'U')
    expect(JSON.parse(printed)).toMatchObject({ event: 'U', sequence: `${'x'.repeat(4095)}U`, truncated: true })
  })
})
