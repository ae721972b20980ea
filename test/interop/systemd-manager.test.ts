/** A real service manager understands what our services tell it: `systemd --user`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { untilEntries } from '../support/scratch.ts'
import { describeWithManager, managerVersion, UserManager } from '../support/user-manager.ts'

/** Keeps a service running. */
const STAY = 'setInterval(() => undefined, 1e6)\n'

describeWithManager('a service of systemd', () => {
  let manager: UserManager

  beforeAll(async () => {
    manager = await UserManager.start()
  })

  afterAll(() => manager.stop())

  const { poll } = expect
  const showing = (unit: string, property: string) =>
    poll(() => manager.show(unit, property), { timeout: 10_000, message: `${property} of ${unit}` })

  test('is started once it says that it is ready, and its status is shown', async () => {
    const unit = manager.define('ready', `${STAY} sd.sdNotify({ READY: 1, STATUS: 'listening on ☎ 80' })`)
    manager.ctl('start', unit)
    expect(manager.show(unit, 'SubState')).toBe('running')
    expect(manager.show(unit, 'StatusText')).toBe('listening on ☎ 80')
    manager.ctl('stop', unit)
    expect(manager.show(unit, 'Result')).toBe('success')
  })

  test('that says it is ready and ends at once, by process.exit(), was started', () => {
    const unit = manager.define('brief', 'sd.ready(); process.exit()')
    manager.ctl('start', unit)
    expect(manager.show(unit, 'Result')).toBe('success')
  })

  const version = managerVersion()
  test.skipIf(version < 253)(`of Type=notify-reload reloads (systemd ${version}; since 253)`, () => {
    const code = `
      process.on('SIGHUP', async () => { await sd.reloading(); await sd.status('reloaded'); await sd.ready() })
      ${STAY}
      sd.ready()`
    const unit = manager.define('notify-reload', code, 'Type=notify-reload')
    manager.ctl('start', unit)
    manager.ctl('reload', unit)
    expect(manager.show(unit, 'StatusText')).toBe('reloaded')
    manager.ctl('stop', unit)
  })

  test('that ends before it is ready has failed', () => {
    const unit = manager.define('silent', '')
    expect(() => manager.ctl('start', unit)).toThrow('did not take the steps required')
    expect(manager.show(unit, 'Result')).toBe('protocol')
  })

  test('reloads, stops, reports its errno and its main process as it says', async () => {
    const code = `
      import { spawn } from 'node:child_process'
      const child = spawn('sleep', ['1000'])
      const steps = {
        SIGHUP: () => sd.reloading(),
        SIGUSR1: () => sd.ready(),
        SIGUSR2: () => { sd.errno(28); sd.mainPid(child.pid) },
        SIGWINCH: () => sd.stopping(),
      }
      for (const [signal, step] of Object.entries(steps)) process.on(signal, step)
      ${STAY}
      sd.status(String(child.pid))
      sd.ready()`
    const unit = manager.define('steps', code, 'KillSignal=SIGKILL')
    manager.ctl('start', unit)
    const pid = Number(manager.show(unit, 'MainPID'))
    process.kill(pid, 'SIGHUP')
    await showing(unit, 'ActiveState').toBe('reloading')
    process.kill(pid, 'SIGUSR1')
    await showing(unit, 'ActiveState').toBe('active')
    process.kill(pid, 'SIGUSR2')
    await showing(unit, 'MainPID').toBe(manager.show(unit, 'StatusText'))
    expect(manager.show(unit, 'StatusErrno')).toBe('28')
    manager.ctl('stop', unit)
    manager.ctl('start', unit)
    const next = Number(manager.show(unit, 'MainPID'))
    process.kill(next, 'SIGWINCH')
    await showing(unit, 'ActiveState').toBe('deactivating')
    process.kill(next, 'SIGKILL')
    manager.ctl('stop', unit)
  })

  test('keeps its watchdog quiet as long as its event loop turns, and not when it hangs', async () => {
    const code = `
      sd.startWatchdog({ check: () => fs.appendFileSync('${manager.place}/pings', '.') })
      process.on('SIGUSR1', () => { for (;;); })
      ${STAY}
      sd.ready()`
    const unit = manager.define('watched', code, 'WatchdogSec=300ms', 'WatchdogSignal=SIGKILL')
    manager.ctl('start', unit)
    await poll(() => readFileSync(`${manager.place}/pings`).length, { timeout: 10_000 }).toBeGreaterThan(8) // 1.2 s
    expect(manager.show(unit, 'SubState')).toBe('running')
    process.kill(Number(manager.show(unit, 'MainPID')), 'SIGUSR1')
    await showing(unit, 'Result').toBe('watchdog')
  })

  test('that finds itself unwell is ended by its watchdog', async () => {
    const code = `
      sd.startWatchdog({ check: () => !fs.existsSync('${manager.place}/unwell') })
      ${STAY}
      sd.ready()`
    const unit = manager.define('unwell', code, 'WatchdogSec=300ms', 'WatchdogSignal=SIGKILL')
    manager.ctl('start', unit)
    writeFileSync(join(manager.place, 'unwell'), '')
    await showing(unit, 'Result').toBe('watchdog')
  })

  test('has its descriptors back after a restart, until it removes them', async () => {
    const code = `
      const stored = process.env.LISTEN_FDNAMES
      if (stored === undefined) {
        fs.writeFileSync('${manager.place}/stored', 'what was stored')
        sd.storeFds([fs.openSync('${manager.place}/stored')], { name: 'one:two' }).catch(() => undefined)
        sd.storeFds([fs.openSync('${manager.place}/stored')], { name: 'file', poll: false })
        sd.status('stored')
      } else {
        sd.status(stored + ': ' + fs.readFileSync(3, 'utf8'))
        process.on('SIGUSR1', () => sd.removeFds('file'))
      }
      ${STAY}
      sd.ready()`
    const unit = manager.define('storing', code, 'FileDescriptorStoreMax=2', 'Restart=always')
    manager.ctl('start', unit)
    await showing(unit, 'NFileDescriptorStore').toBe('1')
    manager.ctl('restart', unit)
    expect(manager.show(unit, 'StatusText')).toBe('file: what was stored')
    process.kill(Number(manager.show(unit, 'MainPID')), 'SIGUSR1')
    await showing(unit, 'NFileDescriptorStore').toBe('0')
    manager.ctl('stop', unit)
  })

  const slow = (extend: string) => `${extend}; setTimeout(() => sd.ready(), 900); ${STAY}`

  test('that takes longer to start than it may has failed', () => {
    const unit = manager.define('slow', slow(''), 'TimeoutStartSec=500ms', 'TimeoutStartFailureMode=kill')
    expect(() => manager.ctl('start', unit)).toThrow('timeout')
  })

  test('that takes longer to start than it may, and says so, has not', () => {
    const extend = 'sd.extendTimeout({ ms: 20_000 })'
    const unit = manager.define('extending', slow(extend), 'TimeoutStartSec=500ms', 'TimeoutStartFailureMode=kill')
    manager.ctl('start', unit)
    manager.ctl('stop', unit)
  })

  test('may have a child speak that ends at once, and wait until it was heard, while the manager hangs', async () => {
    const child = `
      import { writeFileSync } from 'node:fs'
      import { barrier, status } from '${UserManager.library}'
      status('from a child')
      const heard = barrier({ timeoutMs: 20_000 })
      writeFileSync('${manager.place}/said', '')
      await heard`
    const code = `
      import { spawn } from 'node:child_process'
      process.on('SIGUSR1', () => {
        spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(child)}]).on('exit', (code) => {
          fs.writeFileSync('${manager.place}/exited', String(code))
        })
      })
      ${STAY}
      sd.ready()`
    const unit = manager.define('parent', code, 'NotifyAccess=all')
    manager.ctl('start', unit)
    const pid = Number(manager.show(unit, 'MainPID'))
    process.kill(manager.pid, 'SIGSTOP')
    process.kill(pid, 'SIGUSR1')
    await untilEntries(manager.place, (names) => names.includes('said'))
    expect(existsSync(join(manager.place, 'exited'))).toBe(false)
    process.kill(manager.pid, 'SIGCONT')
    await untilEntries(manager.place, (names) => names.includes('exited'))
    expect(manager.show(unit, 'StatusText')).toBe('from a child')
    manager.ctl('stop', unit)
  })
})
