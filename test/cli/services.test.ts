/** `until`, `status` and `control`, under either supervisor. */
import { mkdirSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { makeFifodir } from 'fifodir'
import { whenFinished } from 'fifodir/service'
import { describe, expect, test } from 'vitest'
import { begin, outcome } from '../support/outcome.ts'
import { describeWithPeer } from '../support/peers.ts'
import { type Running, run } from '../support/process.ts'
import { fifosIn, newDirectory, untilSubscribed } from '../support/scratch.ts'
import { newService, obedient, Orders, writeFile } from '../support/service.ts'
import { SUPERVISORS, supervising } from '../support/supervisors.ts'

const done = { ended: 0, out: '', err: '' }
const sleeper = (): string => newService({ run: '#!/bin/sh\nexec sleep 60\n' })
/** What a process has open. */
function linksOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '' // closed meanwhile
      throw error
    }
  })
}

async function end(running: Running): Promise<void> {
  running.child.kill('SIGTERM')
  await running.ended
}

describeWithPeer('under either supervisor', 's6', ['s6-supervise', 's6-svstat'], () => {
  describe.each(Object.keys(SUPERVISORS))('%s:', (which) => {
    test('until waits for each state, which control brings about, and returns at once where it is so', async () => {
      const svc = newService({ run: '#!/bin/sh\necho >&3\nexec sleep 60\n', 'notification-fd': '3' })
      const ready = begin(['until', 'ready', '-t', '20s', svc])
      const supervisor = await supervising(which, svc)
      expect(await ready.outcome).toEqual(done)
      for (const state of ['up', 'ready']) expect(await outcome(['until', state, svc])).toEqual(done)
      const down = begin(['until', 'down', '-t', '20s', svc])
      const finished = begin(['until', 'finished', '-t', '20s', svc])
      await untilSubscribed(join(svc, 'event'), 2)
      expect(await outcome(['control', svc, 'down'])).toEqual(done)
      expect([await down.outcome, await finished.outcome]).toEqual([done, done])
      for (const state of ['down', 'finished']) expect(await outcome(['until', state, svc])).toEqual(done)
      expect(fifosIn(join(svc, 'event'))).toEqual([])
      await end(supervisor)
    })

    test('until becomes PROG, and prints the first of several with -o', async () => {
      const [one, other] = [sleeper(), sleeper()]
      const supervisor = await supervising(which, other)
      const came = await outcome(['until', 'up', '-o', one, other, '--', 'echo', 'up'])
      expect(came).toEqual({ ended: 0, out: `${other}\nup\n`, err: '' })
      await end(supervisor)
    })

    test('until names what is missing when time is up, with its state', async () => {
      const [one, other, third] = [sleeper(), sleeper(), sleeper()]
      const supervisors = await Promise.all([supervising(which, one), supervising(which, third)])
      expect(await outcome(['control', third, 'd'])).toEqual(done)
      await whenFinished(third)
      const { ended, out, err } = await outcome(['until', 'up', '-t', '300ms', one, other, third])
      expect({ ended, out }).toEqual({ ended: 99, out: '' })
      expect(err).toBe(
        `fifodir: cannot wait for ${other}: not up within 300 ms: it is without a supervisor (ETIMEDOUT)\n` +
          `fifodir: cannot wait for ${third}: not up within 300 ms: it is finished (ETIMEDOUT)\n`,
      )
      await Promise.all(supervisors.map(end))
    })

    test('until says at once what cannot be any more', async () => {
      const failing = newService({ run: '#!/bin/sh\nexit 1\n', finish: '#!/bin/sh\nexit 125\n' })
      makeFifodir(join(failing, 'event'))
      const waiting = begin(['until', 'ready', '-t', '20s', failing])
      await untilSubscribed(join(failing, 'event'))
      const supervisor = (SUPERVISORS[which] as (service: string) => Running)(failing)
      expect(await waiting.outcome).toEqual({
        ended: 1,
        out: '',
        err: `fifodir: cannot wait for ${failing}: it has failed for good: its finish said so (FIFODIR_FAILED); look at what it printed\n`,
      })
      await end(supervisor)
      const leaving = sleeper()
      const second = await supervising(which, leaving)
      const ready = begin(['until', 'ready', '-t', '20s', sleeper(), leaving])
      await expect.poll(() => linksOf(ready.pid), { timeout: 10_000 }).toContain(join(leaving, 'supervise/control'))
      await end(second)
      expect(await ready.outcome).toMatchObject({
        ended: 1,
        err: expect.stringContaining('FIFODIR_UNSUPERVISED') as string,
      })
    })

    test('status prints what s6-svstat prints', async () => {
      const svc = newService({ run: obedient('orders'), 'notification-fd': '3' })
      using orders = new Orders(join(svc, 'orders'))
      const supervisor = await supervising(which, svc)
      /** In words, without what changes: seconds, pids. */
      const both = async (): Promise<[string, string]> => {
        const [ours, theirs] = await Promise.all([outcome(['status', svc]), run('s6-svstat', [svc])])
        expect(ours).toMatchObject({ ended: 0, err: '' })
        const words = (text: string): string => text.replaceAll(/\d+ seconds?/g, 'N seconds')
        return [words(ours.out), words(theirs.stdout.toString())]
      }
      const same = async (expected: RegExp): Promise<void> => {
        const [ours, theirs] = await both()
        expect(ours).toMatch(expected)
        expect(ours).toBe(theirs)
      }
      await same(/^up \(pid \d+\) N seconds\n$/)
      orders.give('echo >&3')
      await outcome(['until', 'ready', '-t', '20s', svc])
      await same(/^up \(pid \d+\) N seconds, ready N seconds\n$/)
      await outcome(['control', svc, 'at-most-once', 'pause'])
      await expect.poll(both, { timeout: 10_000 }).toEqual([expect.stringContaining('want down'), expect.anything()])
      await same(/^up \(pid \d+\) N seconds, paused, want down, ready N seconds\n$/)
      await outcome(['control', svc, 'continue', 'down'])
      await outcome(['until', 'finished', '-t', '20s', svc])
      await same(/^down \(signal SIGTERM\) N seconds, normally up, ready N seconds\n$/)
      await end(supervisor)
    })
  })
})

test('status of several is one aligned line each, and one object each as JSON', async () => {
  const parent = newDirectory()
  const services = ['a', 'longer'].map((name) => join(parent, name))
  for (const svc of services) mkdirSync(svc)
  const supervisors = []
  for (const svc of services) {
    writeFile(join(svc, 'run'), '#!/bin/sh\nexec sleep 60\n')
    supervisors.push(await supervising('ours', svc))
  }
  const plain = await outcome(['status', 'a', 'longer'], { cwd: parent })
  expect(plain.out).toMatch(/^a: {6}up \(pid \d+\) \d+ seconds?\nlonger: up \(pid \d+\) \d+ seconds?\n$/)
  const { out } = await outcome(['status', '--json', 'a', 'longer'], { cwd: parent })
  const objects = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  expect(objects).toEqual(
    ['a', 'longer'].map((service) => ({
      service,
      supervised: true,
      up: true,
      ready: false,
      pid: expect.any(Number) as number,
      since: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      readySince: null,
      finishing: false,
      paused: false,
      normallyUp: true,
      wantedUp: true,
      exit: { code: 0 },
    })),
  )
  await Promise.all(supervisors.map(end))
  const left = await outcome(['status', 'a'], { cwd: parent })
  expect(left).toMatchObject({ ended: 1, err: '' })
  expect(left.out).toMatch(/^down \(signal SIGTERM\) \d+ seconds?, normally up, ready \d+ seconds?, no supervisor\n$/)
})

describe('a mistake', () => {
  const svc = '/none/svc'
  test.each([
    [['until'], 100, "not a state: ''; name up, ready, down or finished"],
    [['until', 'awake', svc], 100, "not a state: 'awake'"],
    [['until', 'up'], 100, 'which service? name at least one SVC'],
    [['until', 'up', '-a', '-o', svc], 100, '-a and -o exclude each other'],
    [['until', 'up', '-t', 'x', svc], 100, "not a duration: 'x'"],
    [['until', 'up', svc, '--'], 100, 'no PROG after --'],
    [
      ['until', 'up', svc],
      111,
      `cannot wait for ${svc}: no such file or directory (ENOENT); make the service directory first`,
    ],
    [['status'], 100, 'which service?'],
    [['status', ''], 100, 'SVC is empty'],
    [['status', svc], 111, `cannot read status of ${svc}: no such file or directory (ENOENT)`],
    [['control'], 100, 'which service?'],
    [['control', svc], 100, 'no COMMAND; name at least one'],
    [['control', svc, 'jump'], 100, "no such COMMAND: 'jump'; name one of up, down, "],
    [['control', svc, ''], 100, "no such COMMAND: ''"],
    [['control', svc, 'up'], 111, `cannot control ${svc}: no such file or directory (ENOENT)`],
  ])('%j: one line', async (args, code, message) => {
    const { ended, out, err } = await outcome(args)
    expect({ ended, out, lines: err.split('\n').length }).toEqual({ ended: code, out: '', lines: 2 })
    expect(err).toContain(message)
  })

  test('no supervisor: exit 1', async () => {
    const service = sleeper()
    for (const args of [
      ['status', service],
      ['control', service, 'up'],
    ]) {
      const { ended, out, err } = await outcome(args)
      expect({ ended, out }).toEqual({ ended: 1, out: '' })
      expect(err).toMatch(/supervisor \(FIFODIR_UNSUPERVISED\); start one first, with 'fifodir supervise'\n$/)
    }
  })
})
