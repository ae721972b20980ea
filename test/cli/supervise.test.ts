/** `supervise`: a service directory is supervised by the command. What s6's programs make of that is in interop/. */
import { readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { control, whenReady, whenUp } from 'fifodir/service'
import { describe, expect, test } from 'vitest'
import { outcomeOf } from '../support/outcome.ts'
import { untilPrinted } from '../support/own-process.ts'
import { FIFODIR, start, startFifodir } from '../support/process.ts'
import { readReport, reportScript } from '../support/report.ts'
import { untilSaid } from '../support/said.ts'
import { newDirectory } from '../support/scratch.ts'
import { killIfThere, newService } from '../support/service.ts'

const SLEEPER = { run: '#!/bin/sh\nexec sleep 1000\n' }

test('supervise starts the service, says when it is ready, and leaves with 0 on SIGTERM, when it is down', async () => {
  const svc = newService({
    run: `#!/bin/sh\ntrap 'echo down; exit 0' TERM\necho up $1\necho >&3\nwhile :; do sleep 0.1; done\n`,
    finish: '#!/bin/sh\necho finish $1 $2 $3\n',
    'notification-fd': '3',
  })
  const running = startFifodir(['supervise', svc])
  await whenReady(svc)
  running.child.kill('SIGTERM')
  expect(await outcomeOf(running.ended)).toEqual({ ended: 0, out: `up ${svc}\ndown\nfinish 0 0 ${svc}\n`, err: '' })
})

test('a file `readiness` names the source', async () => {
  const svc = newService({ run: '#!/bin/sh\necho listening; exec sleep 1000\n', readiness: 'log:^listening$\n' })
  const running = startFifodir(['supervise', svc])
  await whenReady(svc)
  running.child.kill('SIGTERM')
  expect(await outcomeOf(running.ended)).toEqual({ ended: 0, out: 'listening\n', err: '' })
})

test('what the service is given is what supervise was given, byte for byte', async () => {
  const place = newDirectory()
  const [outside, inside] = [join(place, 'outside'), join(place, 'inside')]
  const svc = newService({
    run: `#!/bin/sh\n${reportScript(inside)}\necho x\nexec sleep 1000\n`,
  })
  const script = `${reportScript(outside)}; ulimit -Sn 333; trap '' USR1; exec env "$(printf 'RAW=\\377')" "$0" supervise "$1"`
  const running = start('sh', ['-c', script, FIFODIR, svc], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: '/none' },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  })
  await untilPrinted(running, 'x')
  running.child.kill('SIGTERM')
  expect((await running.ended).code).toBe(0)
  const [before, found] = [readReport(outside), readReport(inside)]
  expect({ ignored: found.ignored, openFiles: found.openFiles }).toEqual({ ignored: [10], openFiles: 333 })
  expect(found.descriptors.filter((line) => !/\/run \d+$/.test(line))).toEqual(before.descriptors)
  expect(found.environment).toEqual(expect.arrayContaining(['RAW=\xff', 'NODE_EXTRA_CA_CERTS=/none']))
})

describe('signals', () => {
  test('SIGHUP: it leaves when the service is down, and lets go of its own input and output', async () => {
    const svc = newService(SLEEPER)
    const running = startFifodir(['supervise', svc])
    const { status } = await whenUp(svc)
    running.child.kill('SIGHUP')
    const links = (): string[] => [0, 1].map((fd) => readlinkSync(`/proc/${running.pid}/fd/${fd}`))
    await expect.poll(links).toEqual(['/dev/null', '/dev/null'])
    process.kill(status?.pid as number)
    expect(await outcomeOf(running.ended)).toEqual({ ended: 0, out: '', err: '' })
  })

  test.each([
    ['SIGQUIT', true],
    ['SIGINT', false],
  ] as const)('%s: it leaves at once, and the service is left running: %s', async (signal, isLeft) => {
    const svc = newService({ run: `#!/bin/sh\nexec >/dev/null 2>&1\nexec sleep 1000\n` })
    const running = startFifodir(['supervise', svc])
    const { status } = await whenUp(svc)
    const pid = status?.pid as number
    running.child.kill(signal)
    expect(await outcomeOf(running.ended)).toEqual({ ended: 0, out: '', err: '' })
    if (isLeft) expect(readFileSync(`/proc/${pid}/comm`, 'latin1')).toMatch(/^(sh|run|sleep)$/m)
    killIfThere(pid)
  })
})

test('a fault is one line, and the supervisor goes on', async () => {
  const svc = newService({ down: '' })
  const running = startFifodir(['supervise', svc])
  const fault = untilSaid(running, /^.*\n/)
  await new Promise((resolve) => running.child.once('spawn', resolve))
  await untilSupervised(svc)
  control(svc, 'up')
  expect((await fault)[0]).toBe(
    `fifodir: cannot start ${svc}: no such file or directory (ENOENT); put the program there (and what its first line names)\n`,
  )
  running.child.kill('SIGTERM')
  expect((await running.ended).code).toBe(0)
})

async function untilSupervised(svc: string): Promise<void> {
  const { statuses } = await import('fifodir/service')
  const { filter, firstValueFrom } = await import('rxjs')
  await firstValueFrom(statuses(svc).pipe(filter(({ supervised }) => supervised)))
}
