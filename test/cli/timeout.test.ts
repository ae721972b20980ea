/** `-t`: how long, and what is said when it is over. */
import { notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { begin, outcome } from '../support/outcome.ts'
import { fifosIn, newFifodir, untilSubscribed } from '../support/scratch.ts'

describe('a time-out', () => {
  test('exits 99, prints nothing, names what is missing and leaves no trace', async () => {
    const dir = newFifodir()
    expect(await outcome(['wait', '-t', '1', dir, 'u.*U', '--', 'touch', `${dir}/new`])).toEqual({
      ended: 99,
      out: '',
      err: `fifodir: cannot wait: not within 1 ms: 'u.*U' in ${dir} (events seen: none) (ETIMEDOUT)\n`,
    })
    expect(fifosIn(dir)).toEqual([])
  })

  test('names the events seen, and not what has come', async () => {
    const dir = newFifodir()
    const waiting = begin(['wait', '-t', '400', dir, 'a', dir, 'x', dir, 'a.*x'])
    await untilSubscribed(dir, 3)
    notify(dir, 'a\n"')
    expect(await waiting.outcome).toEqual({
      ended: 99,
      out: '',
      err: `fifodir: cannot wait: not within 400 ms: 'x' in ${dir} (events seen: 'a\\x0a"'), 'a.*x' in ${dir} (events seen: 'a\\x0a"') (ETIMEDOUT)\n`,
    })
  })

  test('of listen is the same, and leaves PROG running', async () => {
    const dir = newFifodir()
    const program = ['sh', '-c', 'read -r line; exec "$0" "$@"', 'sh', '-c', 'echo it went on']
    const listening = begin(['listen', '-t', '1', dir, 'U', '--', ...program], { input: null })
    await expect.poll(() => fifosIn(dir)).toEqual([])
    listening.child.stdin?.end('\n')
    expect(await listening.outcome).toEqual({
      ended: 99,
      out: 'it went on\n',
      err: `fifodir: cannot wait: not within 1 ms: 'U' in ${dir} (events seen: none) (ETIMEDOUT)\n`,
    })
  })

  test('of -o names all that could have come', async () => {
    const dir = newFifodir()
    const { ended, err } = await outcome(['wait', '-o', '-t', '1', dir, 'a', dir, 'b'])
    expect(ended).toBe(99)
    expect(err).toContain(`'a' in ${dir} (events seen: none), 'b' in ${dir} (events seen: none)`)
  })
})

describe('its units', () => {
  test.each([
    ['20', 20],
    ['20ms', 20],
    ['1s', 1000],
    ['0020ms', 20],
  ])('%s is %i ms', async (text, ms) => {
    const started = performance.now()
    const { ended, err } = await outcome(['wait', '-t', text, newFifodir(), 'U'])
    expect({ ended, told: /not within (\d+) ms/.exec(err)?.[1] }).toEqual({ ended: 99, told: String(ms) })
    expect(performance.now() - started).toBeGreaterThanOrEqual(ms)
  })

  test.each(['0', '0s', '1m', '34560m'])('%s does not end a wait before its event', async (text) => {
    const dir = newFifodir()
    const waiting = begin(['wait', '-t', text, dir, 'U'])
    await untilSubscribed(dir)
    notify(dir, 'U')
    expect(await waiting.outcome).toEqual({ ended: 0, out: 'U\n', err: '' })
  })
})
