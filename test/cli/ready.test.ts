/** `ready`: what a daemon in shell says, and to whom. */
import { readFileSync } from 'node:fs'
import { waitFor } from 'fifodir'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listen, type Listening } from '../support/notifications.ts'
import { begin, outcome } from '../support/outcome.ts'
import { start, startFifodir } from '../support/process.ts'
import { FIFODIR } from '../support/process.ts'
import { newFifodir } from '../support/scratch.ts'
import { outcomeOf } from '../support/outcome.ts'

const withoutManager = { ...process.env, NOTIFY_SOCKET: undefined }
const done = { ended: 0, out: '', err: '' }

describe('to a service manager', () => {
  let manager: Listening
  let env: NodeJS.ProcessEnv

  beforeEach(() => {
    manager = listen()
    env = { ...process.env, NOTIFY_SOCKET: manager.address }
  })

  afterEach(() => manager.close())

  test.each([
    [[], ['READY=1']],
    [
      ['--status', 'up, ☎ 80'],
      ['READY=1', 'STATUS=up, ☎ 80'],
    ],
    [['--stopping'], ['STOPPING=1']],
    [['--watchdog'], ['WATCHDOG=1']],
    [
      ['--pid', '1'],
      ['READY=1', 'MAINPID=1'],
    ],
    [
      ['--reloading', '--status='],
      ['RELOADING=1', expect.stringMatching(/^MONOTONIC_USEC=\d+$/), 'STATUS='],
    ],
    [['--no-block'], ['READY=1']],
    [['--optional'], ['READY=1']],
  ])('ready %j says %j', async (args, lines) => {
    expect(await outcome(['ready', ...args], { env })).toEqual(done)
    expect(manager.heard.map((message) => message.lines)).toEqual([lines])
  })

  test('it speaks in the name of who called it, where it may', async () => {
    const { pid, ended } = start('sh', ['-c', '"$0" ready; exit 0', FIFODIR], { env })
    await ended
    expect(manager.heard.map((message) => message.pid)).toEqual([process.geteuid?.() === 0 ? pid : expect.anything()])
  })

  test('is told along with a descriptor and a fifodir', async () => {
    const dir = newFifodir()
    const up = waitFor(dir, 'U')
    const running = startFifodir(['ready', '--fd', '3', '--to', dir], { env, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] })
    let said = ''
    running.child.stdio[3]?.on('data', (bytes: Buffer) => (said += bytes.toString()))
    expect(await outcomeOf(running.ended)).toEqual(done)
    expect({ said, heard: manager.heard.map(({ lines }) => lines), up: (await up).sequence }).toEqual({
      said: '\n',
      heard: [['READY=1']],
      up: 'U',
    })
  })

  test('that is stopped it waits for: what it says is not lost', async () => {
    // this process is the manager: it reads nothing until it looks
    const waiting = start('sh', ['-c', '"$0" ready & wait $!; echo $?', FIFODIR], { env })
    const deadline = Date.now() + 10_000
    while (!descendantWaits(waiting.pid) && Date.now() < deadline)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20) // the event loop stands still
    expect({ waits: descendantWaits(waiting.pid), heard: manager.heard }).toEqual({ waits: true, heard: [] })
    expect((await outcomeOf(waiting.ended)).out).toBe('0\n')
    expect(manager.heard.length).toBe(1)
  })

  test('that does not answer is given up after 5 s: exit 99', async () => {
    manager.close()
    const { bindNotifySocket } = await import('fifodir/systemd')
    const { closeDescriptor } = await import('fifodir/posix')
    const deaf = bindNotifySocket()
    const { ended, err } = await outcome(['ready'], { env: { ...env, NOTIFY_SOCKET: deaf.address } })
    expect(ended).toBe(99)
    expect(err).toMatch(/^fifodir: cannot notify systemd at @\w+: .*\(ETIMEDOUT\).*\n$/)
    closeDescriptor(deaf.fd)
  })
})

/** Whether the command that the shell `pid` has started has sent its barrier, and waits. */
function descendantWaits(pid: number): boolean {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
  return children.some((child) => {
    try {
      const isNode = readFileSync(`/proc/${child}/comm`, 'utf8').startsWith('node')
      return isNode && readFileSync(`/proc/${child}/wchan`, 'utf8').includes('poll')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
  })
}

describe('to nobody', () => {
  test('exits 1, and says what to do', async () => {
    expect(await outcome(['ready'], { env: withoutManager })).toEqual({
      ended: 1,
      out: '',
      err: 'fifodir: nobody is there to be told: there is no NOTIFY_SOCKET; give --fd or --to, or --optional to go on without\n',
    })
  })

  test('exits 0 with --optional', async () => {
    expect(await outcome(['ready', '--optional'], { env: withoutManager })).toEqual(done)
  })

  test('where a fifodir is told, that is enough', async () => {
    expect(await outcome(['ready', '--to', newFifodir()], { env: withoutManager })).toEqual(done)
  })
})

test.each([
  [['--stopping', '--watchdog'], 100, /--stopping and --watchdog exclude each other/],
  [['--stopping', '--to', 'event'], 100, /--fd and --to are told of readiness alone/],
  [['--status', 'a\nb'], 100, /TEXT has more than one line/],
  [['--pid', '0'], 100, /not a pid: '0'/],
  [['--fd', 'x'], 100, /not a descriptor: 'x'/],
  [['--fd', '9'], 100, /descriptor 9 is not open/],
  [['now'], 100, /ready takes options alone, not 'now'/],
  [['--to', '/none/event'], 111, /cannot notify \/none\/event: no such file or directory \(ENOENT\); make it first/],
])('a mistake: ready %j', async (args, code, message) => {
  const { ended, out, err } = await outcome(['ready', ...args], { env: withoutManager })
  expect({ ended, out, lines: err.split('\n').length }).toEqual({ ended: code, out: '', lines: 2 })
  expect(err).toMatch(message)
})

test.each([
  ['@nobody-is-there', /cannot notify systemd at @nobody-is-there: connection refused \(ECONNREFUSED\)/],
  ['nonsense', /cannot notify systemd at nonsense: .* \(EINVAL\)/],
])('a NOTIFY_SOCKET of %s is an error', async (address, message) => {
  const { outcome: ended } = begin(['ready'], { env: { ...process.env, NOTIFY_SOCKET: address } })
  expect(await ended).toMatchObject({ ended: 111, out: '', err: expect.stringMatching(message) as string })
})
