import { startWatchdog, watchdogInterval, type WatchdogOptions } from 'fifodir/systemd'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { linesOf, listen } from '../../support/notifications.ts'
import { inOwnProcess } from '../../support/own-process.ts'

afterEach(() => vi.unstubAllEnvs())

const MAX = '18446744073709551615'

describe('the time of the watchdog', () => {
  test.each<[usec: string | undefined, pid: string | undefined, ms: number | undefined]>([
    [undefined, undefined, undefined],
    [undefined, 'junk', undefined],
    ['30000000', undefined, 30_000],
    ['1', undefined, 0.001],
    ['30000000', String(process.pid), 30_000],
    ['30000000', String(process.pid + 1), undefined],
    ['18446744073709551614', undefined, Number(18446744073709551614n) / 1000],
  ])('is read of WATCHDOG_USEC=%s, WATCHDOG_PID=%s: %s ms', (usec, pid, ms) => {
    vi.stubEnv('WATCHDOG_USEC', usec)
    vi.stubEnv('WATCHDOG_PID', pid)
    expect(watchdogInterval()).toBe(ms)
  })

  test.each<[usec: string, pid: string | undefined, what: string]>([
    ['0', undefined, "WATCHDOG_USEC='0'"],
    [MAX, undefined, `WATCHDOG_USEC='${MAX}'`],
    [`${MAX}0`, undefined, 'WATCHDOG_USEC'],
    ['-1', undefined, 'WATCHDOG_USEC'],
    ['', undefined, 'WATCHDOG_USEC'],
    ['1s', undefined, 'WATCHDOG_USEC'],
    ['0', '1', 'WATCHDOG_USEC'],
    ['1', '0', 'WATCHDOG_PID'],
    ['1', 'junk', 'WATCHDOG_PID'],
    ['1', '', 'WATCHDOG_PID'],
    ['1', '4294967296', 'WATCHDOG_PID'],
  ])('is refused of WATCHDOG_USEC=%s, WATCHDOG_PID=%s', (usec, pid, what) => {
    vi.stubEnv('WATCHDOG_USEC', usec)
    vi.stubEnv('WATCHDOG_PID', pid)
    expect(watchdogInterval).toThrow(expect.objectContaining({ code: 'EINVAL', operation: 'read' }))
    expect(watchdogInterval).toThrow(what)
  })
})

/** Runs a watchdog until `isOver`, which is asked after each of its messages and checks. */
async function watched(options: WatchdogOptions, isOver: (heard: number) => boolean): Promise<number> {
  using socket = listen()
  using _watchdog = startWatchdog({ address: socket.address, ...options })
  await expect.poll(() => isOver(socket.heard.length), { timeout: 10_000, interval: 5 }).toBe(true)
  expect(linesOf(socket.heard)).toEqual(socket.heard.map(() => ['WATCHDOG=1']))
  return socket.heard.length
}

describe('a watchdog', () => {
  test('is told again and again, at half its time', async () => {
    vi.stubEnv('WATCHDOG_USEC', '100000')
    const start = performance.now()
    expect(await watched({}, (heard) => heard >= 4)).toBeGreaterThanOrEqual(4)
    expect(performance.now() - start).toBeGreaterThanOrEqual(145) // the first at once, then every 50 ms
  })

  test('is told nothing where nobody wants to hear it, and where the time is longer than a timer takes it is no flood', async () => {
    using socket = listen()
    vi.stubEnv('WATCHDOG_USEC', undefined)
    startWatchdog({ address: socket.address })
    vi.stubEnv('WATCHDOG_USEC', '18446744073709551614')
    using _watchdog = startWatchdog({ address: socket.address })
    await expect.poll(() => socket.heard.length).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 5)) // in which a timer of 1 ms would have come
    expect(socket.heard.length).toBe(1)
  })

  test('is not told while the service is unwell: it says so, later, too, or fails, and that is reported', async () => {
    const answers: (() => unknown)[] = [
      () => false,
      () => Promise.resolve(false),
      () => {
        throw new Error('thrown')
      },
      () => Promise.reject(new Error('rejected')),
      () => undefined,
      () => true,
      () => Promise.resolve(),
    ]
    const errors: unknown[] = []
    let asked = 0
    const check = () => answers[asked++]?.() ?? asked <= answers.length
    const heard = await watched({ intervalMs: 5, check, onError: (error) => errors.push(error) }, () => asked > 9)
    expect(heard).toBe(3)
    expect(errors.map(String)).toEqual(['Error: thrown', 'Error: rejected'])
  })

  test('is not told, nor asked for again, while an answer is overdue', async () => {
    let asked = 0
    const check = () => (asked++ === 0 ? true : new Promise(() => undefined))
    using socket = listen()
    using _watchdog = startWatchdog({ address: socket.address, intervalMs: 1, check })
    using _other = startWatchdog({ address: socket.address, intervalMs: 1, check: () => Promise.resolve(true) })
    await expect.poll(() => socket.heard.length).toBeGreaterThan(10)
    expect(asked).toBe(2)
  })

  test('that cannot be told is a warning, and not the end', async () => {
    const warnings = await inOwnProcess(async ({ systemd }) => {
      const heard: string[] = []
      process.on('warning', ({ message }) => heard.push(message))
      const stop = systemd.startWatchdog({ address: '@nobody', intervalMs: 1 })
      while (heard.length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
      stop()
      return heard[0]
    }, [])
    expect(warnings).toMatch('cannot notify systemd at @nobody')
  })

  test('does not keep its process alive, and is refused where its time is none', async () => {
    await inOwnProcess(({ systemd }) => void systemd.startWatchdog({ intervalMs: 60_000 }), [])
    expect(() => startWatchdog({ intervalMs: 0 })).toThrow(RangeError)
  })
})
