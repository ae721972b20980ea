/** What a lazy service does where its sockets cannot be watched. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { openSockets } from 'fifodir/activation'
import { afterEach, expect, test, vi } from 'vitest'
import { newLifecycle } from '../../../packages/fifodir/src/lifecycle.ts'
import { Demand } from '../../../packages/fifodir/src/service/demand.ts'
import { newDirectory } from '../../support/scratch.ts'

afterEach(() => void vi.useRealTimers())

test('is said each time, and tried again: who comes after that is served', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'Date'] })
  const path = join(newDirectory(), 'socket')
  using opened = openSockets([`unix:${path}`])
  const fd = opened.sockets[0]?.fd as number
  let closed = true
  const faults: unknown[] = []
  let begun = (): void => undefined
  const started = new Promise<void>((resolve) => (begun = resolve))
  const socket = {
    name: 'web',
    get fd() {
      return closed ? 0x7ffffffe : fd
    },
  }
  const demand = new Demand([socket], {
    allowed: () => true,
    start: () => begun(),
    fail: (error) => faults.push(error),
  })
  demand.consider(newLifecycle(false))
  expect(faults).toEqual([expect.objectContaining({ code: 'EBADF' })])
  vi.advanceTimersByTime(1000)
  expect(faults).toHaveLength(2)
  closed = false
  vi.advanceTimersByTime(1000)
  const client = connect(path)
  await once(client, 'connect')
  await started
  expect(faults).toHaveLength(2)
  demand.close()
  client.destroy()
})
