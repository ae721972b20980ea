import { openSync, closeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connections, openSockets, type Passed } from 'fifodir/activation'
import type { ListenFd } from 'fifodir/systemd'
import { join } from 'node:path'
import { connect } from 'node:net'
import { firstValueFrom } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { OUR_ROWS, type Row, ROWS, type Variables } from '../../support/listen-rows.ts'
import { run } from '../../support/process.ts'
import { startNode } from '../../support/provided.ts'
import { newDirectory } from '../../support/scratch.ts'

const LISTENING = fileURLToPath(new URL('listening.mjs', import.meta.url))

interface Result {
  readonly result: ListenFd[] | { readonly code: string; readonly message: string }
  readonly same: boolean
  readonly left: boolean
}

/** What listenFds() says in each of `environments`, in a process with three descriptors from 3 on. */
async function resultsIn(environments: readonly Variables[]): Promise<Result[]> {
  const fds = [0, 1, 2].map(() => openSync('/dev/null', 'r'))
  const stdio = ['ignore' as const, 'pipe' as const, 'pipe' as const, ...fds]
  const { stdout, stderr } = await run(process.execPath, [LISTENING, JSON.stringify(environments)], { stdio })
  for (const fd of fds) closeSync(fd)
  expect(stderr).toBe('')
  return JSON.parse(stdout.toString()) as Result[]
}

test('every environment has the result that sd_listen_fds(3) documents, and never a wrong descriptor', async () => {
  const rows: readonly Row[] = [...ROWS, ...OUR_ROWS]
  const results = await resultsIn(rows.map(([, variables]) => variables))
  const found = rows.map(([title], index) => {
    const { result } = results[index] as Result
    return [title, 'code' in result ? result.code : result.map(({ fd, name }) => [fd, name])]
  })
  const expected = rows.map(([title, , result]) => [
    title,
    typeof result === 'string' ? result : result.map((name, index) => [3 + index, name]),
  ])
  expect(found).toEqual(expected)
  expect(
    results.every(({ same }) => same),
    'asked again, it is the same',
  ).toBe(true)
  expect(
    results.some(({ left }) => left),
    'something is left in the environment',
  ).toBe(false)
})

test('what is wrong is said in one line, with what to do', async () => {
  const [names, pid, closed] = await resultsIn([
    { PID: 'SELF', FDS: '3', FDNAMES: 'a:b' },
    { PID: 'me', FDS: '3' },
    { PID: 'SELF', FDS: '4' },
  ])
  const hint = '; see that whoever started this process sets the LISTEN_ variables for it alone, or unset them'
  expect([names, pid, closed].map((each) => each?.result)).toEqual([
    {
      code: 'EINVAL',
      message: `cannot take descriptors: LISTEN_FDNAMES has 2 names, and LISTEN_FDS is 3 (EINVAL)${hint}`,
    },
    {
      code: 'EINVAL',
      message: `cannot take descriptors: LISTEN_PID is 'me', which is no number that it can have (EINVAL)${hint}`,
    },
    {
      code: 'EBADF',
      message: `cannot take descriptors: descriptor 6, which LISTEN_FDS counts, was not handed over (EBADF)${hint}`,
    },
  ])
})

/** What a service with `sockets` prints, which runs `source`. */
async function printed(sockets: readonly Passed[], source: string): Promise<unknown> {
  const { stdout, stderr } = await startNode(sockets, source).ended
  expect(stderr).toBe('')
  return JSON.parse(stdout.toString())
}

const PRINT_ALL = `
  import { listenFds } from 'fifodir/systemd'
  console.log(JSON.stringify(listenFds()))`

describe('a descriptor is told to be', () => {
  test('what it is, whatever it is', async () => {
    const directory = newDirectory()
    const path = (name: string): string => join(directory, name)
    using opened = openSockets([
      'tcp4=tcp:127.0.0.1:0',
      'tcp6=tcp:[::1]:0',
      'udp=udp:127.0.0.1:0',
      `stream=unix:${path('stream')}`,
      `datagram=unix-dgram:${path('datagram')}`,
      `seqpacket=unix-seqpacket:${path('seqpacket')}`,
      `abstract=unix:@fifodir-test-${process.pid}`,
      `fifo=fifo:${path('fifo')}`,
    ])
    const [tcp4, tcp6, udp] = opened.sockets.map(({ address }) => address)
    const others = ['/etc/passwd', '/etc', '/dev/null'].map((name) => ({ fd: openSync(name, 'r'), name }))
    const found = await printed([...opened.sockets, ...others], PRINT_ALL)
    for (const { fd } of others) closeSync(fd)
    const none = { listening: false }
    expect(found).toEqual([
      { fd: 3, name: 'tcp4', family: 'inet', type: 'stream', listening: true, address: tcp4 },
      { fd: 4, name: 'tcp6', family: 'inet6', type: 'stream', listening: true, address: tcp6 },
      { fd: 5, name: 'udp', family: 'inet', type: 'datagram', ...none, address: udp },
      { fd: 6, name: 'stream', family: 'unix', type: 'stream', listening: true, address: { path: path('stream') } },
      { fd: 7, name: 'datagram', family: 'unix', type: 'datagram', ...none, address: { path: path('datagram') } },
      {
        fd: 8,
        name: 'seqpacket',
        family: 'unix',
        type: 'seqpacket',
        listening: true,
        address: { path: path('seqpacket') },
      },
      {
        fd: 9,
        name: 'abstract',
        family: 'unix',
        type: 'stream',
        listening: true,
        address: { path: `@fifodir-test-${process.pid}` },
      },
      { fd: 10, name: 'fifo', type: 'fifo', ...none, address: { path: path('fifo') } },
      { fd: 11, name: '/etc/passwd', type: 'file', ...none, address: { path: '/etc/passwd' } },
      { fd: 12, name: '/etc', type: 'directory', ...none, address: { path: '/etc' } },
      { fd: 13, name: '/dev/null', type: 'device', ...none, address: { path: '/dev/null' } },
    ])
  })
})

describe('a Node server', () => {
  test('listens on the socket that was opened for it, by its name, and on its own where there is none', async () => {
    using opened = openSockets(['admin=tcp:127.0.0.1:0', 'datagrams=udp:127.0.0.1:0', 'http=tcp:127.0.0.1:0'])
    const ports = opened.sockets.map(({ address }) => 'port' in address && address.port)
    const found = await printed(
      opened.sockets,
      `
      import { createServer } from 'node:http'
      import { once } from 'node:events'
      import { activated } from 'fifodir/systemd'
      const portOf = async (listening) => {
        const server = createServer().listen(listening ?? { port: 0, host: '127.0.0.1' })
        await once(server, 'listening')
        const { port } = server.address()
        server.close()
        return port
      }
      const found = [await portOf(activated('http')), await portOf(activated())]
      console.log(JSON.stringify([...found, activated('datagrams') ?? null, activated('other') ?? null]))`,
    )
    expect(found).toEqual([ports[2], ports[0], null, null])
  })

  test('that was given a connection has it as a net.Socket, the same whenever it asks', async () => {
    const path = join(newDirectory(), 'socket')
    using opened = openSockets([`unix:${path}`])
    const first = firstValueFrom(connections(opened.sockets))
    const client = connect(path)
    let answer = ''
    client.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    const ended = new Promise((resolve) => client.on('close', resolve))
    const connection = await first
    const service = startNode(
      [connection],
      `
      import { accepted, activated } from 'fifodir/systemd'
      accepted('connection').on('data', (chunk) => accepted().end('you said ' + chunk))
      if (activated() !== undefined || accepted('other') !== undefined) process.exit(3)`,
    )
    connection.close()
    client.write('hello')
    expect((await service.ended).stderr).toBe('')
    await ended
    expect(answer).toBe('you said hello')
  })
})
