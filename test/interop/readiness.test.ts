/** Readiness carried to real supervisors: s6-supervise, and a service manager of systemd's. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFifodir, waitFor } from 'fifodir'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAEMONS, freePort } from '../support/daemons.ts'
import { describeWithPeer } from '../support/peers.ts'
import { FIFODIR, run, start } from '../support/process.ts'
import { newDirectory } from '../support/scratch.ts'
import { describeWithManager, UserManager } from '../support/user-manager.ts'

/** A word of a shell command. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`
const line = (words: readonly string[]): string => words.map(quoted).join(' ')

describeWithPeer('s6-supervise, by its notification-fd,', 's6 systemd', ['s6-supervise', 'systemd-notify'], () => {
  test.each(Object.keys(DAEMONS))('is told what notify-when-up heard of %s', async (kind) => {
    const { source, program } = DAEMONS[kind] as (typeof DAEMONS)[string]
    const svc = newDirectory()
    const port = await freePort()
    const command = line([FIFODIR, 'notify-when-up', '--from', source(svc, port), '--to', 'fd:3', ...program])
    writeFileSync(join(svc, 'run'), `#!/bin/sh\nexport PORT=${port}\nexec ${command} 2>/dev/null\n`, { mode: 0o755 })
    writeFileSync(join(svc, 'notification-fd'), '3\n')
    makeFifodir(join(svc, 'event'))
    const up = waitFor(join(svc, 'event'), 'u.*U', { timeoutMs: 20_000 })
    const supervisor = start('s6-supervise', [svc])
    expect((await up).sequence).toBe('suU')
    const { stdout } = await run('s6-svstat', ['-o', 'up,ready', svc])
    expect(stdout.toString()).toBe('true true\n')
    supervisor.child.kill('SIGTERM')
    await supervisor.ended
  })

  test('is told by a daemon in shell, by fifodir ready', async () => {
    const svc = newDirectory()
    writeFileSync(join(svc, 'run'), `#!/bin/sh\n${FIFODIR} ready --fd 3\nexec sleep 60\n`, { mode: 0o755 })
    writeFileSync(join(svc, 'notification-fd'), '3\n')
    makeFifodir(join(svc, 'event'))
    const up = waitFor(join(svc, 'event'), 'u.*U', { timeoutMs: 20_000 })
    const supervisor = start('s6-supervise', [svc])
    expect((await up).sequence).toBe('suU')
    supervisor.child.kill('SIGTERM')
    await supervisor.ended
  })
})

describeWithManager('a service manager', () => {
  let manager: UserManager

  beforeAll(async () => {
    manager = await UserManager.start()
  })

  afterAll(() => manager.stop())

  /** Starts a service that runs `words`; resolves once the manager takes it to be started. */
  async function started(name: string, words: readonly string[], ...settings: string[]): Promise<string> {
    const place = join(manager.place, name)
    mkdirSync(place)
    writeFileSync(join(place, 'run'), `#!/bin/sh\ncd ${place}\nexec ${line(words)}\n`, { mode: 0o755 })
    const unit = manager.define(name, '', 'ExecStart=', `ExecStart=${place}/run`, ...settings)
    manager.ctl('start', unit)
    return unit
  }

  describe.each(['main', 'all'])('with NotifyAccess=%s', (access) => {
    test.each(Object.keys(DAEMONS))('is told what notify-when-up heard of %s, and by whom', async (kind) => {
      const { source, program } = DAEMONS[kind] as (typeof DAEMONS)[string]
      const port = await freePort()
      const name = `${kind.replaceAll(/\W+/g, '-')}-${access}`
      const words = [FIFODIR, 'notify-when-up', '--from', source(join(manager.place, name), port), '--to', 'notify']
      const settings = [`NotifyAccess=${access}`, `Environment=PORT=${port}`, 'TimeoutStartSec=20']
      const unit = await started(name, [...words, ...program], ...settings)
      expect(manager.show(unit, 'SubState')).toBe('running')
      manager.ctl('stop', unit)
    })
  })

  test('is told by a daemon in shell, by fifodir ready, and shows its status', async () => {
    const unit = await started('shell', ['sh', '-c', `${FIFODIR} ready --status 'up and about'; exec sleep 60`])
    expect(manager.show(unit, 'StatusText')).toBe('up and about')
    manager.ctl('stop', unit)
  })
})
