/** What a supervisor may be told beside what the service is. */
import { existsSync, openSync, readFileSync, closeSync } from 'node:fs'
import { join } from 'node:path'
import { type NeverReadyError, sourceCalled } from 'fifodir/readiness'
import { type Definition, supervise, type SuperviseOptions } from 'fifodir/service'
import { describe, expect, test } from 'vitest'
import { newDirectory } from '../../support/scratch.ts'
import { watched } from '../../support/service.ts'

/** Supervises until it leaves. @returns the events that were sent */
async function events(definition: Definition, options: SuperviseOptions = {}): Promise<string> {
  let sent = ''
  await supervise(join(newDirectory(), 'new'), definition, { ...options, onEvents: (more) => (sent += more) }).left
  return sent
}

test('a service that is described in code has its directory made', async () => {
  const path = join(newDirectory(), 'new')
  await using service = watched(path, { command: ['true'], restart: 'never' })
  await service.until('D')
  expect(existsSync(join(path, 'supervise/status'))).toBe(true)
  expect(() => supervise(join(path, 'none/new'), { command: ['true'] })).toThrow(
    `cannot make ${path}/none/new: no such file or directory (ENOENT); make its parent directory first`,
  )
})

describe('with leaveWhenDone the supervisor leaves', () => {
  const options = { leaveWhenDone: true }

  test('when its policy does not start the service again, and finish is done', async () => {
    expect(await events({ command: ['false'], restart: 'never' }, options)).toBe('sudDx')
    expect(await events({ command: ['true'], restart: 'on-failure', finish: ['true'] }, options)).toBe('sudDx')
  })

  test('when finish says that the service has failed for good', async () => {
    expect(await events({ command: ['true'], finish: ['sh', '-c', 'exit 125'] }, options)).toBe('sudODx')
  })
})

test('without it the service stays down, and can be started again', async () => {
  await using service = watched(join(newDirectory(), 'new'), { command: ['true'], restart: 'never' })
  await service.until('sudD')
  service.control('up')
  await service.until('sudDudD')
  expect(() => service.control('up', 'upwards' as 'up')).toThrow(RangeError)
})

test('commands by the supervisor itself are as those that come by control, one after the other', async () => {
  await using service = watched(join(newDirectory(), 'new'), { command: ['sleep', '1000'] })
  await service.until('su')
  service.control('down', 'exit')
  await service.left
  expect(service.events).toBe('sudDx')
})

describe('a handover', () => {
  test('is what run and finish find', async () => {
    const place = newDirectory()
    const fd = openSync(join(place, 'file'), 'a')
    const report = ['sh', '-c', 'echo $X $Y >&5; grep SigIgn /proc/$$/status >&5']
    const handover = { descriptors: { 5: fd }, environment: ['X=1', 'PATH=/bin:/usr/bin'], ignoredSignals: [10] }
    await events({ command: report, finish: report, restart: 'never' }, { handover, leaveWhenDone: true })
    closeSync(fd)
    expect(readFileSync(join(place, 'file'), 'latin1')).toMatch(/^(1\nSigIgn:\t\w{8}[08]0000200\n){2}$/)
  })

  test('gives way to the definition, and to what readiness takes: each variable is there once', async () => {
    const place = newDirectory()
    const handover = { environment: ['X=1', 'NOTIFY_SOCKET=@outer', 'PATH=/bin:/usr/bin'] }
    const command = ['sh', '-c', 'tr "\\0" "\\n" < /proc/$$/environ > environment']
    const common = { command, restart: 'never', directory: place } as const
    const found = (): string[] => readFileSync(join(place, 'environment'), 'latin1').trim().split('\n')
    await events({ ...common, readiness: [sourceCalled('notify')] }, { handover, leaveWhenDone: true })
    expect(found().map((line) => line.replace(/@[^o].*/, '@own'))).toEqual([
      'X=1',
      'PATH=/bin:/usr/bin',
      'NOTIFY_SOCKET=@own',
    ])
    await events({ ...common, environment: ['PATH=/bin', 'Z=3'] }, { handover, leaveWhenDone: true })
    expect(found()).toEqual(['PATH=/bin', 'Z=3'])
  })

  test("a descriptor that readiness chooses is none of the program's", async () => {
    const place = newDirectory()
    const fd = openSync(join(place, 'file'), 'a')
    const command = ['sh', '-c', 'echo $NODE_CHANNEL_FD >&3']
    const definition = { command, restart: 'never', readiness: [sourceCalled('ipc')] } as const
    await events(definition, { handover: { descriptors: { 3: fd } }, leaveWhenDone: true })
    closeSync(fd)
    expect(readFileSync(join(place, 'file'), 'latin1')).toBe('4\n')
  })
})

test('why a service will never be ready is told, with what it printed last', async () => {
  const told: NeverReadyError[] = []
  const definition = { command: ['true'], restart: 'never', readiness: [sourceCalled('fd:3')] } as const
  expect(await events(definition, { leaveWhenDone: true, onNeverReady: (error) => told.push(error) })).toBe('sudDx')
  expect(told.map(({ reason }) => reason)).toEqual(['its descriptor was closed without a newline'])
})
