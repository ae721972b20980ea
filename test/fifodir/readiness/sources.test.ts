/** Each source of readiness, alone. */
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { closeDescriptor, makePipe, openProcess } from 'fifodir/posix'
import {
  anyOf,
  fromCheck,
  fromDescriptor,
  fromFile,
  fromHttp,
  fromIpc,
  fromLog,
  fromNotifySocket,
  fromProcess,
  fromTcp,
  fromUnix,
  NeverReadyError,
  type Source,
  whenReady,
} from 'fifodir/readiness'
import { notifySocket, sdNotify } from 'fifodir/systemd'
import { defer, NEVER, of, Subject } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { makeChannel } from '../../../packages/fifodir/src/posix/channel.ts'
import { freePort } from '../../support/daemons.ts'
import { untilRead } from '../../support/event-loop.ts'
import { NOBODY, startOwnProcess } from '../../support/own-process.ts'
import { describeAsRoot } from '../../support/root.ts'
import { newDirectory } from '../../support/scratch.ts'

/** What a wait that ends in failure fails with. */
async function failureOf(ready: Promise<void>): Promise<unknown> {
  try {
    await ready
  } catch (error) {
    return error
  }
  throw new Error('it was ready')
}

const never = (reason: string, output: readonly string[] = []) => ({
  name: 'FifodirError',
  code: 'FIFODIR_NEVER_READY',
  message: `cannot wait for readiness: ${reason} (FIFODIR_NEVER_READY)`,
  output,
})

/** Whether it is ready by now, after whatever has come was read. */
async function isReadyNow(ready: Promise<void>): Promise<boolean> {
  let isReady = false
  ready.then(() => (isReady = true)).catch(() => undefined)
  await untilRead()
  return isReady
}

describe('a descriptor', () => {
  test('is ready at a newline, and not before, and is closed then', async () => {
    const { readEnd, writeEnd } = makePipe()
    const ready = whenReady(fromDescriptor(readEnd))
    writeSync(writeEnd, 'not yet')
    expect(await isReadyNow(ready)).toBe(false)
    writeSync(writeEnd, ' now\nand more')
    await ready
    expect(() => writeSync(writeEnd, 'again')).toThrow(/EPIPE/)
    closeDescriptor(writeEnd)
  })

  test('never is, where it is closed without a newline', async () => {
    const { readEnd, writeEnd } = makePipe()
    const ready = whenReady(fromDescriptor(readEnd))
    writeSync(writeEnd, 'nearly')
    closeDescriptor(writeEnd)
    const error = await failureOf(ready)
    expect(error).toBeInstanceOf(NeverReadyError)
    expect(error).toMatchObject(never('its descriptor was closed without a newline'))
  })
})

describe('a NOTIFY_SOCKET', () => {
  test('is ready at READY=1 as a whole line, and at nothing else', async () => {
    const socket = notifySocket()
    const { address } = socket
    const ready = whenReady(fromNotifySocket(socket, process.pid))
    await sdNotify({ STATUS: 'starting', READY: 0 }, { address })
    expect(await isReadyNow(ready)).toBe(false)
    await sdNotify({ STATUS: 'up', READY: 1 }, { address })
    await ready
    await sdNotify({ STATUS: 'the socket is there for a second' }, { address })
  })

  describeAsRoot('and other users', () => {
    test('are heard where they were started by the program, and else are not', async () => {
      const socket = notifySocket()
      const { address } = socket
      const say = (): ReturnType<typeof startOwnProcess> =>
        startOwnProcess(({ systemd }, to) => systemd.sdNotify({ READY: 1 }, { address: to }), [address], {
          asNobody: true,
        })
      const ready = whenReady(fromNotifySocket(socket, 1e9))
      await say().ended
      expect(await isReadyNow(ready)).toBe(false)
      const mine = whenReady(fromNotifySocket(socket, process.pid))
      const child = say()
      await mine
      await child.ended
      expect(NOBODY).not.toBe(process.geteuid?.())
      socket.close()
      expect(await failureOf(ready)).toMatchObject({ code: 'FIFODIR_NEVER_READY' })
    })
  })
})

describe('output', () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')

  test.each([
    ['up', ['starting up', '\n'], true],
    ['up', ['starting u', 'p'], false],
    ['^up$', ['up and running\n', 'not up\n'], false],
    ['^up$', ['starting\n', 'u', 'p', '\n'], true],
    [/port \d+/i, ['PORT 80\n'], true],
    ['a$', ['ab\n'], false],
    ['\xff', ['\xff\n'], true],
  ])('that must match %s: of %j it is %s that it is ready', async (pattern, parts, expected) => {
    const stream = new Subject<Uint8Array>()
    const ready = whenReady(fromLog(pattern, [NEVER, stream]))
    for (const part of parts) stream.next(bytes(part))
    expect(await isReadyNow(ready)).toBe(expected)
  })

  test('that ends without such a line never is; its last ten lines are told', async () => {
    const lines = Array.from({ length: 15 }, (_, index) => `line ${index}`)
    const error = await failureOf(whenReady(fromLog('up', [of(bytes(lines.join('\n'))), of(bytes(''))])))
    expect(error).toMatchObject(never('no line of its output matched up', lines.slice(-10)))
  })

  test('takes no more memory for a line of 200 MB', async () => {
    const stream = new Subject<Uint8Array>()
    const ready = whenReady(fromLog('b$', [stream]))
    const part = Buffer.alloc(1 << 20, 'a')
    stream.next(part)
    const before = process.memoryUsage().heapUsed
    for (let index = 0; index < 200; index++) stream.next(part)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20e6)
    stream.next(bytes('b\n'))
    await ready
  })

  test('a malformed pattern is refused at the call', () => {
    expect(() => fromLog('(', [])).toThrow('a group that is never closed')
  })
})

describe('a channel of Node', () => {
  const child = (code: string): number => {
    const [own, other] = makeChannel()
    const env = { ...process.env, NODE_CHANNEL_FD: '3', NODE_CHANNEL_SERIALIZATION_MODE: 'json' }
    spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'ignore', 'inherit', other], env })
    closeDescriptor(other)
    return own
  }

  test("is ready at process.send('ready')", async () => {
    await whenReady(
      fromIpc(child(`process.send('x'.repeat(1e5)); process.send({ a: 'ready' }); process.send('ready')`)),
    )
  })

  test('never is, where it ends without that', async () => {
    const error = await failureOf(whenReady(fromIpc(child(`process.send({ ready: true })`))))
    expect(error).toMatchObject(never("its channel was closed without a message 'ready'"))
  })
})

describe('what is asked', () => {
  const listening = (server: Server, ...args: [number | string]): Promise<void> =>
    new Promise((resolve) => void server.listen(...args, resolve))
  const closed = (server: Server): Promise<void> => new Promise((resolve) => void server.close(() => resolve()))

  test.each(['localhost', '127.0.0.1', '::1'])('a port of %s is ready when it accepts', async (host) => {
    const port = await freePort()
    const ready = whenReady(fromTcp(port, host))
    expect(await isReadyNow(ready)).toBe(false)
    const server = createServer()
    await listening(server, port)
    await ready
    await closed(server)
  })

  test('a Unix socket is ready when it accepts', async () => {
    const path = join(newDirectory(), 'socket')
    const ready = whenReady(fromUnix(path))
    writeFileSync(path, 'in the way, for now')
    expect(await isReadyNow(ready)).toBe(false)
    rmSync(path)
    const server = createServer()
    await listening(server, path)
    await ready
    await closed(server)
  })

  test('a web server is ready when it answers with 2xx', async () => {
    const answers = [503, 404, 301, 204]
    const server = createHttpServer((_, response) => {
      response.statusCode = answers.shift() as number
      response.end()
    })
    const port = await freePort()
    const ready = whenReady(fromHttp(`http://localhost:${port}/`))
    await listening(server, port)
    await ready
    expect(answers).toEqual([])
    await closed(server)
    expect(() => fromHttp('ftp://localhost/')).toThrow(TypeError)
  })

  test('a file is ready when it is there, wherever on the way it was missing', async () => {
    const path = join(newDirectory(), 'a/b/pid')
    const ready = whenReady(fromFile(path))
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, '')
    await ready
  })

  test('a command is ready when it exits 0, and what it started ends with the wait', async () => {
    const place = newDirectory()
    await whenReady(fromCheck(`echo >> '${place}/asked'; test "$(wc -l < '${place}/asked')" = 3`))
    const controller = new AbortController()
    const waiting = whenReady(
      fromCheck(`sleep 1000 & echo $! > '${place}/new'; mv '${place}/new' '${place}/pid'; wait`),
      { signal: controller.signal },
    )
    await whenReady(fromFile(join(place, 'pid')))
    const pid = Number(readFileSync(join(place, 'pid'), 'utf8'))
    expect(isAlive(pid)).toBe(true)
    controller.abort()
    await failureOf(waiting)
    await expect.poll(() => isAlive(pid)).toBe(false)
  })

  /** A dead one may be left as a zombie, where init does not care. */
  function isAlive(pid: number): boolean {
    try {
      return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
  }
})

test('a program that ends never is ready', async () => {
  const child = spawn('sleep', ['0.1'])
  const error = await failureOf(whenReady(fromProcess(openProcess(child.pid as number))))
  expect(error).toMatchObject(never('it ended'))
})

describe('a wait', () => {
  const sources: Readonly<Record<string, () => Source>> = {
    descriptor: () => {
      const { readEnd, writeEnd } = makePipe()
      setImmediate(() => closeSync(writeEnd))
      return anyOf([fromDescriptor(readEnd), NEVER])
    },
    NOTIFY_SOCKET: () => fromNotifySocket(notifySocket(), process.pid),
    channel: () => {
      const [own, other] = makeChannel()
      setImmediate(() => closeDescriptor(other))
      return anyOf([fromIpc(own), NEVER])
    },
    port: () => fromTcp(9),
    file: () => fromFile('/none/file'),
    'web server': () => fromHttp('http://127.0.0.1:9/'),
    command: () => fromCheck('sleep 1000'),
    program: () => fromProcess(openProcess(process.pid)),
  }

  test.each(Object.entries(sources))(
    'on a %s ends with its signal, and with time; nothing is left open',
    async (_, source) => {
      const before = readdirSync('/proc/self/fd').length
      const controller = new AbortController()
      const aborted = failureOf(whenReady(source(), { signal: controller.signal }))
      const reason = new Error('enough')
      controller.abort(reason)
      expect(await aborted).toBe(reason)
      const late = await failureOf(whenReady(source(), { timeoutMs: 30 }))
      expect(late).toMatchObject({ code: 'ETIMEDOUT', reason: 'it was not ready within 30 ms' })
      await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before)
    },
  )

  test('that was aborted before it began touches nothing; a wrong time is refused', async () => {
    const reason = new Error('no')
    let touched = false
    const watched: Source = defer(() => {
      touched = true
      return NEVER
    })
    expect(await failureOf(whenReady(watched, { signal: AbortSignal.abort(reason) }))).toBe(reason)
    await expect(whenReady(watched, { timeoutMs: -1 })).rejects.toThrow(RangeError)
    expect(touched).toBe(false)
  })

  test('is not given up before what has come by then is read', async () => {
    const { readEnd, writeEnd } = makePipe()
    const ready = whenReady(fromDescriptor(readEnd), { timeoutMs: 20 })
    writeSync(writeEnd, '\n')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60) // the event loop stands still
    await ready
    closeDescriptor(writeEnd)
  })

  test('for any of several fails when the last has failed, with the first failure', async () => {
    const [one, other] = [new Subject<void>(), new Subject<void>()]
    const ready = failureOf(whenReady(anyOf([one, other])))
    one.error(new NeverReadyError('first'))
    other.error(new NeverReadyError('last'))
    expect(await ready).toMatchObject(never('first'))
    const lenient = whenReady(anyOf([of(undefined), other]))
    await lenient
  })
})
