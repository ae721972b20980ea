/** The service's side: what is sent, when, and what is said where it cannot be. */
import { once } from 'node:events'
import { chmodSync, closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import {
  errno,
  extendTimeout,
  mainPid,
  notifySocket,
  ready,
  reloading,
  removeFds,
  sdNotify,
  status,
  stopping,
  storeFds,
  watchdog,
} from 'fifodir/systemd'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { untilRead } from '../../support/event-loop.ts'
import { inOwnProcess, NOBODY } from '../../support/own-process.ts'
import { linesOf, listen } from '../../support/notifications.ts'
import { run, start } from '../../support/process.ts'
import { describeAsRoot } from '../../support/root.ts'
import { newDirectory } from '../../support/scratch.ts'

afterEach(() => vi.unstubAllEnvs())

describe('a notification', () => {
  test('goes to the NOTIFY_SOCKET of the environment, an abstract name or a path', async () => {
    for (const options of [{}, { path: join(newDirectory(), 'söcket') }]) {
      using socket = listen(options)
      vi.stubEnv('NOTIFY_SOCKET', socket.address)
      expect(await sdNotify({ READY: 1, STATUS: 'up' })).toBe(true)
      await untilRead()
      expect(linesOf(socket.heard)).toEqual([['READY=1', 'STATUS=up']])
      expect(socket.heard[0]).toMatchObject({ pid: process.pid, uid: process.getuid?.(), gid: process.getgid?.() })
    }
  })

  test('is nothing where there is none, and says so', async () => {
    vi.stubEnv('NOTIFY_SOCKET', undefined)
    expect(await sdNotify({ READY: 1 })).toBe(false)
    expect(await ready({ descriptors: [12345] })).toBe(false)
  })

  test('has been sent when the call returns', async () => {
    using socket = notifySocket()
    await inOwnProcess(
      ({ systemd }, address) => {
        void systemd.ready({ address })
        process.exit()
      },
      [socket.address],
    )
    const heard: unknown[] = []
    const reading = socket.messages.subscribe(({ lines }) => heard.push(lines))
    await untilRead()
    reading.unsubscribe()
    expect(heard).toEqual([['READY=1']])
  })

  test.each<[string, (address: { address: string }) => Promise<boolean>, (string | RegExp)[]]>([
    ['ready', ready, ['READY=1']],
    ['stopping', stopping, ['STOPPING=1']],
    ['status', (to) => status('is up', to), ['STATUS=is up']],
    ['watchdog', watchdog, ['WATCHDOG=1']],
    ['extendTimeout', (to) => extendTimeout({ ms: 1.5, ...to }), ['EXTEND_TIMEOUT_USEC=1500']],
    ['mainPid', (to) => mainPid(7, to), ['MAINPID=7']],
    ['errno', (to) => errno(2, to), ['ERRNO=2']],
    ['removeFds', (to) => removeFds('one', to), ['FDSTOREREMOVE=1', 'FDNAME=one']],
    ['storeFds', (to) => storeFds([0], { name: 'one', ...to }), ['FDSTORE=1', 'FDNAME=one']],
    ['storeFds', (to) => storeFds([0], { name: '', poll: false, ...to }), ['FDSTORE=1', 'FDNAME=', 'FDPOLL=0']],
  ])('of %s says what it is to', async (_, send, lines) => {
    using socket = listen()
    expect(await send({ address: socket.address })).toBe(true)
    await untilRead()
    expect(linesOf(socket.heard)).toEqual([lines])
  })

  test('of a reload tells since when, by the clock of the manager', async () => {
    using socket = listen()
    const before = process.hrtime.bigint() / 1000n
    await reloading({ address: socket.address })
    await untilRead()
    expect(socket.heard[0]?.lines[0]).toBe('RELOADING=1')
    const at = BigInt(socket.heard[0]?.assignments.get('MONOTONIC_USEC') as string)
    expect(at >= before && at <= process.hrtime.bigint() / 1000n).toBe(true)
  })

  test('removes NOTIFY_SOCKET where it is to, also where it fails', async () => {
    for (const assignments of [{ READY: 1 }, {}]) {
      vi.stubEnv('NOTIFY_SOCKET', '/none')
      await expect(sdNotify(assignments, { unsetEnvironment: true })).rejects.toThrow()
      expect(process.env['NOTIFY_SOCKET']).toBeUndefined()
    }
  })

  test('that is aborted already is not sent', async () => {
    using socket = listen()
    const reason = new Error('enough')
    await expect(ready({ address: socket.address, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await untilRead()
    expect(socket.heard).toEqual([])
  })

  test('takes descriptors along', async () => {
    using socket = listen()
    const file = join(newDirectory(), 'file')
    writeFileSync(file, '')
    const fd = openSync(file, 'r')
    let inode: number | undefined
    let flags: string | undefined
    const taking = socket.messages.subscribe((message) => {
      const [taken] = message.takeDescriptors() as [number]
      expect(message.takeDescriptors()).toEqual([])
      inode = fstatSync(taken).ino
      flags = /flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${taken}`, 'utf8'))?.[1]
      closeSync(taken)
    })
    await storeFds([fd], { name: 'file', address: socket.address })
    await untilRead()
    taking.unsubscribe()
    expect(inode).toBe(fstatSync(fd).ino)
    expect(Number.parseInt(flags as string, 8) & 0o2000000, 'close-on-exec').not.toBe(0)
    closeSync(fd)
  })
})

describe('a notification that cannot be sent', () => {
  const long = 'x'.repeat(107)
  test.each([
    ['/no/such/socket', 'ENOENT'],
    ['@no-such-socket', 'ECONNREFUSED'],
    ['', 'EINVAL'],
    ['@', 'EINVAL'],
    ['/', 'EINVAL'],
    ['relative', 'EINVAL'],
    ['/nul\0', 'EINVAL'],
    [`/${long}`, 'ENAMETOOLONG'],
    [`@${long}`, 'EINVAL'],
    ['vsock:2:1234', 'EAFNOSUPPORT'],
    ['vsock-stream:2:1234', 'EAFNOSUPPORT'],
  ])('to %j rejects with %s, and says what to do', async (address, code) => {
    const error: unknown = await ready({ address }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'FifodirError', code, operation: 'notify systemd at', path: address })
    expect(error).toHaveProperty('hint', expect.stringMatching(/^.{10}/))
  })

  test('to a stream socket, or a file, rejects', async () => {
    const path = join(newDirectory(), 'stream')
    const server = createServer().listen(path)
    await once(server, 'listening')
    await expect(ready({ address: path })).rejects.toMatchObject({ code: 'EPROTOTYPE' })
    server.close()
    await once(server, 'close')
    writeFileSync(path, '')
    await expect(ready({ address: path })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('with what is no open descriptor rejects', async () => {
    using socket = listen()
    await expect(sdNotify({ FDSTORE: 1 }, { descriptors: [99999], ...socket })).rejects.toMatchObject({ code: 'EBADF' })
  })

  test.each<[string, () => Promise<unknown>, unknown]>([
    ['a status of two lines', () => status('a\nb'), TypeError],
    ['a wrong name of descriptors', () => storeFds([0], { name: 'a:b' }), TypeError],
    ['another one', () => removeFds('ä'), TypeError],
    ['a negative descriptor', () => sdNotify({ A: 1 }, { descriptors: [-1] }), TypeError],
    ['254 descriptors', () => sdNotify({ A: 1 }, { descriptors: Array<number>(254).fill(0) }), RangeError],
    ['pid 0', () => ready({ pid: 0 }), TypeError],
  ])('for %s rejects before anything is touched', async (_, send, type) => {
    vi.stubEnv('NOTIFY_SOCKET', '/none')
    await expect(send()).rejects.toThrow(type as typeof TypeError)
  })
})

describeAsRoot('a notification in the name of another process', () => {
  test('comes from it where this one is privileged', async () => {
    using socket = listen()
    const { pid, child, ended } = start('cat', [], { input: null })
    await ready({ pid, address: socket.address })
    await untilRead()
    child.kill()
    await ended
    expect(socket.heard.map((message) => message.pid)).toEqual([pid])
  })

  test('comes from this one where it is not, or where there is no such process', async () => {
    const path = join(newDirectory(), 'socket')
    chmodSync(join(path, '..'), 0o711)
    using socket = listen({ path, mode: 0o666 })
    const { stdout } = await run('sh', ['-c', 'echo $$'])
    await ready({ pid: Number(stdout), address: path })
    const own = await inOwnProcess(
      async ({ systemd }, address) => {
        await systemd.ready({ pid: 1, address })
        return process.pid
      },
      [path],
      { asNobody: true },
    )
    expect(socket.heard.map(({ pid, uid }) => ({ pid, uid }))).toEqual([
      { pid: process.pid, uid: 0 },
      { pid: own, uid: NOBODY },
    ])
  })

  test('to a path whose mode lets this user send nothing rejects', async () => {
    const path = join(newDirectory(), 'socket')
    chmodSync(join(path, '..'), 0o711)
    using _socket = listen({ path })
    const code = await inOwnProcess(
      ({ systemd }, address) => {
        return systemd.ready({ address }).catch(({ code }: { code: string }) => code)
      },
      [path],
      { asNobody: true },
    )
    expect(code).toBe('EACCES')
  })
})
