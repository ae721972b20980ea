import { barrier, bindNotifySocket, notifySocket, ready } from 'fifodir/systemd'
import { closeDescriptor } from '../../../packages/fifodir/src/posix/descriptor.ts'
import { describe, expect, test, vi } from 'vitest'
import { listen, sendRaw, withDescriptors } from '../../support/notifications.ts'

describe('a barrier', () => {
  test('is over when all that was sent before has been handled, and is no message', async () => {
    using socket = listen()
    for (let count = 1; count <= 3; count++) void ready({ address: socket.address })
    expect(await barrier({ address: socket.address, timeoutMs: 10_000 })).toBe(true)
    expect(socket.heard).toHaveLength(3)
  })

  test('is nothing where there is no NOTIFY_SOCKET', async () => {
    vi.stubEnv('NOTIFY_SOCKET', undefined)
    expect(await barrier()).toBe(false)
    vi.unstubAllEnvs()
  })

  test('that takes too long rejects with ETIMEDOUT: whether it is read too late, or there is no room for it', async () => {
    using socket = notifySocket()
    for (let count = 0; count < 20; count++) {
      const late = barrier({ address: socket.address, timeoutMs: 1 })
      await expect(late).rejects.toMatchObject({ code: 'ETIMEDOUT', path: socket.address })
    }
  })

  test('that is aborted rejects with the reason', async () => {
    using socket = notifySocket()
    const aborting = new AbortController()
    const waiting = barrier({ address: socket.address, signal: aborting.signal })
    aborting.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(barrier({ address: socket.address, signal: aborting.signal })).rejects.toThrow('enough')
  })

  test('whose time is up while this process was busy, and which is over by then, is over', async () => {
    const { fd, address } = bindNotifySocket()
    await new Promise(setImmediate) // after which timers come first
    const waiting = barrier({ address, timeoutMs: 1 })
    closeDescriptor(fd) // and with it all that waited there
    const until = performance.now() + 20
    while (performance.now() < until);
    expect(await waiting).toBe(true)
  })

  test('to nobody rejects', async () => {
    await expect(barrier({ address: '@nobody' })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await expect(barrier({ address: '@nobody', timeoutMs: -1 })).rejects.toThrow(RangeError)
  })

  test.each([
    ['without a descriptor', 'BARRIER=1', 0],
    ['with two', 'BARRIER=1', 2],
    ['among other lines', 'READY=1\nBARRIER=1', 1],
  ])('%s is no message either', async (_, text, count) => {
    using socket = listen()
    await withDescriptors(count, (descriptors) => sendRaw(socket.address, text, { descriptors }))
    expect(socket.heard).toEqual([])
  })

  test('is told by the whole line', async () => {
    using socket = listen()
    await sendRaw(socket.address, 'BARRIER=0')
    expect(socket.heard).toHaveLength(1)
  })
})
