/** Services with sockets: opened for them once, and, for lazy ones, waited at. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { supervise } from 'fifodir/service'
import { describe, expect, test } from 'vitest'
import { told } from '../../support/activated.ts'
import { untilRead } from '../../support/event-loop.ts'
import { newService, Orders, watched, type Watched, writeFile } from '../../support/service.ts'
import { newDirectory } from '../../support/scratch.ts'

/** Serves one client, and ends: Python's sockets start faster than Node's. */
const RUN = `#!/usr/bin/env python3
import os, socket
client = socket.socket(fileno=3).accept()[0]
client.sendall(' '.join([str(os.getpid()), *(os.environ.get(name, '-') for name in ('LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES'))]).encode())
`

const inTest = (path: string): string => join(newDirectory(), path)

/** A client that is never served. */
async function visit(path: string): Promise<Socket> {
  const client = connect(path).on('error', () => undefined)
  await once(client, 'connect')
  return client
}

/** A lazy service of these files, its socket, and its supervisor. */
function lazily(files: Readonly<Record<string, string>>): { path: string; service: string; supervisor: Watched } {
  const path = inTest('socket')
  const service = newService({ sockets: `web=unix:${path}\n`, lazy: '', ...files })
  return { path, service, supervisor: watched(service) }
}

describe('the file sockets', () => {
  test('has a socket in each line, which every run finds at the same place', async () => {
    const [a, b] = [inTest('a'), inTest('b')]
    const service = newService({ run: RUN, sockets: `web=unix:${a}\n\nunix-dgram:${b}\n` })
    await using supervisor = watched(service)
    expect(supervisor.sockets.map(({ name, kind }) => [name, kind])).toEqual([
      ['web', 'unix'],
      ['unknown', 'unix-dgram'],
    ])
    const [first, second] = [await told(a), await told(a)] // who comes while it is down waits
    for (const answer of [first, second]) {
      const [pid, ...rest] = answer.split(' ')
      expect(rest).toEqual([pid, '2', 'web:unknown'])
    }
    expect(first).not.toBe(second)
  })

  test('is read when the supervisor comes, and its sockets are removed when it leaves', async () => {
    const path = inTest('socket')
    const service = newService({ run: '#!/bin/sh\nexec sleep 60\n', sockets: `unix:${path}` })
    const supervisor = watched(service)
    writeFileSync(join(service, 'sockets'), 'nonsense')
    await supervisor.until('u')
    supervisor.signal('SIGTERM')
    await supervisor.left
    expect(existsSync(path)).toBe(false)
    expect(supervisor.faults).toEqual([])
  })

  test.each([
    ['FIFODIR_DEFINITION', 'nonsense', /^cannot supervise .*: cannot listen on nonsense: it starts with none of /],
    ['FIFODIR_DEFINITION', 'unix:a b,mode=9', /the option mode cannot be 'mode=9'/],
    ['ENOENT', 'unix:none/socket', /^cannot listen on unix:.*\/none\/socket: no such file or directory/],
  ])('that cannot be had keeps everything from being started: %s, %s', async (code, line, message) => {
    const service = newService({ run: '#!/bin/sh\nexec sleep 60\n', sockets: line })
    expect(() => supervise(service)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
    writeFile(join(service, 'sockets'), '')
    await using supervisor = watched(service) // nobody holds it
    await supervisor.until('u')
  })

  test('that is not UTF-8 keeps everything from being started', () => {
    const service = newService({ run: '#!/bin/sh\nexec sleep 60\n' })
    writeFileSync(join(service, 'sockets'), Buffer.from('unix:a\xffb\n', 'latin1'))
    expect(() => supervise(service)).toThrow(/its file sockets is not UTF-8/)
    expect(existsSync(join(service, 'a\uFFFDb'))).toBe(false)
  })

  test.each([
    ['unix:/tmp/fifodir-test-asked', 'unix:/tmp/fifodir-test-asked'],
    ['tcp:127.0.0.1:18761', 'tcp:18761'],
    ['tcp:18761', 'tcp:127.0.0.1:18761'],
    ['tcp:[::1]:18761', 'tcp:[::1]:18761'],
  ])('with %s is not ready by %s, which the system answers: refused, and nothing is left', (socket, readiness) => {
    const service = newService({ run: '#!/bin/sh\nexec sleep 60\n', sockets: socket, readiness })
    expect(() => supervise(service)).toThrow(/ is a socket of its own, and accepts before it runs/)
    expect(existsSync('/tmp/fifodir-test-asked')).toBe(false)
  })

  test('is missed where a service is lazy', () => {
    const service = newService({ run: '#!/bin/sh\n' })
    writeFileSync(join(service, 'lazy'), '')
    expect(() => supervise(service)).toThrow(/it is lazy, and has no sockets/)
  })

  test('has paths from the service directory', async () => {
    const service = newService({
      run: RUN,
      sockets: 'unix:socket,mode=600\nfifo:./queue\nunix:@fifodir-test-sockets\n',
    })
    await using _ = watched(service)
    expect(statSync(join(service, 'socket')).mode & 0o777).toBe(0o600)
    expect(statSync(join(service, 'queue')).isFIFO()).toBe(true)
  })

  test('is not for finish', async () => {
    const path = inTest('socket')
    const finish = '#!/bin/sh\nreadlink /proc/$$/fd/3 > found; echo "$LISTEN_FDS" >> found\n'
    const service = newService({ run: RUN, finish, sockets: `unix:${path}`, lazy: '' })
    await using supervisor = watched(service)
    await told(path)
    await supervisor.until('D')
    expect(readFileSync(join(service, 'found'), 'utf8')).toBe('\n')
  })

  test('and notification-fd exclude each other where they want the same number: it is not started, and that is said', async () => {
    const service = newService({ run: RUN, sockets: `unix:${inTest('socket')}`, 'notification-fd': '3\n' })
    await using supervisor = watched(service)
    expect((await supervisor.untilFault('FIFODIR_DEFINITION')).message).toMatch(
      /^cannot start .*: fd:3 is where it is to find a socket; use one from 4 on/,
    )
  })
})

describe('a definition in code', () => {
  test.each([
    [{ sockets: ['nonsense'] }, TypeError],
    [{ sockets: ['tcp:99999'] }, TypeError],
    [{ lazy: true }, TypeError],
    [{ lazy: true, sockets: [] }, TypeError],
  ])('that cannot be one is refused before anything is made: %j', (definition, kind) => {
    const service = join(newDirectory(), 'service')
    expect(() => supervise(service, { command: ['true'], ...definition })).toThrow(kind)
    expect(existsSync(service)).toBe(false)
  })

  test('that wants the number of a descriptor that is handed over is refused, and nothing is held', () => {
    const service = join(newDirectory(), 'service')
    const definition = { command: ['true'], sockets: [`unix:${inTest('socket')}`] }
    expect(() => supervise(service, definition, { handover: { descriptors: { 3: 0 } } })).toThrow(
      /its programs are to have descriptor 3, where a socket goes; close that/,
    )
  })

  test('whose program has a = in its name is not started with sockets, and that is said', async () => {
    const definition = { command: ['./a=b'], sockets: [`unix:${inTest('socket')}`] }
    await using supervisor = watched(join(newDirectory(), 'service'), definition)
    expect((await supervisor.untilFault('FIFODIR_DEFINITION')).message).toMatch(/its name has a = in it/)
  })
})

describe('a lazy service', () => {
  test('is started once for each who comes when it has ended', async () => {
    const { path, supervisor } = lazily({ run: RUN })
    await using _ = supervisor
    expect(supervisor.events).toBe('s')
    expect(supervisor.status.wantedUp).toBe(false)
    await told(path)
    await supervisor.until('dD')
    await told(path)
    await supervisor.until('dD')
    expect(supervisor.events).toBe('sudDudD')
  })

  test('is not started while its finish runs', async () => {
    const { path, supervisor } = lazily({ run: RUN, finish: '#!/bin/sh\nread -r line < release\n' })
    await using _ = supervisor
    using release = new Orders(join(supervisor.path, 'release'))
    await told(path)
    await supervisor.until('d')
    const second = told(path)
    await untilRead()
    expect(supervisor.events).toBe('sud')
    release.give('go')
    expect(await second).not.toBe('')
    await supervisor.until('d')
    release.give('go')
    await supervisor.until('D')
    expect(supervisor.events).toBe('sudDudD')
  })

  test('that failed for good is not started again, but by a command', async () => {
    const { path, supervisor } = lazily({ run: '#!/bin/sh\nexit 1\n', finish: '#!/bin/sh\nexit 125\n' })
    await using _ = supervisor
    const client = await visit(path)
    await supervisor.until('OD')
    await untilRead()
    expect(supervisor.events).toBe('sudOD')
    supervisor.control('once')
    await supervisor.until('OD')
    expect(supervisor.events).toBe('sudODudOD')
    client.destroy()
  })

  test('that never takes what comes is started 20 times, and then left down, which is said; a command starts it', async () => {
    const { path, supervisor } = lazily({ run: '#!/bin/sh\nexit 0\n' })
    await using _ = supervisor
    const client = await visit(path)
    const { message } = await supervisor.untilFault('FIFODIR_TRIGGER_LIMIT')
    expect(message).toMatch(/^cannot serve web: started 20 times within 2000 ms/)
    expect(supervisor.events).toBe(`s${'udD'.repeat(20)}`)
    client.destroy()
    supervisor.control('once')
    await supervisor.until('dD')
  })

  test('that cannot be started is tried 20 times, as nobody who has come is forgotten, and then left down', async () => {
    const path = inTest('socket')
    const definition = { command: ['true'], directory: inTest('none'), sockets: [`unix:${path}`], lazy: true }
    await using supervisor = watched(join(newDirectory(), 'service'), definition)
    const client = await visit(path)
    await supervisor.untilFault('FIFODIR_TRIGGER_LIMIT')
    expect(supervisor.faults.map(({ code }) => code)).toEqual([...Array(20).fill('ENOENT'), 'FIFODIR_TRIGGER_LIMIT'])
    client.destroy()
  })

  test('is not started where there is a file down; up starts it', async () => {
    const { path, supervisor } = lazily({ run: RUN, down: '' })
    await using _ = supervisor
    const client = connect(path)
    await once(client, 'connect')
    await untilRead()
    expect(supervisor.events).toBe('s')
    supervisor.control('once')
    expect(await told(client)).not.toBe('')
  })

  test('is waited at no more when the supervisor has left', async () => {
    const { path, supervisor } = lazily({ run: RUN })
    supervisor.signal('SIGTERM')
    await supervisor.left
    expect(existsSync(path)).toBe(false)
    expect(supervisor.events).toBe('sx')
  })
})
