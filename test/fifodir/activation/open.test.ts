/** Sockets that are opened: how, over what was there, and without a trace where one of them cannot be. */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync as renameOver,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { once } from 'node:events'
import { openSockets } from 'fifodir/activation'
import { describe, expect, test } from 'vitest'
import { makeFifo } from '../../../packages/fifodir/src/posix/fifo.ts'
import { describeAsRoot } from '../../support/root.ts'
import { NOBODY, untilPrinted } from '../../support/own-process.ts'
import { start } from '../../support/process.ts'
import { portOf, startNode } from '../../support/provided.ts'
import { newDirectory } from '../../support/scratch.ts'

/** Opens what its argument says, and stays. */
const HOLD = `
  import { openSockets } from 'fifodir/activation'
  openSockets([process.argv[1]])
  setInterval(() => {}, 1e6)
  console.log('open')`

/** Opens what its argument says as a user without rights, and prints what is said. */
const TRY = `
  import { openSockets } from 'fifodir/activation'
  openSockets(['tcp:127.0.0.1:0']).close() // koffi is loaded before the rights to read it may be dropped
  process.setgroups([])
  process.setgid(${NOBODY})
  process.setuid(${NOBODY})
  try {
    openSockets([process.argv[1]])
  } catch (error) {
    console.log(error.message)
  }`

const modeOf = (path: string): number => lstatSync(path).mode & 0o777

describe('a TCP socket', () => {
  test.each([
    ['without a host is reached by IPv4 and IPv6', 'tcp:0', ['127.0.0.1', '::1']],
    ['at an IPv4 address is not reached by IPv6', 'tcp:127.0.0.1:0', ['127.0.0.1']],
    ['at an IPv6 address is not reached by IPv4', 'tcp:[::]:0', ['::1']],
  ])('%s', async (_, text, reached) => {
    using opened = openSockets([text])
    const port = portOf(opened.sockets[0])
    const found: string[] = []
    for (const host of ['127.0.0.1', '::1']) {
      const client = connect(port, host)
      const isReached = await once(client, 'connect').then(
        () => true,
        () => false,
      )
      if (isReached) found.push(host)
      client.destroy()
    }
    expect(found).toEqual(reached)
  })

  test('is opened again at once, although connections of the past linger', async () => {
    const first = openSockets(['tcp:127.0.0.1:0'])
    const { fd, address } = first.sockets[0] as { fd: number; address: { port: number } }
    const child = start(
      process.execPath,
      ['-e', 'require("net").createServer(c => c.end(() => process.exit())).listen({ fd: 3 })'],
      {
        stdio: ['ignore', 'pipe', 'pipe', fd],
      },
    )
    const client = connect(address.port, '127.0.0.1')
    client.resume()
    await once(client, 'close')
    await child.ended
    first.close()
    using second = openSockets([{ kind: 'tcp', host: '127.0.0.1', port: address.port }])
    expect(second.sockets[0]?.address).toEqual(address)
  })

  test('is opened by several with reuse-port, and not without', () => {
    using first = openSockets(['tcp:127.0.0.1:0,reuse-port'])
    const port = portOf(first.sockets[0])
    using second = openSockets([`tcp:127.0.0.1:${port},reuse-port`])
    expect(second.sockets[0]?.address).toEqual(first.sockets[0]?.address)
    expect(() => openSockets([`tcp:127.0.0.1:${port}`])).toThrow('EADDRINUSE')
  })
})

test('a UDP socket is never shared by accident', () => {
  using first = openSockets(['udp:127.0.0.1:0'])
  const port = portOf(first.sockets[0])
  expect(() => openSockets([`udp:127.0.0.1:${port}`])).toThrow('EADDRINUSE')
})

describe('a backlog', () => {
  test('is how many may wait', async () => {
    const path = join(newDirectory(), 'socket')
    using opened = openSockets([`unix:${path},backlog=1`])
    expect(opened.sockets).toHaveLength(1)
    const clients = [1, 2, 3].map(() => connect(path))
    const outcomes = await Promise.all(
      clients.map((client) =>
        Promise.race([once(client, 'connect'), once(client, 'error')]).then(
          () => 'connected',
          (error: NodeJS.ErrnoException) => error.code,
        ),
      ),
    )
    for (const client of clients) client.destroy()
    expect(outcomes).toEqual(['connected', 'connected', 'EAGAIN'])
  })
})

const FILES = ['unix', 'unix-dgram', 'unix-seqpacket', 'fifo'] as const

describe.each(FILES)('the file of a %s', (kind) => {
  test.each([0o000, 0o022, 0o777])('has the mode that it is to have, whatever the umask: %o', (mask) => {
    const directory = newDirectory()
    const old = process.umask(mask)
    try {
      using _opened = openSockets([`${kind}:${directory}/a`, `${kind}:${directory}/b,mode=620`])
      expect([modeOf(`${directory}/a`), modeOf(`${directory}/b`)]).toEqual([0o666, 0o620])
    } finally {
      process.umask(old)
    }
  })

  test('is removed when it is closed, and not when something else has taken its place', () => {
    const directory = newDirectory()
    const opened = openSockets([`${kind}:${directory}/a`, `${kind}:${directory}/b`])
    const other = newDirectory()
    replaceByFile(`${directory}/b`, other)
    opened.close()
    opened.close()
    expect(readdirSync(directory)).toEqual(['b'])
  })

  test('may be given by a relative path, and is closed from elsewhere', () => {
    const directory = newDirectory()
    const home = process.cwd()
    process.chdir(directory)
    const opened = openSockets([`${kind}:a`])
    process.chdir(home)
    expect(readdirSync(directory)).toEqual(['a'])
    opened.close()
    expect(readdirSync(directory)).toEqual([])
  })
})

function replaceByFile(path: string, directory: string): void {
  writeFileSync(join(directory, 'file'), '')
  renameOver(join(directory, 'file'), path)
}

describe.each(['unix', 'unix-dgram', 'unix-seqpacket'] as const)('where a socket was left behind, a %s', (kind) => {
  test.each(['unix', 'unix-dgram', 'unix-seqpacket'] as const)(
    'takes the place of a dead %s, and not of a live one',
    async (other) => {
      const path = join(newDirectory(), 'socket')
      const holder = startNode([], HOLD, `${other}:${path}`)
      await untilPrinted(holder, 'open')
      expect(() => openSockets([`${kind}:${path}`])).toThrow(
        `cannot listen on ${kind}:${path}: address already in use (EADDRINUSE); stop what has it, or choose another`,
      )
      holder.child.kill('SIGKILL')
      await holder.ended
      expect(statSync(path).isSocket()).toBe(true)
      using opened = openSockets([`${kind}:${path}`])
      expect(opened.sockets[0]?.address).toEqual({ path })
    },
  )
})

test('to be found alive is not noticed by who lives', async () => {
  const path = join(newDirectory(), 'socket')
  let connections = 0
  const server: Server = createServer(() => connections++).listen(path)
  await once(server, 'listening')
  expect(() => openSockets([`unix:${path}`])).toThrow('EADDRINUSE')
  const client = connect(path)
  await once(client, 'connect')
  await new Promise(setImmediate)
  client.destroy()
  expect(connections).toBe(1)
  server.close()
  await once(server, 'close')
})

describe('what stands in the way is left as it is, and said:', () => {
  const obstacles: readonly [what: string, text: string, make: (path: string) => unknown, message: string][] = [
    [
      'a file',
      'unix',
      (path) => writeFileSync(path, 'x'),
      'address already in use (EADDRINUSE); stop what has it, or choose another',
    ],
    [
      'a directory',
      'unix',
      (path) => mkdirSync(path),
      'address already in use (EADDRINUSE); stop what has it, or choose another',
    ],
    [
      'a link',
      'unix',
      (path) => symlinkSync('/dev/null', path),
      'address already in use (EADDRINUSE); stop what has it, or choose another',
    ],
    [
      'a FIFO',
      'unix-dgram',
      (path) => makeFifo(path, 0o600),
      'address already in use (EADDRINUSE); stop what has it, or choose another',
    ],
    [
      'a file',
      'fifo',
      (path) => writeFileSync(path, 'x'),
      'file already exists (EEXIST); remove what stands there, or choose another path',
    ],
    [
      'a link to a FIFO',
      'fifo',
      (path) => (makeFifo(`${path}-2`, 0o600), symlinkSync(`${path}-2`, path)),
      'too many symbolic links encountered (ELOOP); choose a path that is no link',
    ],
  ]
  test.each(obstacles)('%s, for a %s', (_, kind, make, message) => {
    const path = join(newDirectory(), 'obstacle')
    make(path)
    const before = lstatSync(path)
    expect(() => openSockets([`${kind}:${path}`])).toThrow(`cannot listen on ${kind}:${path}: ${message}`)
    expect(lstatSync(path)).toMatchObject({ ino: before.ino, mode: before.mode })
  })
})

test('a FIFO that is there is used as it is', () => {
  const path = join(newDirectory(), 'fifo')
  makeFifo(path, 0o640)
  openSockets([`fifo:${path}`]).close()
  expect(modeOf(path)).toBe(0o640)
  openSockets([`fifo:${path},mode=600`]).close()
  expect(modeOf(path)).toBe(0o600)
})

describe('where one cannot be opened, none is, no file is left, and why is said in one line:', () => {
  const failures: readonly [text: string, message: string][] = [
    ['unix:/no/such/directory/s', 'no such file or directory (ENOENT); make its directory first'],
    ['unix:/dev/null/s', 'not a directory (ENOTDIR); choose a path whose directories are directories'],
    ['tcp:192.0.2.1:0', 'address not available (EADDRNOTAVAIL); choose an address of this machine'],
  ]
  test.each(failures)('%s', (text, message) => {
    const directory = newDirectory()
    const before = readdirSync('/proc/self/fd').length
    const others = FILES.map((kind) => `${kind}:${directory}/${kind}`)
    expect(() => openSockets(['tcp:127.0.0.1:0', ...others, text])).toThrow(`cannot listen on ${text}: ${message}`)
    expect({ left: readdirSync(directory), open: readdirSync('/proc/self/fd').length }).toEqual({
      left: [],
      open: before,
    })
  })

  test.each(['user', 'group'])('a %s that is none', (field) => {
    const directory = newDirectory()
    const text = `unix:${directory}/b,${field}=nobody-of-that-name`
    const message = `no such ${field}: nobody-of-that-name; name one of the system's, or give its number`
    expect(() => openSockets([`unix:${directory}/a`, text])).toThrow(new RangeError(message))
    expect(readdirSync(directory)).toEqual([])
  })

  test('the same one twice', () => {
    const directory = newDirectory()
    expect(() => openSockets([`unix:${directory}/a`, `unix:${directory}/a`])).toThrow('EADDRINUSE')
    expect(readdirSync(directory)).toEqual([])
  })
})

describeAsRoot('with an owner', () => {
  test.each(FILES)('a %s is its', (kind) => {
    const path = join(newDirectory(), 'socket')
    using _opened = openSockets([`${kind}:${path},user=nobody,group=${NOBODY},mode=600`])
    const { uid, gid, mode } = statSync(path)
    expect({ uid, gid, mode: mode & 0o777 }).toEqual({ uid: NOBODY, gid: NOBODY, mode: 0o600 })
  })
})

describeAsRoot('another user', () => {
  const asNobody = async (text: string): Promise<string> => (await startNode([], TRY, text).ended).stdout.toString()

  test('is told what it may not', async () => {
    const directory = newDirectory()
    expect(await asNobody(`unix:${directory}/socket`)).toBe(
      `cannot listen on unix:${directory}/socket: permission denied (EACCES); choose a port from 1024 on, or a directory that this user may write to\n`,
    )
  })
})
