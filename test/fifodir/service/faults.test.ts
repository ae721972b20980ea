/** What goes wrong while a supervisor goes on: it says so, keeps what runs running, and recovers. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { events } from 'fifodir'
import { control, supervise, unpackStatus, whenFinished, whenUp } from 'fifodir/service'
import { firstValueFrom } from 'rxjs'
import { expect, test } from 'vitest'
import { mountTmpfs } from '../../support/memory-file-system.ts'
import { NOBODY, startOwnProcess, untilPrinted } from '../../support/own-process.ts'
import { run } from '../../support/process.ts'
import { describeAsRoot } from '../../support/root.ts'
import { newDirectory } from '../../support/scratch.ts'
import { newService, watched, writeFile } from '../../support/service.ts'

const SLEEPS = '#!/bin/sh\nexec sleep 1000\n'

test('without run it is not started, until a command comes when there is one', async () => {
  const path = newService({})
  await using supervisor = watched(path)
  const fault = await supervisor.untilFault('ENOENT')
  expect(fault.message).toContain(`cannot start ${path}: no such file or directory (ENOENT); put the program there`)
  writeFile(join(path, 'run'), SLEEPS)
  control(path, 'up')
  await supervisor.until('su')
})

test('a run that is not executable is not started', async () => {
  const path = newService({ run: 'true' })
  await using supervisor = watched(path)
  expect((await supervisor.untilFault('EACCES')).message).toContain('make the program executable')
  expect(supervisor.events).toBe('s')
  chmodSync(join(path, 'run'), 0o755)
  control(path, 'up')
  await supervisor.until('su')
})

test('a finish that is not executable is left out', async () => {
  const path = newService({ run: SLEEPS, finish: 'true' })
  await using supervisor = watched(path)
  await supervisor.until('u')
  control(path, 'down')
  await supervisor.until('dD')
  expect(supervisor.faults.map(({ operation, code }) => [operation, code])).toEqual([['finish', 'EACCES']])
})

test('a run that ignores its signal is killed when its time is up', async () => {
  const path = newService({
    run: "#!/bin/sh\ntrap '' TERM\necho >&3\nexec sleep 1000\n",
    'notification-fd': '3',
    'timeout-kill': '50',
  })
  await using supervisor = watched(path)
  await supervisor.until('U')
  control(path, 'down')
  await supervisor.until('dD')
  expect(supervisor.status.waitStatus).toBe(9)
  expect((await supervisor.untilFault('ETIMEDOUT')).operation).toBe('stop')
})

test('a finish that hangs is killed when its time is up', async () => {
  const path = newService({ run: '#!/bin/sh\n', finish: SLEEPS, 'timeout-finish': '50' })
  await using supervisor = watched(path)
  await supervisor.until('D')
  expect((await supervisor.untilFault('ETIMEDOUT')).operation).toBe('finish')
})

test.each([
  ['notification-fd', 'three'],
  ['timeout-kill', '-1'],
  ['down-signal', 'SIGNONE'],
  ['readiness', 'tcp:none'],
])('a %s that says "%s" is taken for none', async (file, text) => {
  const path = newService({ run: SLEEPS, [file]: text })
  await using supervisor = watched(path)
  await supervisor.until('u')
  control(path, 'down')
  await supervisor.until('dD')
  expect((await supervisor.untilFault('FIFODIR_DEFINITION')).message).toContain(
    `its ${file} does not say what it should`,
  )
})

test('two ways to be ready that want the same descriptor are a fault of the service, not of the supervisor', async () => {
  const path = newService({ run: SLEEPS, 'notification-fd': '1', readiness: 'log:up' })
  await using supervisor = watched(path)
  expect((await supervisor.untilFault('FIFODIR_DEFINITION')).message).toContain('two sources want descriptor 1')
  rmSync(join(path, 'readiness'))
  control(path, 'up')
  await supervisor.until('su')
})

test('an event that is removed is made again, and who subscribes to it is told', async () => {
  const path = newService({ run: SLEEPS })
  await using supervisor = watched(path)
  await supervisor.until('u')
  rmSync(join(path, 'event'), { recursive: true })
  control(path, 'restart')
  await supervisor.until('dD')
  expect((await supervisor.untilFault('ENOENT')).operation).toBe('notify')
  expect(statSync(join(path, 'event')).mode & 0o7777).toBe(0o3730)
  expect(await firstValueFrom(events(join(path, 'event')))).toBe('u')
})

test('a megabyte of rubbish in its control FIFO is counted, and what comes behind it is heeded', {
  timeout: 20_000,
}, async () => {
  const path = newService({ run: SLEEPS })
  await using supervisor = watched(path)
  await supervisor.until('u')
  const { pid } = supervisor.status
  expect((await run('sh', ['-c', 'head -c 1000000 /dev/zero >"$0"/supervise/control', path])).code).toBe(0)
  expect((await supervisor.untilFault('FIFODIR_COMMAND')).message).toMatch(/\d+ of the bytes that came are no commands/)
  expect(supervisor.status.pid).toBe(pid)
  control(path, 'down')
  await supervisor.until('dD')
  const counted = supervisor.faults.map(({ reason }) => Number.parseInt(reason, 10))
  expect(counted.reduce((sum, count) => sum + count)).toBe(1_000_000)
})

test('a control that is no FIFO is refused, and nothing is held', () => {
  const path = newService({ run: SLEEPS })
  mkdirSync(join(path, 'supervise'))
  writeFileSync(join(path, 'supervise/control'), '')
  for (let round = 0; round < 2; round++)
    expect(() => supervise(path)).toThrow(expect.objectContaining({ code: 'EEXIST' }))
})

test('what a listener throws does not reach the supervisor', async () => {
  const program = async ({ service, say }: Parameters<Parameters<typeof startOwnProcess>[0]>[0], path: string) => {
    process.on('uncaughtException', ({ message }) => say(message))
    const supervisor = service.supervise(
      path,
      { command: ['sleep', '1000'] },
      {
        onEvents: (sent) => {
          throw new Error(`listener ${sent}`)
        },
      },
    )
    await service.whenUp(path)
    supervisor.signal('SIGTERM')
    await supervisor.left
  }
  const ended = await startOwnProcess(program, [newDirectory()]).ended
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(ended.stdout.toString().split('\n').filter(Boolean)).toEqual(
    ['s', 'u', 'dD', 'x'].map((sent) => `listener ${sent}`),
  )
})

describeAsRoot('where the system has none left', () => {
  test('of inodes and room, the status is overwritten, before the event as ever', async () => {
    using memory = mountTmpfs(64)
    const path = join(memory.path, 'service')
    mkdirSync(path)
    writeFile(join(path, 'run'), SLEEPS)
    await using supervisor = watched(path)
    await supervisor.until('u')
    expect(
      (await run('sh', ['-c', 'cat /dev/zero >"$0/0"; for i in $(seq 100); do : >"$0/$i"; done', memory.path])).code,
    ).not.toBe(0)
    const { pid } = supervisor.status
    control(path, 'kill')
    await supervisor.until('dD')
    const recorded = unpackStatus(readFileSync(join(path, 'supervise/status')))
    expect(recorded).toMatchObject({ pid: 0, waitStatus: 9, ready: true })
    await supervisor.until('dDu')
    expect(unpackStatus(readFileSync(join(path, 'supervise/status'))).pid).not.toBe(pid)
    expect((await supervisor.untilFault('ENOSPC')).operation).toBe('record death of')
  })

  test('of processes, it says so, and starts the service when it is told to after that', async () => {
    const path = newDirectory()
    chmodSync(path, 0o777)
    const service = join(path, 'service')
    const program = async (
      { service: { supervise }, fs, say }: Parameters<Parameters<typeof startOwnProcess>[0]>[0],
      place: string,
    ) => {
      fs.mkdirSync(place)
      const supervisor = supervise(
        place,
        { command: ['sleep', '1000'] },
        {
          onFault: ({ message }) => say(message),
          onEvents: (sent) => say(`sent ${sent}`),
        },
      )
      process.on('SIGTERM', () => supervisor.signal('SIGTERM'))
      await supervisor.left
    }
    const running = startOwnProcess(program, [service], { asNobody: true })
    await untilPrinted(running, 'sent u')
    const limit = (count: string): Buffer =>
      execFileSync('prlimit', ['--pid', `${running.pid}`, `--nproc=${count}`], { uid: NOBODY, gid: NOBODY })
    limit('1:')
    control(service, 'down')
    await whenFinished(service)
    const failed = untilPrinted(running, '(EAGAIN); raise the limit of processes (ulimit -u)')
    control(service, 'up')
    await failed
    limit('4000:')
    control(service, 'up')
    await whenUp(service)
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(0)
  })
})
