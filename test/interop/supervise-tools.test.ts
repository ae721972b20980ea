/** s6's programs work on a service that ours supervises, and ours on one that s6-supervise supervises. */
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFifodir, waitFor } from 'fifodir'
import {
  control,
  statuses,
  supervise,
  unpackDeaths,
  unpackStatus,
  whenDown,
  whenFinished,
  whenReady,
  whenUp,
} from 'fifodir/service'
import { firstValueFrom, takeWhile, toArray } from 'rxjs'
import { expect, test } from 'vitest'
import { describeWithPeer } from '../support/peers.ts'
import { run, start } from '../support/process.ts'
import { untilSubscribed } from '../support/scratch.ts'
import { killIfThere, newService, obedient, Orders, watched } from '../support/service.ts'

const TOOLS = ['s6-svstat', 's6-svc', 's6-svwait', 's6-svok', 's6-svdt', 's6-ftrig-wait', 's6-supervise']
const READY = { run: '#!/bin/sh\necho >&3\nexec sleep 1000\n', 'notification-fd': '3' }
/** With a `finish` that ends when it is told to. */
const FINISHES = { ...READY, finish: obedient('orders'), 'timeout-finish': '0' }

async function svstat(path: string, fields: string): Promise<string> {
  return String((await run('s6-svstat', ['-o', fields, path])).stdout).trim()
}

describeWithPeer("under our supervisor s6's programs", 's6', TOOLS, () => {
  test('s6-svstat tells every field', async () => {
    const path = newService(FINISHES)
    using orders = new Orders(join(path, 'orders'))
    await using supervisor = watched(path)
    await supervisor.until('U')
    const fields = 'up,wantedup,normallyup,ready,paused,pid,exitcode,signal'
    expect(await svstat(path, fields)).toBe(`true true true true false ${supervisor.status.pid} -1 NA`)
    control(path, 'pause')
    control(path, 'down-always')
    await supervisor.until('d')
    expect(await svstat(path, fields)).toMatch(/^false false false false false (-1|\d+) -1 SIGTERM$/)
    orders.give('exit 0')
    await supervisor.until('D')
    expect(await svstat(path, fields)).toBe('false false false false false -1 -1 SIGTERM')
    expect(String((await run('s6-svstat', [path])).stdout)).toMatch(
      /^down \(signal SIGTERM\) \d+ seconds, ready \d+ seconds$/m,
    )
  })

  test('s6-svstat says of one that never was started that it is down', async () => {
    const path = newService({ ...READY, down: '' })
    await using supervisor = watched(path)
    expect(supervisor.status.paused).toBe(true)
    expect(String((await run('s6-svstat', [path])).stdout)).toMatch(/^down \(exitcode 0\) \d+ seconds/)
  })

  test('s6-svwait waits for each of its states', async () => {
    const path = newService({ ...FINISHES, down: '' })
    using orders = new Orders(join(path, 'orders'))
    await using supervisor = watched(path)
    const svwait = (option: string) => start('s6-svwait', ['-t', '10000', option, path])
    const up = ['-u', '-U'].map(svwait)
    await untilSubscribed(join(path, 'event'), 2)
    control(path, 'up')
    for (const { ended } of up) expect((await ended).code).toBe(0)
    const down = ['-d', '-D', '-r', '-R'].map(svwait)
    await untilSubscribed(join(path, 'event'), 4)
    control(path, 'restart')
    expect((await down[0]?.ended)?.code).toBe(0)
    orders.give('exit 0')
    for (const { ended } of down) expect((await ended).code).toBe(0)
    expect(supervisor.status.ready).toBe(true)
  })

  test('s6-svok and s6-svdt', async () => {
    const path = newService({ run: '#!/bin/sh\nexit 3\n', finish: '#!/bin/sh\nexit 125\n' })
    expect((await run('s6-svok', [path])).code).not.toBe(0)
    await using supervisor = watched(path)
    expect((await run('s6-svok', [path])).code).toBe(0)
    await supervisor.until('OD')
    expect(String((await run('s6-svdt', [path])).stdout)).toMatch(/^@[0-9a-f]{24} exitcode 3$/m)
    expect((await run('s6-svdt-clear', [path])).code).toBe(0)
    expect(unpackDeaths(readFileSync(join(path, 'supervise/death_tally')))).toEqual([])
    control(path, 'up')
    await supervisor.until('uOD'.slice(1))
  })

  test('s6-ftrig-wait is woken', async () => {
    const path = newService({ ...READY, down: '' })
    await using supervisor = watched(path)
    const waiting = start('s6-ftrig-wait', ['-t', '10000', join(path, 'event'), 'u.*U'])
    await untilSubscribed(join(path, 'event'))
    control(path, 'up')
    expect((await waiting.ended).code).toBe(0)
    expect(supervisor.status.ready).toBe(true)
  })

  test.each([
    ['a', 14],
    ['b', 6],
    ['q', 3],
    ['h', 1],
    ['k', 9],
    ['t', 15],
    ['i', 2],
    ['1', 10],
    ['2', 12],
    ['r', 15],
    ['d', 15],
    ['D', 15],
    ['x', 0],
    ['o', 0],
    ['O', 0],
    ['Q', 0],
    ['p', 0],
    ['c', 0],
    ['y', 0],
  ])('s6-svc -%s does what it should', async (option, signal) => {
    const path = newService({ ...READY, run: '#!/bin/sh\necho >&3\nulimit -c 0\nexec sleep 1000\n' })
    await using supervisor = watched(path)
    await supervisor.until('U')
    expect((await run('s6-svc', [`-${option}`, path])).code).toBe(0)
    if (signal > 0) {
      await supervisor.until('dD')
      expect(supervisor.status.waitStatus & 0x7f).toBe(signal)
    }
    // what changes without an event is there once what was written after it has had an effect
    expect((await run('s6-svc', ['-wu', '-u', path])).code).toBe(0)
    expect((await run('s6-svc', [`-${option}`, path])).code).toBe(0)
    if (option !== 'x') expect((await run('s6-svc', ['-wD', '-cd', path])).code).toBe(0)
    else {
      control(path, 'down')
      await supervisor.left
    }
    expect(existsSync(join(path, 'down'))).toBe('DQ'.includes(option))
    expect(supervisor.status).toMatchObject({ pid: 0, paused: false, wantedUp: false })
  })

  test('s6-svc -U takes back what -D did', async () => {
    const path = newService(READY)
    await using supervisor = watched(path)
    await supervisor.until('U')
    expect((await run('s6-svc', ['-wD', '-D', path])).code).toBe(0)
    expect(existsSync(join(path, 'down'))).toBe(true)
    expect((await run('s6-svc', ['-wU', '-U', path])).code).toBe(0)
    expect(existsSync(join(path, 'down'))).toBe(false)
    expect(supervisor.status.wantedUp).toBe(true)
  })
})

describeWithPeer('under s6-supervise ours', 's6', TOOLS, () => {
  /** A service of s6-supervise's; both are gone when it is disposed of. */
  function theirs(files: Readonly<Record<string, string>>) {
    const path = newService(files)
    makeFifodir(join(path, 'event'))
    const running = start('s6-supervise', [path])
    return {
      path,
      running,
      async [Symbol.asyncDispose]() {
        running.child.kill('SIGTERM')
        await running.ended
      },
    }
  }

  test('control, statuses and the waits work', async () => {
    await using service = theirs({ ...READY, finish: '#!/bin/sh\nexit 0\n' })
    const { path } = service
    await Promise.all([whenUp(path), whenReady(path)])
    expect(unpackStatus(readFileSync(join(path, 'supervise/status')))).toMatchObject({
      ready: true,
      wantedUp: true,
      pid: expect.any(Number),
    })
    const seen = firstValueFrom(
      statuses(path).pipe(
        takeWhile(({ phase }) => phase !== 'finished', true),
        toArray(),
      ),
    )
    control(path, 'down')
    await Promise.all([whenDown(path), whenFinished(path)])
    expect((await seen).map(({ phase }) => phase)).toEqual(['ready', 'down', 'finished'])
    const exited = waitFor(join(path, 'event'), 'x')
    control(path, 'exit')
    await exited
    expect((await service.running.ended).code).toBe(0)
    expect(() => control(path, 'up')).toThrow(expect.objectContaining({ code: 'ENXIO' }))
  })

  test('see it killed, and what comes after it', async () => {
    await using service = theirs(READY)
    const { path } = service
    const { status } = await whenReady(path)
    const seen = firstValueFrom(
      statuses(path).pipe(
        takeWhile(({ phase }) => phase !== 'finished', true),
        toArray(),
      ),
    )
    service.running.child.kill('SIGKILL')
    await once(service.running.child, 'exit')
    killIfThere(status?.pid as number)
    await using supervisor = watched(path)
    await supervisor.until('U')
    control(path, 'down')
    await supervisor.until('dD')
    const course = (await seen).map(({ supervised, phase }) => `${supervised ? '' : 'un'}supervised ${phase}`)
    expect(course.slice(0, 2)).toEqual(['supervised ready', 'unsupervised ready'])
  })
})

describeWithPeer('on one service directory', 's6', TOOLS, () => {
  test('s6-supervise gives way to ours', async () => {
    const path = newService(READY)
    await using supervisor = watched(path)
    await supervisor.until('U')
    const second = await run('s6-supervise', [path])
    expect(second).toMatchObject({ code: 100 })
    expect(supervisor.faults).toEqual([])
  })

  test('ours gives way to s6-supervise', async () => {
    const path = newService(READY)
    const running = start('s6-supervise', [path])
    await whenReady(path)
    expect(() => supervise(path)).toThrow(expect.objectContaining({ code: 'FIFODIR_SUPERVISED' }))
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(0)
  })
})
