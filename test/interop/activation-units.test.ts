/** Our services take the sockets that a real service manager opens for them: `.socket` units of `systemd --user`. */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithManager, UserManager } from '../support/user-manager.ts'

/** Answers every client with what it was given, and its pid. */
const SERVER = `
  import { createServer } from 'node:net'
  createServer((client) => client.end(JSON.stringify([process.pid, ...sd.listenFds()]))).listen(sd.activated('web') ?? 0)`

const ONE_CLIENT = `
  const { REMOTE_ADDR, REMOTE_PORT } = process.env
  sd.accepted('connection')?.end(JSON.stringify([REMOTE_ADDR, REMOTE_PORT, ...sd.listenFds()]))`

describeWithManager('a service of a socket unit', () => {
  let manager: UserManager

  beforeAll(async () => {
    manager = await UserManager.start()
  })

  afterAll(() => manager.stop())

  /** Defines `name.socket`, and the service `service` to which it belongs. */
  function define(name: string, service: string, code: string, ...settings: readonly string[]): void {
    const units = join(manager.place, 'config/systemd/user')
    writeFileSync(join(units, `${name}.socket`), ['[Socket]', ...settings, ''].join('\n'))
    manager.define(service, code, 'Type=simple')
    manager.ctl('start', `${name}.socket`)
  }

  async function answer(target: string | { port: number; host: string }): Promise<[unknown, ...unknown[]]> {
    const client = connect(target as never)
    let text = ''
    client.on('data', (chunk: Buffer) => (text += chunk.toString()))
    await once(client, 'close')
    return JSON.parse(text) as [unknown, ...unknown[]]
  }

  test('with Accept=no is started by the first client, and serves it and all others', async () => {
    const [a, b] = ['a', 'b'].map((name) => join(manager.place, name)) as [string, string]
    define('web', 'web', SERVER, `ListenStream=${a}`, `ListenDatagram=${b}`, 'FileDescriptorName=web')
    expect(manager.show('web.service', 'ActiveState')).toBe('inactive')
    const [pid, ...given] = await answer(a)
    expect(given).toEqual([
      { fd: 3, name: 'web', family: 'unix', type: 'stream', listening: true, address: { path: a } },
      { fd: 4, name: 'web', family: 'unix', type: 'datagram', listening: false, address: { path: b } },
    ])
    expect(manager.show('web.service', 'MainPID')).toBe(String(pid))
    expect((await answer(a))[0]).toBe(pid)

    // restarted: clients wait meanwhile, none is refused
    const asked = Promise.all(Array.from({ length: 20 }, () => answer(a)))
    manager.ctl('restart', 'web.service')
    expect((await asked).map((all) => all.length)).toEqual(Array.from({ length: 20 }, () => 3))
    manager.ctl('stop', 'web.socket', 'web.service')
  })

  test('with Accept=yes has a connection, and who it comes from', async () => {
    const place = join(manager.place, 'connections')
    define('each', 'each@', ONE_CLIENT, `ListenStream=${place}`, 'Accept=yes')
    expect(await answer(place)).toMatchObject([
      null,
      null,
      { fd: 3, name: 'connection', family: 'unix', type: 'stream', listening: false, address: { path: place } },
    ])
    manager.ctl('stop', 'each.socket')
    define('inet', 'inet@', ONE_CLIENT, 'ListenStream=18762', 'Accept=yes')
    expect((await answer({ port: 18762, host: '127.0.0.1' }))[0]).toBe('127.0.0.1')
    manager.ctl('stop', 'inet.socket')
  })
})
