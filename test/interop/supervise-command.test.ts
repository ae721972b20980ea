/** The commands `supervise` and `run` beside s6's programs: one supervisor a directory, whosoever it is. */
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { whenUp } from 'fifodir/service'
import { describe, expect, test } from 'vitest'
import { outcome, outcomeOf } from '../support/outcome.ts'
import { describeWithPeer } from '../support/peers.ts'
import { run, type Running, start, startFifodir } from '../support/process.ts'
import { untilSaid } from '../support/said.ts'
import { newDirectory } from '../support/scratch.ts'
import { killIfThere, newService } from '../support/service.ts'

const SLEEPER = { run: '#!/bin/sh\nexec sleep 1000\n' }

const MAKES: Readonly<Record<string, (path: string) => Running>> = {
  's6-supervise': (path) => start('s6-supervise', [path]),
  'fifodir supervise': (path) => startFifodir(['supervise', path]),
}
const makes = Object.keys(MAKES)
const pairs = makes.flatMap((one) => makes.map((other) => [one, other] as const))

describeWithPeer('on one directory', 's6', ['s6-supervise'], () => {
  test.each(pairs)('%s keeps %s out, which exits 100', async (first, second) => {
    const path = newService(SLEEPER)
    const holding = MAKES[first]?.(path) as Running
    const { status } = await whenUp(path)
    expect((await MAKES[second]?.(path).ended)?.code).toBe(100)
    expect((await whenUp(path)).status?.pid).toBe(status?.pid)
    holding.child.kill('SIGTERM')
    expect((await holding.ended).code).toBe(0)
  })

  test('ours says why', async () => {
    const path = newService(SLEEPER)
    const holding = start('s6-supervise', [path])
    await whenUp(path)
    expect(await outcome(['supervise', path])).toEqual({
      ended: 100,
      out: '',
      err: `fifodir: cannot supervise ${path}: it has a supervisor already (FIFODIR_SUPERVISED); use that, or tell it to exit\n`,
    })
    holding.child.kill('SIGTERM')
    await holding.ended
  })

  test.each(pairs)(
    'after SIGKILL of %s, %s takes over at once, and starts another beside what runs on',
    async (...two) => {
      const [first, second] = two
      const path = newService(SLEEPER)
      const killed = MAKES[first]?.(path) as Running
      const { status: left } = await whenUp(path)
      killed.child.kill('SIGKILL')
      await once(killed.child, 'exit')
      const next = MAKES[second]?.(path) as Running
      let { status } = await whenUp(path)
      while (status?.pid === left?.pid) ({ status } = await whenUp(path))
      expect(existsSync(`/proc/${left?.pid}`)).toBe(true)
      killIfThere(left?.pid as number)
      next.child.kill('SIGTERM')
      expect((await next.ended).code).toBe(0)
    },
  )
})

describeWithPeer("on a service under run, s6's programs", 's6', ['s6-svc', 's6-svstat', 's6-svwait', 's6-svok'], () => {
  const svstat = async (svc: string, fields: string): Promise<string> =>
    String((await run('s6-svstat', ['-o', fields, svc])).stdout).trim()

  describe('work:', () => {
    test('s6-svok, s6-svstat, s6-svwait and s6-svc, from up to down to up to gone', async () => {
      const svc = join(newDirectory(), 'web')
      const running = startFifodir(['run', '-d', svc, '--ready', 'fd:3', 'sh', '-c', 'echo >&3; exec sleep 1000'])
      await untilSaid(running, /ready after/)
      expect((await run('s6-svok', [svc])).code).toBe(0)
      expect(await svstat(svc, 'up,wantedup,ready,exitcode')).toBe('true true true -1')
      expect((await run('s6-svwait', ['-U', '-t', '9000', svc])).code).toBe(0)
      expect((await run('s6-svc', ['-wD', '-T', '9000', '-d', svc])).code).toBe(0)
      expect(await svstat(svc, 'up,wantedup,signal')).toBe('false false SIGTERM')
      expect((await run('s6-svc', ['-wU', '-T', '9000', '-u', svc])).code).toBe(0)
      expect((await run('s6-svc', ['-wD', '-T', '9000', '-xd', svc])).code).toBe(0)
      expect(await outcomeOf(running.ended)).toMatchObject({ ended: 143, out: '' })
      expect((await run('s6-svok', [svc])).code).toBe(1)
      expect(readFileSync(join(svc, 'supervise/status'))).toHaveLength(35)
    })
  })
})
