/** Waiters and supervisors that are started side by side: whoever comes first, the waiter does not miss it. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { whenReady } from 'fifodir/service'
import { expect, test } from 'vitest'
import { Random } from '../fifodir/pattern/random.ts'
import { outcome } from '../support/outcome.ts'
import { describeWithPeer } from '../support/peers.ts'
import { FIFODIR, start as startProgram } from '../support/process.ts'
import { newService } from '../support/service.ts'
import { ours, type Peer, theirs } from './supervise-peers.ts'

const STARTS = 100
const APART_MS = 50

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describeWithPeer('a waiter that comes up to 50 ms before or after', 's6', ['s6-supervise'], () => {
  test.each<[string, () => Peer]>([
    ['s6-supervise', theirs],
    ['ours', ours],
  ])(
    `%s sees the service ready in ${STARTS} starts, with and without supervise/ there`,
    { timeout: 60_000 },
    async (_, make) => {
      const peer = make()
      const random = new Random(1)
      const start = async (index: number): Promise<number> => {
        const path = newService({ run: '#!/bin/sh\necho >&3\nexec sleep 1000\n', 'notification-fd': '3' })
        if (index % 2 === 0) mkdirSync(join(path, 'supervise'), 0o700)
        const [waiterMs, supervisorMs] = [random.below(APART_MS), random.below(APART_MS)]
        const waiting = after(waiterMs).then(() => whenReady(path, { timeoutMs: 20_000 }))
        await after(supervisorMs)
        const supervisor = peer.supervise(path)
        const { status } = await waiting
        supervisor.signal('SIGTERM')
        await supervisor.left
        return status?.pid ?? 0
      }
      const pids: number[] = []
      for (let index = 0; index < STARTS; index += 10)
        pids.push(...(await Promise.all(Array.from({ length: 10 }, (_, one) => start(index + one)))))
      await peer.close()
      expect(pids.filter((pid) => pid > 0)).toHaveLength(STARTS)
    },
  )

  test.each(['s6-supervise', 'fifodir supervise'])(
    `%s is seen by fifodir until in ${STARTS} starts`,
    { timeout: 120_000 },
    async (which) => {
      const random = new Random(2)
      const start = async (index: number): Promise<unknown> => {
        const path = newService({ run: '#!/bin/sh\necho >&3\nexec sleep 1000\n', 'notification-fd': '3' })
        if (index % 2 === 0) mkdirSync(join(path, 'supervise'), 0o700)
        const [waiterMs, supervisorMs] = [random.below(APART_MS), random.below(APART_MS)]
        const waiting = after(waiterMs).then(() => outcome(['until', 'ready', '-t', '20s', path]))
        await after(supervisorMs)
        const [program = '', ...args] = which === 's6-supervise' ? [which] : [FIFODIR, 'supervise']
        const supervisor = startProgram(program, [...args, path])
        const seen = await waiting
        supervisor.child.kill('SIGTERM')
        await supervisor.ended
        return seen
      }
      const seen: unknown[] = []
      for (let index = 0; index < STARTS; index += 5)
        seen.push(...(await Promise.all(Array.from({ length: 5 }, (_, one) => start(index + one)))))
      expect(seen).toEqual(Array.from({ length: STARTS }, () => ({ ended: 0, out: '', err: '' })))
    },
  )
})
