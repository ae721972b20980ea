/** Signals and closed outputs: how the command ends when it is not to wait any longer. */
import { readdirSync } from 'node:fs'
import { notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { begin, outcomeOf } from '../support/outcome.ts'
import { untilPrinted } from '../support/own-process.ts'
import { FIFODIR, start, startFifodir } from '../support/process.ts'
import { newFifodir, untilSubscribed } from '../support/scratch.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

describe.each([
  ['wait', [] as string[]],
  ['wait, with PROG', ['--', 'echo', 'ran']],
  ['listen', []],
])('%s', (name, program) => {
  test.each(signals)('is ended by %s itself, says nothing, and leaves no trace', async (signal) => {
    const dir = newFifodir()
    const [command = ''] = name.split(',')
    const waiting = begin([command, dir, 'U', dir, 'd', ...program])
    await untilSubscribed(dir, 2)
    waiting.child.kill(signal)
    expect(await waiting.outcome).toEqual({ ended: signal, out: '', err: '' })
    expect(readdirSync(dir)).toEqual([])
  })
})

test.each([
  ['wait', ''],
  ['listen -n 1', ''],
  ['listen', '-- true'],
])('%s under nohup goes on when the terminal hangs up', async (command, program) => {
  const dir = newFifodir()
  const waiting = start('sh', ['-c', `trap '' HUP; exec "$0" ${command} "$1" U ${program}`, FIFODIR, dir])
  await untilSubscribed(dir)
  waiting.child.kill('SIGHUP')
  notify(dir, 'U')
  expect(await outcomeOf(waiting.ended)).toEqual({ ended: 0, out: 'U\n', err: '' })
})

describe('listen, with PROG,', () => {
  test.each(signals)('passes %s to PROG, and is ended by it', async (signal) => {
    const dir = newFifodir()
    // PROG takes its time to end: listen does not wait for it, the pipe of its output does
    const trap = `trap 'echo PROG got ${signal}; exit' ${signal.slice(3)}; echo ready; while :; do read -r line; done`
    const listening = startFifodir(['listen', dir, 'U', '--', 'sh', '-c', trap], { input: null })
    await untilPrinted(listening, 'ready')
    listening.child.kill(signal)
    listening.child.stdin?.end('\n')
    expect(await outcomeOf(listening.ended)).toEqual({ ended: signal, out: `ready\nPROG got ${signal}\n`, err: '' })
    expect(readdirSync(dir)).toEqual([])
  })

  test('is ended by the signal where PROG has ended before', async () => {
    const dir = newFifodir()
    const listening = startFifodir(['listen', dir, 'U', '--', 'echo', 'ready'])
    await untilPrinted(listening, 'ready')
    listening.child.kill('SIGTERM')
    expect((await outcomeOf(listening.ended)).ended).toBe('SIGTERM')
    expect(readdirSync(dir)).toEqual([])
  })
})

describe('an output that nobody reads any more', () => {
  /** Runs the command with its output closed by the reader, and prints its exit code. */
  const closed = (dir: string, command: string): ReturnType<typeof start> =>
    start('bash', ['-c', `"$0" ${command} | :; echo "\${PIPESTATUS[0]}"`, FIFODIR, dir])

  test('ends wait quietly', async () => {
    const dir = newFifodir()
    const waiting = closed(dir, 'wait "$1" U')
    await untilSubscribed(dir)
    notify(dir, 'U')
    expect(await outcomeOf(waiting.ended)).toEqual({ ended: 0, out: '0\n', err: '' })
  })

  test('ends listen quietly, at the next event, and leaves no trace', async () => {
    const dir = newFifodir()
    const listening = closed(dir, 'listen "$1"')
    await untilSubscribed(dir)
    notify(dir, 'U')
    expect(await outcomeOf(listening.ended)).toEqual({ ended: 0, out: '0\n', err: '' })
    expect(readdirSync(dir)).toEqual([])
  })

  test('ends help quietly', async () => {
    expect(await outcomeOf(closed('', '--help').ended)).toEqual({ ended: 0, out: '0\n', err: '' })
  })

  test('does not keep wait from becoming PROG', async () => {
    const dir = newFifodir()
    const waiting = closed(dir, 'wait -q "$1" U -- sh -c "exit 7"')
    await untilSubscribed(dir)
    notify(dir, 'U')
    expect((await outcomeOf(waiting.ended)).out).toBe('7\n')
  })
})
