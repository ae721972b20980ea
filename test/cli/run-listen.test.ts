/** `run --listen`: the sockets outlive PROG, and with --lazy PROG runs when somebody comes. */
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { control, whenDown, whenFinished, whenUp } from 'fifodir/service'
import { describe, expect, test } from 'vitest'
import { NODE_SERVER, ROOT, told } from '../support/activated.ts'
import { begin, outcome } from '../support/outcome.ts'
import { untilPrinted } from '../support/own-process.ts'
import { describeWithPeer } from '../support/peers.ts'
import { run as runProgram, type Running, start, FIFODIR, startFifodir } from '../support/process.ts'
import { newDirectory } from '../support/scratch.ts'
import { systemCallsOf, untilAsleep } from '../support/strace.ts'

/** Says its pid to everybody; on SIGTERM it ends when all whom it has accepted were told. */
const SERVER: readonly string[] = [
  process.execPath,
  '--input-type=module',
  '-e',
  `import { createServer } from 'node:net'
  import { activated } from 'fifodir/systemd'
  const server = createServer((client) => client.end(String(process.pid))).listen(activated('web') ?? 0)
  process.on('SIGTERM', () => server.close())`,
]

interface Service {
  readonly running: Running
  /** The service directory, and where clients come. */
  readonly service: string
  readonly path: string
}

/** Starts `run`, and resolves once somebody can come. */
async function runListening(options: readonly string[], program: readonly string[]): Promise<Service> {
  const place = newDirectory()
  const [service, path] = [join(place, 'service'), join(place, 'socket')]
  const args = ['run', '-d', service, '--listen', `web=unix:${path}`, ...options, '--', ...program]
  const running = startFifodir(args, { cwd: ROOT })
  await untilPrinted(running, 'listening on', 'stderr')
  return { running, service, path }
}

async function stop({ running, path }: Service): Promise<string> {
  running.child.kill('SIGTERM')
  const { stderr } = await running.ended
  expect(existsSync(path)).toBe(false)
  return stderr
}

test('2,000 clients in a row are all served by a service that is restarted 20 times meanwhile', {
  timeout: 120_000,
}, async () => {
  const service = await runListening([], SERVER)
  const answers: string[] = []
  for (let client = 1; client <= 2000; client++) {
    answers.push(await told(service.path))
    if (client % 100 === 50) control(service.service, 'restart')
  }
  expect(answers).not.toContain('')
  expect(new Set(answers).size).toBe(21)
  await stop(service)
})

test('PROG finds the sockets in their order, and LISTEN_PID is its own', async () => {
  const more = ['--listen', 'log=udp:127.0.0.1:0']
  const service = await runListening(more, NODE_SERVER)
  const [, ...given] = (await told(service.path)).split(',')
  expect(given).toEqual(['3 web stream', '4 log datagram'])
  await stop(service)
})

describe('with --lazy', () => {
  test('nothing runs until the first client comes, who is served; and again when PROG has ended', async () => {
    const service = await runListening(['--lazy'], NODE_SERVER)
    expect(readdirSync(service.service)).toContain('supervise')
    const first = Number.parseInt(await told(service.path))
    await whenFinished(service.service)
    const second = Number.parseInt(await told(service.path))
    expect(second).not.toBe(first)
    await whenFinished(service.service)
    expect(
      (await stop(service))
        .replaceAll(/pid \d+/g, 'pid N')
        .split('\n')
        .slice(2),
    ).toEqual([
      'fifodir: service: up, pid N',
      'fifodir: service: exited with 0',
      'fifodir: service: down until somebody comes',
      'fifodir: service: up, pid N',
      'fifodir: service: exited with 0',
      'fifodir: service: down until somebody comes',
      'fifodir: service: stopping on SIGTERM',
      '',
    ])
  })

  test('a PROG that takes nothing is started 20 times, and then it is said, and over', async () => {
    const service = await runListening(['--lazy'], ['true'])
    connect(service.path).on('error', () => undefined)
    const { code, stderr } = await service.running.ended
    expect(code).toBe(1)
    expect(stderr.match(/: up, pid/g)).toHaveLength(20)
    expect(stderr).toContain(
      'fifodir: cannot serve web: started 20 times within 2000 ms, and it is still waited for (FIFODIR_TRIGGER_LIMIT); ',
    )
    expect(existsSync(service.path)).toBe(false)
  })

  test('a PROG that has failed for good, as its finish says, is over', async () => {
    const service = await runListening(['--lazy', '--finish', 'exit 125'], ['false'])
    connect(service.path).on('error', () => undefined)
    expect((await service.running.ended).code).toBe(1)
  })

  test('its time to be ready is counted from when it is started', async () => {
    const options = ['--lazy', '--ready', 'fd:5', '--ready-timeout', '100ms']
    const service = await runListening(options, ['sleep', '60'])
    connect(service.path).on('error', () => undefined)
    await whenUp(service.service)
    const { code, stderr } = await service.running.ended
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('not ready within 100 ms') as string,
    })
  })
})

describeWithPeer('while nobody comes to a lazy service', 'strace', ['strace'], () => {
  test('no process runs, and no system call is made', async () => {
    const service = await runListening(['--lazy', '--listen', 'tcp:127.0.0.1:0'], ['true'])
    await untilAsleep(service.running.pid)
    expect(await systemCallsOf(service.running.pid)).toEqual([])
    await stop(service)
  })
})

describeWithPeer('to s6 a lazy service', 's6', ['s6-svstat', 's6-svc', 's6-svwait'], () => {
  const status = async (service: string): Promise<string> =>
    (await runProgram('s6-svstat', ['-o', 'up,wantedup,ready', service])).stdout.toString().trim()

  test('is one that is down, and that somebody starts once', async () => {
    const service = await runListening(['--lazy'], SERVER)
    expect(await status(service.service)).toBe('false false false')
    await told(service.path)
    expect(await status(service.service)).toBe('true false false')
    await runProgram('s6-svc', ['-wD', '-d', service.service])
    expect(await status(service.service)).toBe('false false false')
    await told(service.path) // it was waited at again
    await stop(service)
  })

  test('is kept up by -u, until it is brought down', async () => {
    const service = await runListening(['--lazy'], SERVER)
    await runProgram('s6-svc', ['-wu', '-u', service.service])
    const first = await told(service.path)
    await runProgram('s6-svc', ['-wr', '-r', service.service])
    expect(await status(service.service)).toMatch(/ true /)
    expect(await told(service.path)).not.toBe(first)
    control(service.service, 'down')
    await whenDown(service.service)
    await told(service.path)
    expect(await status(service.service)).toBe('true false false')
    await stop(service)
  })

  test('is not started by anybody who comes while there is a file down, as -D makes it', async () => {
    const service = await runListening(['--lazy'], SERVER)
    await runProgram('s6-svc', ['-D', service.service])
    const client = connect(service.path)
    await once(client, 'connect')
    await untilAsleep(service.running.pid)
    expect(await status(service.service)).toBe('false false false')
    await runProgram('s6-svc', ['-wu', '-U', service.service])
    expect(await told(client)).not.toBe('')
    await stop(service)
  })
})

test('a descriptor for readiness that a socket would take is refused before anything is made', async () => {
  const cwd = newDirectory()
  const args = ['run', '-d', 'service', '--listen', 'unix:socket', '--ready', 'fd:3', 'true']
  expect(await outcome(args, { cwd })).toEqual({
    ended: 100,
    out: '',
    err: "fifodir: --ready fd:3 is where PROG is to find a socket; use one from 4 on; see 'fifodir run --help'\n",
  })
  expect(readdirSync(cwd)).toEqual([])
})

test('readiness is told beside the sockets: by a line, and through channels of its own', async () => {
  const notifying = ['sh', '-c', 'echo >&4; exec sleep 60']
  const service = await runListening(['--ready', 'fd:4'], notifying)
  await untilPrinted(service.running, 'ready after', 'stderr')
  await stop(service)
  const speaking = [process.execPath, '-e', `process.send('ready'); setInterval(() => 0, 1e6)`]
  const other = await runListening(['--ready', 'ipc'], speaking)
  await untilPrinted(other.running, 'ready after', 'stderr')
  await stop(other)
})

test('an address that is in use ends it before anything is started, and no file is left', async () => {
  const cwd = newDirectory()
  const first = begin(['run', '--listen', 'unix:socket', 'sleep', '60'], { cwd })
  await untilPrinted(first, 'listening on', 'stderr')
  const args = ['run', '-d', 'service', '--listen', 'unix:other', '--listen', 'unix:socket', 'touch', 'new']
  expect(await outcome(args, { cwd })).toEqual({
    ended: 111,
    out: '',
    err: 'fifodir: cannot listen on unix:socket: address already in use (EADDRINUSE); stop what has it, or choose another\n',
  })
  expect(readdirSync(cwd).toSorted()).toEqual(['service', 'socket'])
  first.child.kill('SIGTERM')
  await first.outcome
  expect(readdirSync(cwd)).toEqual(['service'])
})

test('a descriptor that was inherited is not lost to a socket: that is said, and nothing done', async () => {
  const cwd = newDirectory()
  const script = 'exec "$0" run -d service --listen unix:socket true 3</dev/null'
  const { code, stderr } = await start('sh', ['-c', script, FIFODIR], { cwd }).ended
  expect({ code, stderr }).toEqual({
    code: 100,
    stderr:
      "fifodir: descriptor 3 is open, and is where PROG is to find a socket; close it: 3>&-; see 'fifodir run --help'\n",
  })
  expect(readdirSync(cwd)).toEqual([])
})
