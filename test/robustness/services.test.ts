/** Services in odd places: behind links, with a damaged record, described wrongly. */
import { readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFifodir } from 'fifodir'
import { control, readStatus, supervise, whenDown, whenUp } from 'fifodir/service'
import { expect, test } from 'vitest'
import { outcome } from '../support/outcome.ts'
import { fifosIn, newDirectory } from '../support/scratch.ts'
import { newService } from '../support/service.ts'
import { supervising } from '../support/supervisors.ts'

const SLEEPS = '#!/bin/sh\nexec sleep 60\n'

test('a supervisor keeps to the service directory that its link led to', async () => {
  const [one, other] = [newService({ run: SLEEPS }), newService({ run: SLEEPS, down: '' })]
  const link = join(newDirectory(), 'current')
  symlinkSync(one, link)
  const first = supervise(link)
  await whenUp(one)
  const second = supervise(other)
  symlinkSync(other, `${link}.new`)
  renameSync(`${link}.new`, link)
  const before = readFileSync(join(other, 'supervise/status'))
  first.signal('SIGTERM')
  await first.left
  expect(readStatus(one).status?.pid).toBe(0)
  expect(readFileSync(join(other, 'supervise/status'))).toEqual(before)
  expect(readFileSync(join(other, 'supervise/death_tally')).length).toBe(0)
  second.signal('SIGTERM')
  await second.left
})

test('until -o leaves nothing where it did not come, before it becomes PROG', async () => {
  const [one, other] = [newService({ run: SLEEPS }), newService({ run: SLEEPS })]
  makeFifodir(join(one, 'event'))
  const running = await supervising('s6-supervise', other)
  await outcome(['until', 'up', '-o', one, other, '--', 'true'])
  expect(fifosIn(join(one, 'event'))).toEqual([])
  running.child.kill('SIGTERM')
  await running.ended
})

test('control reaches a supervisor whose status is damaged', async () => {
  const svc = newService({ run: SLEEPS })
  const supervisor = supervise(svc)
  await whenUp(svc)
  const down = whenDown(svc).catch(() => 0)
  writeFileSync(join(svc, 'supervise/status'), 'x')
  expect(await outcome(['control', svc, 'dx'])).toEqual({ ended: 0, out: '', err: '' })
  await supervisor.left
  await down
})

test.each([
  [{}, TypeError],
  [{ command: [1] }, TypeError],
  [{ command: ['true'], environment: { A: 'b' } }, TypeError],
  [{ command: ['true'], stopSignal: 'TERM' }, RangeError],
  [{ command: ['true'], stopSignal: 999 }, RangeError],
  [{ command: ['true'], restart: 'sometimes' }, RangeError],
])('a definition that is none is refused before anything is touched: %j', (definition, kind) => {
  const parent = newDirectory()
  expect(() => supervise(join(parent, 'svc'), definition as never)).toThrow(kind)
  expect(readdirSync(parent)).toEqual([])
})

test('who waits at an event/ that is removed waits at the next one', async () => {
  const service = newService({ run: SLEEPS })
  const first = supervise(service, undefined, { onFault: () => undefined }) // it says that its event/ is gone
  await whenUp(service)
  const down = whenDown(service, { timeoutMs: 10_000 })
  rmSync(join(service, 'event'), { recursive: true })
  control(service, 'down')
  await down
  first.signal('SIGTERM')
  await first.left
  const up = whenUp(service, { timeoutMs: 10_000 })
  rmSync(join(service, 'event'), { recursive: true })
  rmSync(join(service, 'supervise'), { recursive: true })
  const second = supervise(service)
  await up
  second.signal('SIGTERM')
  await second.left
})

test('a service described in code starts whatever its directory says', async () => {
  const service = newService({ down: '' })
  const supervisor = supervise(service, { command: ['sleep', '60'] })
  await whenUp(service, { timeoutMs: 10_000 })
  supervisor.signal('SIGTERM')
  await supervisor.left
})
