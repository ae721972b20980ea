/** Seeing what becomes of a service, and waiting for it. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { events } from 'fifodir'
import {
  control,
  type ServiceStatus,
  statuses,
  supervise,
  unpackStatus,
  whenDown,
  whenFinished,
  whenReady,
  whenUp,
} from 'fifodir/service'
import { firstValueFrom, takeWhile, toArray } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { ours } from '../../interop/supervise-peers.ts'
import { startOwnProcess, untilPrinted } from '../../support/own-process.ts'
import { fifosIn, newDirectory } from '../../support/scratch.ts'
import { killIfThere, newService, watched } from '../../support/service.ts'

const SLEEPER = { command: ['sleep', '1000'] }

/** The course of a service in short. */
const short = (seen: readonly ServiceStatus[]): string =>
  seen
    .map(({ supervised, phase, failed }) => `${supervised ? '' : 'un'}supervised ${phase}${failed ? ' for good' : ''}`)
    .join(', ')

describe('statuses', () => {
  test('tell of the supervisor and of every event, from before there is anything', async () => {
    const path = join(newDirectory(), 'service')
    let supervisedOnce = false
    const seen = firstValueFrom(
      statuses(path).pipe(
        takeWhile(({ supervised }) => {
          supervisedOnce ||= supervised
          return supervised || !supervisedOnce
        }, true),
        toArray(),
      ),
    )
    mkdirSync(path)
    await using supervisor = watched(path, {
      command: ['sh', '-c', 'echo >&3; exec sleep 1000'],
      notificationFd: 3,
      finish: ['sh', '-c', 'exit 125'],
    })
    await supervisor.until('U')
    control(path, 'down', 'exit')
    await supervisor.left
    const course = short(await seen)
    expect(course.replace(/^((un)?supervised (undefined|finished), )+/, '')).toBe(
      'supervised up, supervised ready, supervised down, ' +
        'supervised down for good, supervised finished for good, unsupervised finished for good',
    )
    expect(fifosIn(join(path, 'event'))).toEqual([])
  })

  test('say so when the supervisor is killed, which no event tells', async () => {
    const path = newDirectory()
    const running = startOwnProcess(
      async ({ service: { supervise, whenUp }, say }, place: string) => {
        const { left } = supervise(place, { command: ['sleep', '1000'] })
        await whenUp(place)
        say('up')
        await left
      },
      [path],
    )
    await untilPrinted(running, 'up')
    const seen = firstValueFrom(
      statuses(path).pipe(
        takeWhile(({ supervised }) => supervised, true),
        toArray(),
      ),
    )
    running.child.kill('SIGKILL')
    const course = await seen
    expect(short(course)).toBe('supervised up, unsupervised up')
    killIfThere(course[0]?.status?.pid as number)
  })

  test('see what was recorded, or something later, 1,000 times', { timeout: 60_000 }, async () => {
    const path = newService({
      run: '#!/bin/sh\necho >&3\nexec sleep 1000\n',
      finish: '#!/bin/sh\n',
      'notification-fd': '3',
    })
    const peer = ours()
    const supervised = peer.supervise(path)
    await whenReady(path)
    let wakes = 0
    let awaited = (): void => undefined
    const older: string[] = []
    const listening = events(join(path, 'event')).subscribe((event) => {
      wakes++
      const { pid, ready, finishing } = unpackStatus(readFileSync(join(path, 'supervise/status')))
      const phase = 'dDuU'.indexOf(event)
      const recorded = pid === 0 ? 1 : finishing ? 0 : ready ? 3 : 2
      if (recorded < phase) older.push(`${event} with ${recorded}`)
      if (event === 'D' || event === 'U') awaited()
    })
    for (let round = 0; round < 250; round++)
      for (const command of ['down', 'up'] as const) {
        const done = new Promise<void>((resolve) => {
          awaited = resolve
        })
        control(path, command)
        await done
      }
    listening.unsubscribe()
    supervised.signal('SIGTERM')
    await peer.close()
    expect(older).toEqual([])
    expect(wakes).toBe(1000)
  })
})

describe('when', () => {
  test('it is in the state already, they resolve at once', async () => {
    const path = newDirectory()
    await using supervisor = watched(path, SLEEPER)
    await supervisor.until('u')
    expect((await whenUp(path)).status?.pid).toBe(supervisor.status.pid)
    control(path, 'down')
    await supervisor.until('dD')
    expect((await whenDown(path)).phase).toBe('finished')
    expect((await whenFinished(path)).phase).toBe('finished')
  })

  test('it comes, without a service directory at first, they resolve', async () => {
    const path = join(newDirectory(), 'service')
    const [up, ready] = [whenUp(path), whenReady(path)]
    mkdirSync(path)
    await using supervisor = watched(path, { command: ['sh', '-c', 'echo >&3; exec sleep 1000'], notificationFd: 3 })
    await Promise.all([up, ready])
    expect(supervisor.status.ready).toBe(true)
  })

  test('it passes quickly, it is not missed', async () => {
    const path = newDirectory()
    const up = Promise.all([whenUp(path), whenReady(path, { timeoutMs: 5000 })])
    await using supervisor = watched(path, { command: ['sh', '-c', 'echo >&3'], notificationFd: 3 })
    await up
    expect(supervisor.events.startsWith('suU')).toBe(true)
  })

  test('finish says that it failed for good, waits for it to be up reject, waits for it to be down do not', async () => {
    const path = newDirectory()
    const down = whenFinished(path)
    const refused = expect(whenReady(path)).rejects.toMatchObject({
      code: 'FIFODIR_FAILED',
      message: `cannot wait for ${path}: it has failed for good: its finish said so (FIFODIR_FAILED); look at what it printed`,
    })
    await using supervisor = watched(path, { command: ['true'], finish: ['sh', '-c', 'exit 125'] })
    await refused
    expect((await down).phase).toBe('finished')
    expect(supervisor.status.wantedUp).toBe(false)
  })

  test('the supervisor leaves, they reject', async () => {
    const path = newDirectory()
    const supervisor = supervise(path, { ...SLEEPER })
    await whenUp(path)
    const ready = whenReady(path)
    supervisor.signal('SIGTERM')
    await expect(ready).rejects.toMatchObject({ code: 'FIFODIR_UNSUPERVISED' })
    await supervisor.left
  })

  test('the time is up, they say what it is instead', async () => {
    const path = newDirectory()
    await expect(whenUp(path, { timeoutMs: 10 })).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      reason: 'not up within 10 ms: it is without a supervisor',
    })
    await using supervisor = watched(path, SLEEPER)
    await supervisor.until('u')
    await expect(whenReady(path, { timeoutMs: 10 })).rejects.toMatchObject({
      reason: 'not ready within 10 ms: it is up',
    })
    expect(fifosIn(join(path, 'event'))).toEqual([])
  })

  test('they are aborted, they reject with the reason, and nothing is left', async () => {
    const path = newDirectory()
    await using supervisor = watched(path, SLEEPER)
    await supervisor.until('u')
    const abort = new AbortController()
    const ready = whenReady(path, { signal: abort.signal })
    abort.abort('enough')
    await expect(ready).rejects.toBe('enough')
    await expect(whenReady(path, { signal: abort.signal })).rejects.toBe('enough')
    expect(fifosIn(join(path, 'event'))).toEqual([])
  })

  test('what is asked for cannot be waited for, they say so before they look', async () => {
    await expect(whenUp('')).rejects.toThrow(TypeError)
    await expect(whenUp('web', { timeoutMs: -1 })).rejects.toThrow(RangeError)
  })

  test('the record is none, they say so', async () => {
    const path = newDirectory()
    await using supervisor = watched(path, SLEEPER)
    await supervisor.until('u')
    rmSync(join(path, 'supervise/status'))
    mkdirSync(join(path, 'supervise/status'))
    await expect(whenUp(path)).rejects.toMatchObject({ code: 'EISDIR', operation: 'read status of' })
    rmSync(join(path, 'supervise/status'), { recursive: true })
  })
})
