/** The manager's side: the socket, its place, and its end. */
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { bindNotifySocket, isReady, notifySocket, ready, sdNotify } from 'fifodir/systemd'
import { filter, firstValueFrom, lastValueFrom, toArray } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { untilRead } from '../../support/event-loop.ts'
import { linesOf, listen } from '../../support/notifications.ts'
import { inOwnProcess, startOwnProcess, untilPrinted } from '../../support/own-process.ts'
import { run } from '../../support/process.ts'
import { newDirectory } from '../../support/scratch.ts'

const newPath = (): string => join(newDirectory(), 'socket')
const modeOf = (path: string): number => statSync(path).mode & 0o777

describe('a socket without a path', () => {
  test('has a name of its own, each another one', () => {
    using one = notifySocket()
    using other = notifySocket({})
    expect([one.address, other.address]).toEqual([expect.stringMatching(/^@[\da-f]{5}$/), expect.stringMatching(/^@/)])
    expect(one.address).not.toBe(other.address)
  })
})

describe('a socket at a path', () => {
  test.each([
    [0o600, {}],
    [0o600, { mode: 0o600 }],
    [0o777, { mode: 0o777 }],
    [0o620, { mode: 0o620 }],
  ])('has mode %o, whatever the umask', async (mode, options) => {
    for (const mask of [0o000, 0o022, 0o777]) {
      const path = newPath()
      const found = await inOwnProcess(
        ({ fs, systemd }, umask, all) => {
          process.umask(umask)
          systemd.notifySocket(all)
          return fs.statSync(all.path).mode & 0o777
        },
        [mask, { path, ...options }],
      )
      expect(found).toBe(mode)
    }
  })

  test('may be named from the working directory, and is found from everywhere', () => {
    const path = join('node_modules', `socket-${process.pid}`)
    using socket = notifySocket({ path })
    expect(socket.address).toBe(join(process.cwd(), path))
  })

  test('is gone when it is closed, and when its process ends', async () => {
    const path = newPath()
    const socket = notifySocket({ path })
    socket.close()
    socket.close()
    expect(existsSync(path)).toBe(false)
    await expect(ready({ address: path })).rejects.toMatchObject({ code: 'ENOENT' })
    await inOwnProcess(({ systemd }, place) => void systemd.notifySocket({ path: place }), [path])
    expect(existsSync(path)).toBe(false)
  })

  test('that has been taken by another is left alone', async () => {
    const path = newPath()
    const socket = notifySocket({ path })
    await run('rm', [path])
    using _other = notifySocket({ path })
    socket.close()
    expect(existsSync(path)).toBe(true)
  })

  test('replaces one that nobody listens at', async () => {
    const path = newPath()
    const killed = startOwnProcess(
      ({ systemd, say }, place) => {
        systemd.notifySocket({ path: place }).messages.subscribe()
        say('open')
      },
      [path],
    )
    await untilPrinted(killed, 'open')
    killed.child.kill('SIGKILL')
    await killed.ended
    expect(existsSync(path)).toBe(true)
    using socket = listen({ path })
    await ready({ address: path })
    await untilRead()
    expect(linesOf(socket.heard)).toEqual([['READY=1']])
  })

  test('does not replace one that somebody listens at, nor what is no socket', async () => {
    const directory = newDirectory()
    const at = (name: string): string => join(directory, name)
    using _datagrams = notifySocket({ path: at('datagrams') })
    const server = createServer().listen(at('stream'))
    await once(server, 'listening')
    writeFileSync(at('file'), '')
    symlinkSync(at('nowhere'), at('link'))
    for (const name of ['datagrams', 'stream', 'file', 'link'])
      expect(() => notifySocket({ path: at(name) })).toThrow(
        expect.objectContaining({ code: 'EADDRINUSE', operation: 'receive notifications at', path: at(name) }),
      )
    expect(readdirSync(directory).toSorted()).toEqual(['datagrams', 'file', 'link', 'stream'])
    server.close()
    await once(server, 'close')
  })

  test.each<[string, object, string]>([
    ['in no directory', { path: '/no/such/directory/socket' }, 'ENOENT'],
    ['that is too long', { path: `/tmp/${'x'.repeat(103)}` }, 'ENAMETOOLONG'],
    ['that is empty', { path: '' }, 'must not be empty'],
    ['with a wrong mode', { path: '/tmp/x', mode: 0o1000 }, 'mode must be'],
  ])('%s is refused, and nothing is left', (_, options, message) => {
    expect(() => notifySocket(options)).toThrow(message)
  })

  test('of 107 bytes is not too long', async () => {
    const directory = newDirectory()
    const path = join(directory, 'x'.repeat(106 - directory.length))
    using socket = listen({ path })
    await ready({ address: path })
    await untilRead()
    expect([path.length, socket.heard.length]).toEqual([107, 1])
  })
})

describe('a socket over a descriptor', () => {
  test('reads what came since it was bound, and is not removed', async () => {
    const path = newPath()
    const { fd, address } = bindNotifySocket({ path, mode: 0o622 })
    await ready({ address })
    const socket = listen({ fd })
    expect(socket.address).toBe(path)
    await untilRead()
    socket.close()
    expect([socket.heard.length, modeOf(path)]).toEqual([1, 0o622])
  })

  test('that is no bound datagram socket is refused, and left open', async () => {
    const file = openSync('/dev/null', 'r')
    expect(() => notifySocket({ fd: file })).toThrow(expect.objectContaining({ code: 'ENOTSOCK' }))
    closeSync(file)
    expect(() => notifySocket({ fd: file })).toThrow(expect.objectContaining({ code: 'EBADF' }))
    const server = createServer().listen(newPath())
    await once(server, 'listening')
    const { fd } = (server as unknown as { _handle: { fd: number } })._handle
    expect(() => notifySocket({ fd })).toThrow(expect.objectContaining({ code: 'EPROTOTYPE' }))
    server.close()
    await once(server, 'close')
  })
})

describe('messages', () => {
  test('are heard by all who are subscribed, and wait while nobody is', async () => {
    using socket = notifySocket()
    await sdNotify({ X_NUMBER: 1 }, { address: socket.address })
    const heard: string[] = []
    const hearing = (name: string) => socket.messages.subscribe(({ lines }) => heard.push(`${name} ${lines[0]}`))
    const [one, other] = [hearing('one'), hearing('other')]
    await untilRead()
    one.unsubscribe()
    other.unsubscribe()
    await sdNotify({ X_NUMBER: 2 }, { address: socket.address })
    await untilRead()
    const again = hearing('again')
    await untilRead()
    again.unsubscribe()
    expect(heard).toEqual(['one X_NUMBER=1', 'other X_NUMBER=1', 'again X_NUMBER=2'])
  })

  test('that nobody has asked for by the time somebody has had enough wait for the next', async () => {
    using socket = notifySocket()
    for (const number of [1, 2]) await sdNotify({ X_NUMBER: number }, { address: socket.address })
    const first = await firstValueFrom(socket.messages)
    const second = await firstValueFrom(socket.messages)
    expect(linesOf([first, second])).toEqual([['X_NUMBER=1'], ['X_NUMBER=2']])
  })

  test('end when the socket is closed, also by who hears them', async () => {
    const socket = notifySocket()
    for (const number of [1, 2]) await sdNotify({ X_NUMBER: number }, { address: socket.address })
    const all = lastValueFrom(socket.messages.pipe(toArray()))
    socket.messages.subscribe(() => socket.close())
    expect(linesOf(await all)).toEqual([['X_NUMBER=1']])
    expect(await lastValueFrom(socket.messages.pipe(toArray()))).toEqual([])
  })

  test('say whether they are READY=1, and nothing else is', async () => {
    using socket = listen()
    for (const assignments of [{ READY: 0 }, { READY: 2 }, { READY: '' }, { READY: '1 ' }, { X_READY: 1, READY: 1 }])
      await sdNotify(assignments, { address: socket.address })
    await untilRead()
    expect(socket.heard.map(isReady)).toEqual([false, false, false, false, true])
  })

  test('whose handler throws are handled all the same, and so are the next', async () => {
    const heard = await inOwnProcess(async ({ systemd, fs }) => {
      const socket = systemd.notifySocket()
      const lines: unknown[] = []
      process.on('uncaughtException', (error) => lines.push(error.message))
      const before = fs.readdirSync('/proc/self/fd').length
      const reading = socket.messages.subscribe((message) => {
        lines.push(message.lines[0])
        throw new Error('a fault')
      })
      for (let count = 0; count < 2; count++)
        await systemd.sdNotify({ A: count }, { address: socket.address, descriptors: [0] })
      await systemd.barrier({ address: socket.address })
      await new Promise((resolve) => setTimeout(resolve, 0))
      reading.unsubscribe()
      return [lines, fs.readdirSync('/proc/self/fd').length - before]
    }, [])
    expect(heard).toEqual([['A=0', 'A=1', 'a fault', 'a fault'], 0])
  })

  test('of one process are had by filtering', async () => {
    using socket = listen()
    const mine = firstValueFrom(socket.messages.pipe(filter(({ pid }) => pid === process.pid)))
    await inOwnProcess(({ systemd }, address) => void systemd.status('theirs', { address }), [socket.address])
    await ready({ address: socket.address })
    expect(linesOf([await mine])).toEqual([['READY=1']])
    expect(socket.heard).toHaveLength(2)
  })
})

describe('a process with a socket', () => {
  test('that nobody reads ends by itself', async () => {
    await inOwnProcess(({ systemd }) => {
      const socket = systemd.notifySocket()
      void systemd.ready({ address: socket.address })
      socket.messages.subscribe().unsubscribe()
    }, [])
  })

  test('that is read stays, until that ends', async () => {
    const reading = startOwnProcess(({ systemd, say }) => {
      const socket = systemd.notifySocket()
      socket.messages.subscribe(() => socket.close())
      say(`${socket.address} `)
    }, [])
    let address = ''
    reading.child.stdout?.on('data', (chunk: Buffer) => (address += chunk.toString().trim()))
    await untilPrinted(reading, ' ')
    await ready({ address })
    expect(await reading.ended).toMatchObject({ code: 0, stderr: '' })
  })
})

test('worker threads send and receive, and end with a socket being read', async () => {
  const source = `
    import { parentPort } from 'node:worker_threads'
    import { barrier, notifySocket, ready } from 'fifodir/systemd'
    const socket = notifySocket()
    socket.messages.subscribe(({ lines }) => parentPort.postMessage(lines))
    await ready({ address: socket.address })
    await barrier({ address: socket.address })
    process.exit()`
  const worker = new Worker(
    new URL(
      `data:text/javascript,${encodeURIComponent(source.replaceAll("'fifodir/systemd'", `'${import.meta.resolve('fifodir/systemd')}'`))}`,
    ),
  )
  const posted: unknown[] = []
  worker.on('message', (lines) => posted.push(lines))
  await once(worker, 'exit')
  expect(posted).toEqual([['READY=1']])
})
