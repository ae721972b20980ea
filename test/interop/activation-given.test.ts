/** Our services take the sockets that systemd's own tool opens: `systemd-socket-activate`. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, Socket } from 'node:net'
import { join } from 'node:path'
import { openSockets } from 'fifodir/activation'
import { expect, test } from 'vitest'
import { closeDescriptor } from '../../packages/fifodir/src/posix/descriptor.ts'
import { AF_UNIX, openSocket, SOCK_SEQPACKET, SOCK_STREAM } from '../../packages/fifodir/src/posix/listening.ts'
import { connectSocket, unixAddress } from '../../packages/fifodir/src/posix/socket.ts'
import { untilPrinted } from '../support/own-process.ts'
import { describeWithPeer } from '../support/peers.ts'
import { type Running } from '../support/process.ts'
import { portOf, startProvided } from '../support/provided.ts'
import { newDirectory } from '../support/scratch.ts'

/** A server that serves one client, and says what it was given. */
const SERVER = `
  import { createServer } from 'node:net'
  import { activated, listenFds } from 'fifodir/systemd'
  const server = createServer((client) => { client.end(JSON.stringify(listenFds())); server.close() })
  server.listen(activated(process.argv[1]) ?? 0)`

const PRINT = `
  import { listenFds } from 'fifodir/systemd'
  console.log(JSON.stringify(listenFds()))`

/** Answers the one client that it was given. */
const ACCEPTED = `
  import { accepted, listenFds } from 'fifodir/systemd'
  const client = accepted()
  client.on('data', (chunk) => client.end(JSON.stringify([String(chunk), listenFds()])))`

const DATAGRAM = `
  import { createSocket } from 'node:dgram'
  import { listenFds } from 'fifodir/systemd'
  const [given] = listenFds()
  const socket = createSocket('udp4')
  socket.on('message', (message, { port, address }) =>
    socket.send('you said ' + message + ' at ' + given.address.port, port, address, () => socket.close()))
  socket.bind({ fd: given.fd })`

/** Starts `systemd-socket-activate`, and resolves once it listens. */
async function activate(options: readonly string[], source: string, ...args: readonly string[]): Promise<Running> {
  const program = ['-E', 'NODE_PATH', process.execPath, '--input-type=module', '-e', source, ...args]
  const running = startProvided([], 'systemd-socket-activate', [...options, ...program])
  await untilPrinted(running, 'Listening on', 'stderr')
  return running
}

function connected(type: number, path: string): number {
  const fd = openSocket(AF_UNIX, type)
  connectSocket(fd, unixAddress(path), path)
  return fd
}

/** As Node 20 pads abstract names. */
const connectTo = (path: string): Socket =>
  new Socket({ fd: connected(SOCK_STREAM, path), readable: true, writable: true })

async function answer(client: Socket): Promise<unknown> {
  let text = ''
  client.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await once(client, 'close')
  return JSON.parse(text)
}

/** A port that nobody has at the moment. */
function freePort(kind: 'tcp' | 'udp'): number {
  using opened = openSockets([`${kind}:127.0.0.1:0`])
  return portOf(opened.sockets[0])
}

const listening = { family: 'unix', type: 'stream', listening: true }

describeWithPeer('under systemd-socket-activate', 'systemd', ['systemd-socket-activate'], () => {
  test('with -l, a service has one socket, without a name', async () => {
    const port = freePort('tcp')
    const service = await activate(['-l', `127.0.0.1:${port}`], SERVER)
    expect(await answer(connect(port, '127.0.0.1'))).toEqual([
      { fd: 3, name: 'unknown', family: 'inet', type: 'stream', listening: true, address: { host: '127.0.0.1', port } },
    ])
    expect((await service.ended).code).toBe(0)
  })

  test('with several -l and --fdname, a service finds each by its name', async () => {
    const [a, b] = ['a', 'b'].map((name) => join(newDirectory(), name)) as [string, string]
    const service = await activate(['-l', a, '-l', b, '--fdname=one:two'], SERVER, 'two')
    expect(await answer(connect(b))).toEqual([
      { fd: 3, name: 'one', ...listening, address: { path: a } },
      { fd: 4, name: 'two', ...listening, address: { path: b } },
    ])
    expect((await service.ended).code).toBe(0)
  })

  test('with an abstract address, a service has that', async () => {
    const path = `@fifodir-test-${process.pid}`
    const service = await activate(['-l', path], SERVER)
    expect(await answer(connectTo(path))).toEqual([{ fd: 3, name: 'unknown', ...listening, address: { path } }])
    expect((await service.ended).code).toBe(0)
  })

  test('with -a, each connection has a service of its own', async () => {
    const path = join(newDirectory(), 'socket')
    const activator = await activate(['-a', '-l', path], ACCEPTED)
    const clients = [connect(path), connect(path)]
    clients.forEach((client, index) => client.write(`client ${index}`))
    const given = { fd: 3, name: 'unknown', family: 'unix', type: 'stream', listening: false, address: { path } }
    expect(await Promise.all(clients.map(answer))).toEqual([
      ['client 0', [given]],
      ['client 1', [given]],
    ])
    activator.child.kill('SIGTERM')
    await activator.ended
  })

  test('with -d, a service has a datagram socket, and the datagram that it was started for', async () => {
    const port = freePort('udp')
    const service = await activate(['-d', '-l', `127.0.0.1:${port}`], DATAGRAM)
    const client = createSocket('udp4')
    client.send('hello', port, '127.0.0.1')
    const [message] = (await once(client, 'message')) as [Buffer]
    expect(message.toString()).toBe(`you said hello at ${port}`)
    client.close()
    expect((await service.ended).code).toBe(0)
  })

  test('with --seqpacket, a service has a socket of that kind', async () => {
    const path = join(newDirectory(), 'socket')
    const service = await activate(['--seqpacket', '-l', path], PRINT)
    const fd = connected(SOCK_SEQPACKET, path)
    const { stdout } = await service.ended
    closeDescriptor(fd)
    expect(JSON.parse(stdout.toString())).toEqual([
      { fd: 3, name: 'unknown', family: 'unix', type: 'seqpacket', listening: true, address: { path } },
    ])
  })
})
