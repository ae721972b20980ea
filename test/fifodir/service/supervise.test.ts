/** What a supervisor of ours does of which s6's knows nothing, and its times. */
import { readFileSync, readlinkSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { FifodirError } from 'fifodir'
import { control, supervise, unpackDeaths, whenFinished } from 'fifodir/service'
import { spawn } from 'fifodir/posix'
import { sourceCalled } from 'fifodir/readiness'
import { describe, expect, test } from 'vitest'
import { newDirectory } from '../../support/scratch.ts'
import { newService, obedient, Orders, watched } from '../../support/service.ts'

const sh = (script: string): readonly string[] => ['sh', '-c', script]

describe('a service described in code', () => {
  test('has its environment, its working directory, a session of its own, and no descriptors but the standard ones and that for its readiness', async () => {
    const path = newDirectory()
    const directory = newDirectory()
    const script = 'echo "$NAME $PWD"; ls -m /proc/self/fd; ps -o sid= -p $$; echo $$'
    await using supervisor = watched(path, {
      command: sh(`{ ${script}; } >out; echo >&7; exec sleep 1000`),
      notificationFd: 7,
      environment: ['NAME=value', `PATH=${process.env['PATH']}`],
      directory,
      finish: ['true'],
    })
    await supervisor.until('U')
    control(path, 'down')
    await supervisor.until('D')
    expect(supervisor.status.pid).toBe(0)
    const [first, fds, sid, pid] = readFileSync(join(directory, 'out'), 'utf8').split('\n')
    expect([first, fds]).toEqual([`value ${directory}`, '0, 1, 2, 3, 7'])
    expect(sid?.trim()).toBe(pid)
  })

  test('is ready when any of its sources says so', async () => {
    const path = newDirectory()
    await using supervisor = watched(path, {
      command: sh('echo is up, and listens; exec sleep 1000'),
      readiness: [sourceCalled('notify'), sourceCalled('log:listens')],
    })
    await supervisor.until('U')
    expect(supervisor.events).toBe('suU')
    expect(supervisor.status.ready).toBe(true)
  })

  test.each([
    ['always', 0, true],
    ['always', 1, true],
    ['on-failure', 0, false],
    ['on-failure', 1, true],
    ['never', 0, false],
    ['never', 1, false],
  ] as const)('restart %s: after exit code %i it is wanted up: %s', async (restart, code, wantedUp) => {
    await using supervisor = watched(newDirectory(), { command: sh(`exit ${code}`), restart })
    await supervisor.until('dD')
    expect(supervisor.status.wantedUp).toBe(wantedUp)
  })

  test('restart never: it is started again where that is what it is told to do', async () => {
    const path = newDirectory()
    await using supervisor = watched(path, { command: ['sleep', '1000'], restart: 'never' })
    await supervisor.until('u')
    control(path, 'restart')
    await supervisor.until('dDu')
    expect(supervisor.status.wantedUp).toBe(true)
  })

  test('its finish is told how it died, its name and its pid', async () => {
    const path = newDirectory()
    await using supervisor = watched(path, {
      command: ['sleep', '1000'],
      finish: sh('echo "$@" >finished').concat('finish'),
    })
    await supervisor.until('u')
    const { pid } = supervisor.status
    control(path, 'kill')
    await supervisor.until('dD')
    expect(readFileSync(join(path, 'finished'), 'utf8')).toBe(`256 9 ${path} ${pid}\n`)
  })
})

describe('a start comes', () => {
  const msBetween = (from: Date, to: Date): number => to.getTime() - from.getTime()

  test('a second after the end of one that never was ready', async () => {
    await using supervisor = watched(newDirectory(), { command: ['true'] })
    await supervisor.until('dD')
    const { readySince } = supervisor.status
    await supervisor.until('dDu')
    expect(msBetween(readySince, supervisor.status.since)).toBeGreaterThanOrEqual(990)
  })

  test('a second after the readiness of one that died before that', async () => {
    const path = newService({ run: '#!/bin/sh\necho >&3\nexec sleep 0.5\n', 'notification-fd': '3' })
    await using supervisor = watched(path)
    await supervisor.until('U')
    const { readySince } = supervisor.status
    await supervisor.until('dDu')
    const waited = msBetween(readySince, supervisor.status.since)
    expect(waited).toBeGreaterThanOrEqual(990)
    expect(waited).toBeLessThan(1450)
  })

  test('at once after one that had been ready for a second', async () => {
    const path = newService({ run: '#!/bin/sh\necho >&3\nexec sleep 1.1\n', 'notification-fd': '3' })
    await using supervisor = watched(path)
    await supervisor.until('dD')
    const { readySince } = supervisor.status
    await supervisor.until('dDu')
    expect(msBetween(readySince, supervisor.status.since)).toBeLessThan(500)
  })
})

test('readiness that is told with the last breath comes before death', async () => {
  const path = newService({ run: '#!/bin/sh\necho >&3\n', 'notification-fd': '3', finish: '#!/bin/sh\nexit 125\n' })
  await using supervisor = watched(path)
  await supervisor.until('D')
  expect(supervisor.events).toBe('suUdOD')
})

test('so it does where the death is found before the event loop came to read', async () => {
  const path = newService({ run: obedient('orders'), 'notification-fd': '3', down: '' })
  using orders = new Orders(join(path, 'orders'))
  await using supervisor = watched(path)
  control(path, 'once')
  await supervisor.until('u')
  orders.give('echo >&3; exit 0')
  while (!readFileSync(`/proc/${supervisor.status.pid}/stat`, 'latin1').includes(') Z ')); // nothing is read meanwhile
  const other = spawn('true') // which looks for the dead
  await supervisor.until('dD')
  expect(supervisor.events).toBe('suUdD')
  await other.ended
})

test('the deaths of late are kept', async () => {
  const path = newService({ run: '#!/bin/sh\nexit 3\n', 'max-death-tally': '2' })
  await using supervisor = watched(path)
  for (let round = 0; round < 3; round++) {
    await supervisor.until('dD')
    control(path, 'up')
    await supervisor.until('u')
  }
  await supervisor.until('dD')
  const deaths = unpackDeaths(readFileSync(join(path, 'supervise/death_tally')))
  expect(deaths.map(({ exitCode, signal }) => [exitCode, signal])).toEqual([
    [3, 0],
    [3, 0],
  ])
})

test('a service directory whose event and supervise are links to nothing yet gets them where they lead', async () => {
  const path = newService({ run: '#!/bin/sh\nexec sleep 1000\n' })
  const elsewhere = newDirectory()
  for (const name of ['event', 'supervise']) symlinkSync(join(elsewhere, name), join(path, name))
  await using supervisor = watched(path)
  await supervisor.until('u')
  expect(readlinkSync(join(path, 'event'))).toBe(join(elsewhere, 'event'))
})

test('after exit, finish has none of the standard input and output', async () => {
  const path = newService({
    run: '#!/bin/sh\nexec sleep 1000\n',
    finish: '#!/bin/sh\none=$(readlink /proc/$$/fd/0) other=$(readlink /proc/$$/fd/1)\necho "$one $other" >finished\n',
  })
  await using supervisor = watched(path)
  await supervisor.until('u')
  control(path, 'exit', 'down')
  await supervisor.left
  expect(readFileSync(join(path, 'finished'), 'utf8')).toBe('/dev/null /dev/null\n')
})

test('aborting brings the service down, and the supervisor leaves', async () => {
  const path = newDirectory()
  const abort = new AbortController()
  const supervisor = supervise(path, { command: ['sleep', '1000'] }, { signal: abort.signal })
  abort.abort()
  await supervisor.left
  expect(supervisor.status.pid).toBe(0)
  expect(() => supervise(path, { command: ['true'] }, { signal: abort.signal })).toThrow('aborted')
})

test('a service has one supervisor, also where a second is in the same process', async () => {
  const path = newDirectory()
  await using supervisor = watched(path, { command: ['sleep', '1000'] })
  expect(supervisor.status.pid).toBe(0)
  expect(() => supervise(path, { command: ['true'] })).toThrow(
    expect.objectContaining({ code: 'FIFODIR_SUPERVISED', operation: 'supervise', path }),
  )
})

test('what is left can be supervised again at once', async () => {
  const path = newDirectory()
  for (let round = 0; round < 20; round++) {
    const supervisor = supervise(path, { command: ['sleep', '1000'] })
    supervisor.signal('SIGTERM')
    await supervisor.left
  }
  await using last = watched(path, { command: ['true'] })
  await Promise.all([whenFinished(path), last.until('dD')])
})

describe('refused before anything is touched is', () => {
  test.each<[string, () => unknown]>([
    ['an empty command', () => supervise('nowhere', { command: [] })],
    [
      'a finish that is no array',
      () => supervise('nowhere', { command: ['true'], finish: 'rm' as unknown as string[] }),
    ],
    ['a time that is none', () => supervise('nowhere', { command: ['true'], stopTimeoutMs: -1 })],
    ['a descriptor that is none', () => supervise('nowhere', { command: ['true'], notificationFd: 1.5 })],
    ['a path that is none', () => supervise('')],
    ['a command that nobody knows', () => control('nowhere', 'jump' as 'up')],
    ['no command', () => control('nowhere')],
  ])('%s', (_, act) => {
    expect(act).toThrow(/must|no such command/)
    expect(act).not.toThrow(FifodirError)
  })
})

test('where there is no service directory, that is said', () => {
  const path = join(newDirectory(), 'none')
  expect(() => supervise(path)).toThrow(`cannot supervise ${path}: no such file or directory (ENOENT)`)
  expect(() => control(path, 'up')).toThrow(`cannot control ${path}: no such file or directory (ENOENT)`)
  mkdirSync(path)
  expect(() => control(path, 'up')).toThrow('start its supervisor first')
})
