/** No connection is lost, whatever becomes of the service; and nothing is done while nobody comes. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { onDemand, openSockets, type OpenSocket, provide, traffic } from 'fifodir/activation'
import { spawn } from 'fifodir/posix'
import { filter, firstValueFrom, from, lastValueFrom, mergeMap, range, share, toArray } from 'rxjs'
import { expect, test } from 'vitest'
import { untilPrinted } from '../support/own-process.ts'
import { describeWithPeer } from '../support/peers.ts'
import { startNode } from '../support/provided.ts'
import { newDirectory } from '../support/scratch.ts'
import { systemCallsOf } from '../support/strace.ts'

/** Answers with its pid; on SIGTERM it accepts no more, and ends when all who were accepted are answered. */
const SERVER = `
  import { createServer } from 'node:net'
  import { activated } from 'fifodir/systemd'
  const server = createServer((client) => client.end(String(process.pid))).listen(activated() ?? 0)
  process.on('SIGTERM', () => server.close())`

const LAUNCHER = `
  import { onDemand, openSockets } from 'fifodir/activation'
  const { sockets, close } = openSockets(['unix:' + process.argv[1], 'tcp:127.0.0.1:0', 'udp:127.0.0.1:0'])
  const services = onDemand(sockets, ({ kind }) => [kind]).subscribe((kind) => {
    console.log(kind)
    services.unsubscribe()
    close()
  })
  setImmediate(() => setImmediate(() => console.log('armed')))`

async function answer(path: string): Promise<string> {
  const client = connect(path)
  let text = ''
  client.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await once(client, 'close')
  return text
}

/** Starts the server with `socket`. */
function serve(sockets: readonly OpenSocket[]): ReturnType<typeof spawn> {
  const { program, args, ...handover } = provide(process.execPath, ['--input-type=module', '-e', SERVER], sockets)
  return spawn(program, args, handover)
}

test('2,000 connections to a service that is restarted 20 times meanwhile are all answered', {
  timeout: 120_000,
}, async () => {
  const path = join(newDirectory(), 'socket')
  using opened = openSockets([`unix:${path}`])
  const answers = range(2000).pipe(
    mergeMap(() => from(answer(path)), 10),
    share(),
  )
  const all = lastValueFrom(answers.pipe(toArray()))
  for (let restarts = 0; restarts < 20; restarts++) {
    const child = serve(opened.sockets)
    await firstValueFrom(answers.pipe(filter((pid) => pid === String(child.pid))))
    process.kill(child.pid, 'SIGTERM')
    await child.ended
  }
  const last = serve(opened.sockets)
  const pids = await all
  process.kill(last.pid, 'SIGTERM')
  await last.ended
  expect(pids).toHaveLength(2000)
  expect(pids).not.toContain('')
  expect(new Set(pids).size).toBe(21)
})

test('a service that runs on demand, and ends when it is idle, answers everybody', { timeout: 60_000 }, async () => {
  const path = join(newDirectory(), 'socket')
  using opened = openSockets([`unix:${path}`])
  const services = onDemand(opened.sockets, () => {
    const child = serve(opened.sockets)
    return child.ended
  }).subscribe()
  const pids: string[] = []
  for (let i = 0; i < 5; i++) {
    const pid = await answer(path)
    pids.push(pid)
    process.kill(Number(pid), 'SIGTERM')
  }
  expect(pids).not.toContain('')
  expect(new Set(pids).size).toBeGreaterThan(1)
  services.unsubscribe()
})

test('waiting for traffic does not keep it from those who accept', async () => {
  const path = join(newDirectory(), 'socket')
  using opened = openSockets([`unix:${path}`])
  const first = firstValueFrom(traffic(opened.sockets))
  const asked = answer(path)
  await first
  const child = serve(opened.sockets)
  expect(await asked).toBe(String(child.pid))
  process.kill(child.pid, 'SIGTERM')
  expect(await child.ended).toMatchObject({ code: 0 })
})

describeWithPeer('a launcher that waits for the first client', 'strace', ['strace'], () => {
  test('makes no system call while nobody comes, and has started nothing', async () => {
    const path = join(newDirectory(), 'socket')
    const launcher = startNode([], LAUNCHER, path)
    await untilPrinted(launcher, 'armed')
    expect(await systemCallsOf(launcher.pid)).toEqual([])
    const client = connect(path).on('error', () => undefined) // it is never accepted
    expect((await launcher.ended).stdout.toString()).toBe('armed\nunix\n')
    client.destroy()
  })
})
