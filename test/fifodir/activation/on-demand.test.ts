/** Services that run when somebody comes. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { closeSync, constants, openSync, readdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Connection, connections, onDemand, openSockets, type OpenSocket, traffic } from 'fifodir/activation'
import { EMPTY, firstValueFrom, lastValueFrom, map, Observable, of, take, toArray } from 'rxjs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { TriggerLimit } from '../../../packages/fifodir/src/activation/trigger-limit.ts'
import { duplicateDescriptor } from '../../../packages/fifodir/src/posix/descriptor.ts'
import { untilRead } from '../../support/event-loop.ts'
import { portOf } from '../../support/provided.ts'
import { newDirectory } from '../../support/scratch.ts'

/** Where a single socket can be reached. */
const newPath = (): string => join(newDirectory(), 'socket')

/** Accepts one client on the socket, says `text`, and is over. */
const serve =
  (text: string) =>
  ({ fd }: { fd: number }): Promise<string> =>
    new Promise((resolve) => {
      const server = createServer((client) => {
        client.end(text)
        server.close(() => resolve(text))
      })
      server.listen({ fd: duplicateDescriptor(fd) }) // as a server closes what it listens on
    })

async function answer(client: Socket): Promise<string> {
  let text = ''
  client.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await once(client, 'close')
  return text
}

describe('traffic', () => {
  test('is told of the socket that it comes to, and left to be accepted', async () => {
    const [a, b] = [newPath(), newPath()]
    using opened = openSockets([`a=unix:${a}`, `b=unix:${b}`])
    const first = lastValueFrom(traffic(opened.sockets).pipe(toArray()))
    const client = connect(b)
    await once(client, 'connect')
    expect((await first).map(({ name }) => name)).toEqual(['b'])
    client.destroy()
  })

  test('may be a datagram, or bytes in a FIFO', async () => {
    const path = newPath()
    using opened = openSockets(['udp=udp:127.0.0.1:0', `fifo=fifo:${path}`])
    const [udp, fifo] = opened.sockets as [OpenSocket, OpenSocket]
    const client = createSocket('udp4')
    const datagram = firstValueFrom(traffic([udp]))
    client.send('x', portOf(udp), '127.0.0.1')
    expect((await datagram).name).toBe('udp')
    client.close()
    const bytes = firstValueFrom(traffic([fifo]))
    const fd = openSync(path, constants.O_WRONLY)
    writeSync(fd, 'x')
    closeSync(fd)
    expect((await bytes).name).toBe('fifo')
  })

  test('that had come before is told of, too', async () => {
    const path = newPath()
    using opened = openSockets([`unix:${path}`])
    const client = connect(path)
    await once(client, 'connect')
    expect((await firstValueFrom(traffic(opened.sockets))).kind).toBe('unix')
    client.destroy()
  })

  test('is watched for no more when it is told of', async () => {
    const path = newPath()
    using opened = openSockets([`unix:${path}`, 'tcp:127.0.0.1:0'])
    const client = connect(path)
    await once(client, 'connect')
    const openDescriptors = (): number => readdirSync('/proc/self/fd').length
    const before = openDescriptors()
    expect(await firstValueFrom(traffic(opened.sockets).pipe(map(openDescriptors)))).toBe(before)
    client.destroy()
  })

  test('is not told of to who has unsubscribed', async () => {
    const path = newPath()
    using opened = openSockets([`unix:${path}`])
    let told = 0
    const subscription = traffic(opened.sockets).subscribe(() => told++)
    const client = connect(path)
    subscription.unsubscribe()
    await once(client, 'connect')
    await untilRead()
    expect(told).toBe(0)
    client.destroy()
  })
})

test('a descriptor that is not open fails, and nothing is left watching', async () => {
  using opened = openSockets([`unix:${newPath()}`])
  await expect(firstValueFrom(traffic([...opened.sockets, { fd: 9999, name: 'none' }]))).rejects.toMatchObject({
    code: 'EBADF',
  })
})

describe('on demand', () => {
  test('a service serves everybody, those included who come while it is not there', async () => {
    const path = newPath()
    using opened = openSockets([`unix:${path}`])
    let count = 0
    const served = lastValueFrom(
      onDemand(opened.sockets, (socket) => serve(String(++count))(socket)).pipe(take(5), toArray()),
    )
    const answers: string[] = []
    for (let i = 0; i < 5; i++) answers.push(await answer(connect(path)))
    expect(await served).toEqual(['1', '2', '3', '4', '5'])
    expect(answers).toEqual(['1', '2', '3', '4', '5'])
  })

  test('runs once at a time', async () => {
    const path = newPath()
    using opened = openSockets([`unix:${path}`])
    let running = 0
    let most = 0
    let end: () => void = () => undefined
    const started = new Promise<void>((resolve) => {
      const subscription = onDemand(opened.sockets, () => {
        most = Math.max(most, ++running)
        resolve()
        return new Promise<void>((over) => (end = () => (running--, over())))
      }).subscribe()
      onTestFinished(() => subscription.unsubscribe())
    })
    const clients = [connect(path), connect(path)]
    await started
    await untilRead()
    expect(most).toBe(1)
    for (const client of clients) client.destroy()
    end()
    await untilRead()
  })

  test.each([
    [20, undefined],
    [3, { burst: 3, intervalMs: 60_000 }],
  ])('a service that never takes what comes is started %i times, and then given up', async (times, limit) => {
    const path = newPath()
    using opened = openSockets([`web=unix:${path}`])
    let count = 0
    const client = connect(path)
    const given = lastValueFrom(onDemand(opened.sockets, () => (count++, EMPTY), limit))
    await expect(given).rejects.toMatchObject({
      code: 'FIFODIR_TRIGGER_LIMIT',
      message: `cannot serve web: started ${times} times within ${limit?.intervalMs ?? 2000} ms, and it is still waited for (FIFODIR_TRIGGER_LIMIT); see why the service ends without accepting or reading what comes`,
    })
    expect(count).toBe(times)
    client.destroy()
  })

  test('what the service fails with is what it fails with', async () => {
    const path = newPath()
    using opened = openSockets([`unix:${path}`])
    const client = connect(path)
    const failure = new Error('failed')
    const served = lastValueFrom(onDemand(opened.sockets, () => Promise.reject(failure)))
    await expect(served).rejects.toBe(failure)
    client.destroy()
  })

  test('to unsubscribe ends what is Observable of the service', async () => {
    const path = newPath()
    using opened = openSockets([`unix:${path}`])
    const client = connect(path)
    await new Promise<void>((resolve) => {
      const service = new Observable<string>((observer) => (observer.next('up'), resolve))
      const subscription = onDemand(opened.sockets, () => service).subscribe(() =>
        setImmediate(() => subscription.unsubscribe()),
      )
    })
    client.destroy()
  })

  test.each([{ burst: 0 }, { burst: 1.5 }, { intervalMs: 0 }, { intervalMs: Number.NaN }])(
    'no limit is %j',
    (limit) => {
      expect(() => onDemand([], () => of(1), limit)).toThrow(RangeError)
    },
  )
})

test('a limit allows so many starts in an interval, which begins with the first', () => {
  const limit = new TriggerLimit({ burst: 2, intervalMs: 100 })
  expect([0, 50, 100, 101, 150, 201, 202].map((now) => limit.allows(now))).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
    true,
  ])
})

describe('connections', () => {
  test('come one by one, each with the name of its socket and who is at its other end', async () => {
    const path = newPath()
    using opened = openSockets([`unix:${path}`, 'web=tcp:0'])
    const port = portOf(opened.sockets[1])
    const found = lastValueFrom(connections(opened.sockets).pipe(take(3), toArray()))
    const clients = [connect(path), connect(port, '127.0.0.1'), connect(port, '::1')]
    await Promise.all(clients.map((client) => once(client, 'connect')))
    const ports = clients.map(({ localPort }) => localPort)
    const accepted = await found
    const told = accepted.map(({ name, remote }) => ({ name, remote }))
    expect(told.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))).toEqual(
      [
        { name: 'connection', remote: undefined },
        { name: 'web', remote: { host: '::1', port: ports[2] } },
        { name: 'web', remote: { host: '::ffff:127.0.0.1', port: ports[1] } },
      ].toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    )
    for (const connection of accepted) connection.close()
    for (const connection of accepted) connection.close()
    for (const client of clients) client.destroy()
  })

  test('are not lost: two hundred at once', async () => {
    const path = newPath()
    using opened = openSockets([`unix:${path}`])
    const take200 = lastValueFrom(connections(opened.sockets).pipe(take(200), toArray()))
    const clients = Array.from({ length: 200 }, () => connect(path))
    const accepted: Connection[] = await take200
    expect(new Set(accepted.map(({ fd }) => fd)).size).toBe(200)
    for (const connection of accepted) connection.close()
    await Promise.all(clients.map((client) => answer(client)))
  })

  test.each(['udp:127.0.0.1:0', 'fifo', 'unix-dgram'])('cannot come to %s', (kind) => {
    using opened = openSockets([kind.includes(':') ? kind : `x=${kind}:${newPath()}`])
    expect(() => connections(opened.sockets)).toThrow(TypeError)
  })
})
