/** `listen` without PROG: every match, as it comes. */
import { notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { begin } from '../support/outcome.ts'
import { fifosIn, newFifodir, untilSubscribed } from '../support/scratch.ts'

/** Runs `listen` with `args` to its end, and sends it `messages`, once it listens. */
async function listenWhile(
  dir: string,
  args: readonly string[],
  ...messages: (string | Uint8Array)[]
): Promise<string> {
  const listening = begin(['listen', ...args])
  await untilSubscribed(dir, args.filter((arg) => arg === dir).length)
  for (const message of messages) notify(dir, message)
  const { ended, out, err } = await listening.outcome
  expect({ ended, err, left: fifosIn(dir) }).toEqual({ ended: 0, err: '', left: [] })
  return out
}

describe('listen', () => {
  test('prints every event where there is no PATTERN, until it has printed -n', async () => {
    const dir = newFifodir()
    expect(await listenWhile(dir, ['-n', '3', dir], 'a', 'bcd')).toBe('a\nb\nc\n')
  })

  test('prints every match, one beginning after the other', async () => {
    const dir = newFifodir()
    expect(await listenWhile(dir, ['-n', '2', dir, 'u.*U'], 'UuUU', 'u', 'dU')).toBe('U\nU\n')
  })

  test('--sequence prints what came since the last match', async () => {
    const dir = newFifodir()
    expect(await listenWhile(dir, ['-n', '2', '--sequence', dir, 'U'], 'suU', 'dU')).toBe('suU\ndU\n')
  })

  test('of several prints DIR, tab and event as they come; -n counts all of them', async () => {
    const dir = newFifodir()
    const listening = begin(['listen', '-n', '3', dir, 'a', dir, 'b'])
    await untilSubscribed(dir, 2)
    const messages = ['a', 'b']
    listening.child.stdout?.on('data', () => notify(dir, messages.shift() ?? 'x'))
    notify(dir, 'b')
    expect((await listening.outcome).out).toBe(`${dir}\tb\n${dir}\ta\n${dir}\tb\n`)
  })

  test('--json prints an object a line', async () => {
    const dir = newFifodir()
    const lines = (await listenWhile(dir, ['-n', '2', '--json', dir, '[ab]'], 'xa', 'b')).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { dir, event: 'a', sequence: 'xa' },
      { dir, event: 'b', sequence: 'b' },
    ])
  })

  test('-q prints nothing, and ends all the same', async () => {
    const dir = newFifodir()
    expect(await listenWhile(dir, ['-q', '-n', '1', dir], 'a')).toBe('')
  })

  test('prints each event when it comes, not at the end', async () => {
    const dir = newFifodir()
    const listening = begin(['listen', '-n', '100', dir])
    await untilSubscribed(dir)
    let heard = 0
    listening.child.stdout?.on('data', (chunk: Buffer) => {
      heard += chunk.length / 2
      notify(dir, 'x')
    })
    notify(dir, 'x')
    expect(await listening.outcome).toMatchObject({ ended: 0, out: 'x\n'.repeat(100) })
    expect(heard).toBe(100)
  })
})
