/** `notify-when-up`: from every source to every sink, and what PROG finds itself to be. */
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFifodir, waitFor } from 'fifodir'
import { isReady, notifySocket } from 'fifodir/systemd'
import { filter, firstValueFrom } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { DAEMONS, freePort } from '../support/daemons.ts'
import { outcome, outcomeOf } from '../support/outcome.ts'
import { untilPrinted } from '../support/own-process.ts'
import { describeWithPeer } from '../support/peers.ts'
import { FIFODIR, type Running, start, startFifodir } from '../support/process.ts'
import { readReport, reportScript } from '../support/report.ts'
import { newDirectory, newFifodir, newQuietDirectory } from '../support/scratch.ts'
import { systemCallsOf } from '../support/strace.ts'

/** A sink: what is said of it on the command line, what it needs, and what resolves once it was told, with by whom. */
interface Told {
  readonly to: string
  readonly environment?: Record<string, string>
  readonly told: (running: Running) => Promise<unknown>
  readonly close?: () => void
}

const SINKS: Readonly<Record<string, (place: string) => Told>> = {
  'a fifodir': (place) => {
    const dir = join(place, 'event')
    makeFifodir(dir)
    const up = waitFor(dir, 'U')
    return { to: dir, told: async () => (await up).sequence }
  },
  'a descriptor': () => ({
    to: 'fd:3',
    told: ({ child }) =>
      new Promise((resolve) => child.stdio[3]?.on('data', (bytes: Buffer) => resolve(String(bytes)))),
  }),
  'a service manager': () => {
    const socket = notifySocket()
    socket.messages.subscribe() // to the end, as there is a barrier to be released
    const message = firstValueFrom(socket.messages.pipe(filter((one) => isReady(one))))
    return {
      to: 'notify',
      close: () => socket.close(),
      environment: { NOTIFY_SOCKET: socket.address },
      told: async ({ pid }) => (await message).lines.join(' ').replace(String(pid), 'PROG'),
    }
  },
}

const SAID: Readonly<Record<string, string>> = {
  'a fifodir': 'U',
  'a descriptor': '\n',
  'a service manager': 'READY=1 MAINPID=PROG',
}

/** Starts PROG in `place`, with descriptor 3 open. */
function startBeside(place: string, args: readonly string[], program: readonly string[], environment = {}): Running {
  const running = startFifodir(['notify-when-up', ...args, '--', ...program], {
    cwd: place,
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  })
  return running
}

describeWithPeer('readiness', 'systemd', ['systemd-notify'], () => {
  describe.each(Object.keys(DAEMONS))('of %s', (kind) => {
    test.each(Object.keys(SINKS))('is told to %s', async (sink) => {
      const place = newDirectory()
      const port = await freePort()
      const { to, environment, told, close } = (SINKS[sink] as (place: string) => Told)(place)
      const { source, program } = DAEMONS[kind] as (typeof DAEMONS)[string]
      const args = ['--from', source(place, port), '--to', to, '-t', '20s']
      const running = startBeside(place, args, program, { PORT: String(port), ...environment })
      expect(await told(running)).toBe(SAID[sink])
      running.child.kill('SIGTERM')
      expect(await outcomeOf(running.ended)).toMatchObject({ ended: 'SIGTERM' })
      close?.()
    })
  })
})

test('readiness is told to all sinks, once, by the first of several sources', async () => {
  const place = newDirectory()
  const [one, other] = [newFifodir(), newFifodir()]
  const up = [waitFor(one, 'U'), waitFor(other, 'U')]
  const args = ['--from', 'fd:5', '--from', `file:${join(place, 'pid')}`, '--to', one, '--to', other, '--to', 'fd:3']
  const running = startBeside(place, args, ['sh', '-c', 'echo >&5; : > pid; exec sleep 60'])
  const line = new Promise((resolve) => running.child.stdio[3]?.on('data', resolve))
  expect((await Promise.all(up)).map(({ sequence }) => sequence)).toEqual(['U', 'U'])
  expect(String(await line)).toBe('\n')
  running.child.kill()
  await running.ended
})

test('the name of a file may be any text', async () => {
  const place = newDirectory()
  makeFifodir(join(place, 'event'))
  const up = waitFor(join(place, 'event'), 'U')
  const args = ['notify-when-up', '--from', `file:${join(place, 'bereit é')}`, '-t', '20s']
  const running = startFifodir([...args, 'sh', '-c', ": > 'bereit é'; exec sleep 60"], { cwd: place })
  expect((await up).sequence).toBe('U')
  running.child.kill()
  await running.ended
})

test('without options it is s6-notifywhenup: from descriptor 1 to ./event', async () => {
  const place = newDirectory()
  makeFifodir(join(place, 'event'))
  const up = waitFor(join(place, 'event'), 'U')
  const running = startFifodir(['notify-when-up', 'sh', '-c', 'echo; exec sleep 60'], { cwd: place })
  expect((await up).sequence).toBe('U')
  running.child.kill()
  expect(await outcomeOf(running.ended)).toEqual({ ended: 'SIGTERM', out: '', err: '' })
})

describe('PROG', () => {
  /** What PROG finds, and what the shell found that started the command. */
  async function found(args: string, before = 'exec', redirections = '') {
    const place = newDirectory()
    makeFifodir(join(place, 'event'))
    const [outside, inside] = [join(place, 'outside'), join(place, 'inside')]
    const script = `${reportScript(outside)}; ${before} "$0" notify-when-up ${args} sh -c "$1" report ${redirections}`
    const program = `${reportScript(inside)}; exit 7`
    const running = start('sh', ['-c', script, FIFODIR, program], {
      cwd: place,
      env: { ...process.env, NOTIFY_SOCKET: '@nobody', NODE_EXTRA_CA_CERTS: '/none' },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    })
    const { code } = await running.ended
    return { code, pid: running.pid, outside: readReport(outside), inside: readReport(inside) }
  }

  const numbers = (lines: readonly string[]): string[] => lines.map((line) => line.split(' ')[0] as string)

  test('has the pid, the environment, the limit and the ignored signals of the command, and its exit code', async () => {
    const { code, pid, inside } = await found('--from fd:4', `ulimit -Sn 333; trap '' HUP; exec env A-B=1`)
    expect({ code, pid: inside.pid, openFiles: inside.openFiles }).toEqual({ code: 7, pid, openFiles: 333 })
    expect(inside.ignored).toEqual([1])
    const ours = { NOTIFY_SOCKET: '@nobody', NODE_EXTRA_CA_CERTS: '/none', 'A-B': '1' }
    const expected = Object.entries({ ...process.env, ...ours }).map(([name, value]) => `${name}=${value}`)
    const withoutPlace = (variables: readonly string[]): string[] =>
      variables.filter((variable) => !/^(OLD)?PWD=/.test(variable)).toSorted() // the shell outside sets them
    expect(withoutPlace(inside.environment)).toEqual(withoutPlace(expected))
  })

  test('has the descriptors of the command and that of the source, and no others', async () => {
    const { outside, inside } = await found('--from fd:4')
    expect(numbers(inside.descriptors)).toEqual([...numbers(outside.descriptors), '4'].toSorted((a, b) => +a - +b))
    expect(inside.descriptors.filter((line) => !line.startsWith('4 '))).toEqual(outside.descriptors)
  })

  test('has not the descriptor that is to be told', async () => {
    const { outside, inside } = await found('--from fd:4 --to fd:3')
    const expected = numbers(outside.descriptors).map((fd) => (fd === '3' ? '4' : fd))
    expect(numbers(inside.descriptors)).toEqual(expected)
  })

  test('has not the NOTIFY_SOCKET that is to be told, and has its own where it is heard there', async () => {
    const variables = async (args: string): Promise<string[]> =>
      (await found(args)).inside.environment.filter((variable) => variable.startsWith('NOTIFY_SOCKET='))
    expect(await variables('--from fd:4 --to notify')).toEqual([])
    expect(await variables('--from notify')).toEqual([expect.stringMatching(/^NOTIFY_SOCKET=@[0-9a-f]{5}$/)])
  })

  test('has no child but its own', async () => {
    const place = newDirectory()
    makeFifodir(join(place, 'event'))
    const script = 'read -r children < /proc/$$/task/$$/children; echo "children: $children"; exec sleep 60'
    const running = startFifodir(['notify-when-up', '--from', 'fd:4', 'sh', '-c', script], { cwd: place })
    await untilPrinted(running, '\n')
    running.child.kill()
    expect((await outcomeOf(running.ended)).out).toBe('children: \n')
  })

  test('is found, and its signal seen, by whoever started it', async () => {
    const dir = newFifodir()
    expect(await outcome(['notify-when-up', '--to', dir, '--from', 'fd:4', 'sh', '-c', 'kill -KILL $$'])).toMatchObject(
      {
        ended: 'SIGKILL',
      },
    )
  })

  test('that cannot be run leaves no helper, and one line', async () => {
    const dir = newFifodir()
    const missing = await outcome(['notify-when-up', '--to', dir, '/no/such/program'])
    expect(missing).toEqual({
      ended: 127,
      out: '',
      err: 'fifodir: cannot run /no/such/program: no such file or directory (ENOENT); give its path, or a name that is in PATH\n',
    })
  })
})

describe('the helper', () => {
  /** The helpers of the process `pid`. */
  const helpersOf = (pid: number): number[] =>
    readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .filter((entry) => commandLine(entry).includes(`"pid":${pid},`))
      .map(Number)

  function commandLine(pid: string): string {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH')
        return ''
      throw error
    }
  }

  const linksOf = (pid: number): string[] =>
    readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))

  const untilGone = (pid: number): Promise<void> =>
    expect.poll(() => helpersOf(pid), { timeout: 10_000 }).toEqual([]) as unknown as Promise<void>

  /** Starts PROG, and resolves once its helper waits. */
  async function besideHelper(args: readonly string[], script: string): Promise<Running & { helper: number }> {
    const running = startFifodir(['notify-when-up', ...args, 'sh', '-c', script], { input: null })
    await expect.poll(() => readlinkSync(`/proc/${running.pid}/exe`), { timeout: 10_000 }).not.toBe(process.execPath)
    await expect.poll(() => helpersOf(running.pid).length, { timeout: 10_000 }).toBe(1)
    return { ...running, helper: helpersOf(running.pid)[0] as number }
  }

  test('ends when PROG ends, and says why it is not ready', async () => {
    const dir = newFifodir()
    // a child of PROG keeps the descriptor open
    const args = ['--to', dir, '--from', 'fd:4']
    const running = await besideHelper(args, 'sleep 60 <&- >&- 2>&- & echo $!; read -r line; exit 3')
    running.child.stdin?.end('\n')
    const { ended, err, out } = await outcomeOf(running.ended)
    expect({ ended, err }).toEqual({ ended: 3, err: 'fifodir: sh is not ready: it ended\n' })
    await untilGone(running.pid)
    process.kill(Number(out))
  })

  test('ends when the descriptor is closed without a newline, and says so', async () => {
    const dir = newFifodir()
    const running = await besideHelper(
      ['--to', dir, '--from', 'fd:4'],
      'read -r line; echo -n nearly >&4; exec 4>&-; read -r line',
    )
    running.child.stdin?.write('\n')
    await untilGone(running.pid)
    running.child.stdin?.end('\n')
    expect((await outcomeOf(running.ended)).err).toBe(
      'fifodir: sh is not ready: its descriptor was closed without a newline\n',
    )
  })

  test('ends after -t, and says so', async () => {
    const dir = newFifodir()
    const running = await besideHelper(['--to', dir, '--from', 'fd:4', '-t', '1500ms'], 'read -r line')
    await untilGone(running.pid)
    running.child.stdin?.end('\n')
    expect((await outcomeOf(running.ended)).err).toBe('fifodir: sh is not ready: it was not ready within 1500 ms\n')
  })

  test('ends when it has told', async () => {
    const dir = newFifodir()
    const up = waitFor(dir, 'U')
    const running = await besideHelper(['--to', dir, '--from', 'fd:4'], 'read -r line; echo >&4; read -r line')
    running.child.stdin?.write('\n')
    await up
    await untilGone(running.pid)
    running.child.stdin?.end('\n')
    expect(await outcomeOf(running.ended)).toEqual({ ended: 0, out: '', err: '' })
  })

  test('tells what PROG said right before it ended', async () => {
    for (const [source, words] of [
      ['fd:4', 'echo >&4'],
      ['log:^up$', 'echo up'],
      ['notify', 'systemd-notify --ready --no-block'],
    ]) {
      const dir = newFifodir()
      const up = waitFor(dir, 'U', { timeoutMs: 10_000 })
      await outcome(['notify-when-up', '--to', dir, '--from', source as string, 'sh', '-c', words as string])
      expect((await up).sequence).toBe('U')
    }
  })

  test('passes all of the output on, before readiness and after it, and says with which lines it never came', async () => {
    const dir = newFifodir()
    const words =
      'i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i + 1)); done; echo up; echo more; echo error >&2'
    const up = waitFor(dir, 'U', { timeoutMs: 20_000 })
    const all = await outcome(['notify-when-up', '--to', dir, '--from', 'log:^up$', 'sh', '-c', words])
    await up
    expect(all.out).toBe(`${Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join('')}up\nmore\n`)
    expect(all.err).toBe('error\n')
    const never = await outcome(['notify-when-up', '--to', dir, '--from', 'log:^up$', 'echo', 'down'])
    expect(never.out).toBe('down\n')
    expect(never.err).toMatch(/^fifodir: echo is not ready: (it ended|no line of its output matched \^up\$)\n$/)
  })

  test('makes no system calls while nothing happens', async () => {
    const dir = newFifodir()
    const file = join(newQuietDirectory(), 'pid')
    const args = ['--from', 'fd:4', '--from', 'notify', '--from', 'ipc', '--from', `file:${file}`, '--to', dir]
    const running = await besideHelper(args, 'read -r line')
    await expect.poll(() => linksOf(running.helper)).toContain('anon_inode:inotify')
    await expect.poll(() => readFileSync(`/proc/${running.helper}/wchan`, 'utf8')).toMatch(/poll/)
    expect(await systemCallsOf(running.helper)).toEqual([])
    running.child.stdin?.end('\n')
    await running.ended
    await untilGone(running.pid)
  })

  test('probes 10 ms apart at first, never at a time, and at most 250 ms apart', async () => {
    const dir = newFifodir()
    const place = newDirectory()
    const probes = join(place, 'probes')
    const check = `check:mkdir ${place}/lock || echo twice >> ${probes}; date +%s%N >> ${probes}; rmdir ${place}/lock; false`
    const running = await besideHelper(['--from', check, '--to', dir], 'read -r line')
    const times = (): number[] =>
      readFileSync(probes, { encoding: 'latin1', flag: 'a+' }).trim().split('\n').map(Number)
    await expect.poll(() => times().length, { timeout: 20_000 }).toBeGreaterThan(14)
    running.child.stdin?.end('\n')
    await running.ended
    const pauses = times().map((time, index, all) => (index === 0 ? 0 : (time - (all[index - 1] as number)) / 1e6))
    expect(pauses.every((pause) => !Number.isNaN(pause))).toBe(true)
    expect(Math.min(...pauses.slice(1))).toBeGreaterThanOrEqual(10)
    expect(pauses.slice(10).every((pause) => pause >= 250)).toBe(true)
  })
})

describe('a mistake', () => {
  const mistakes: [string, string[], number, RegExp][] = [
    ['no PROG', [], 100, /no PROG; name the program/],
    ['an unknown source', ['--from', 'tcpp:1', 'true'], 100, /not a source of readiness: 'tcpp:1'; write fd:N, /],
    ['a port that is none', ['--from', 'tcp:65536', 'true'], 100, /not a source of readiness: 'tcp:65536'/],
    ['a descriptor that is none', ['--from', 'fd:x', 'true'], 100, /not a source of readiness: 'fd:x'/],
    ['a pattern that is none', ['--from', 'log:(', 'true'], 100, /cannot compile pattern: .*\(FIFODIR_PATTERN\)/],
    [
      'two sources at one descriptor',
      ['--from', 'fd:1', '--from', 'log:x', 'true'],
      100,
      /two sources want descriptor 1/,
    ],
    [
      'a sink that is none',
      ['--to', 'fd:x', 'true'],
      100,
      /not a sink of readiness: 'fd:x'; write DIR, fd:N or notify/,
    ],
    ['a sink that is not open', ['--to', 'fd:9', 'true'], 100, /--to fd:9: descriptor 9 is not open/],
    ['a fifodir that is not there', ['--to', '/none/event', 'true'], 111, /cannot notify \/none\/event: .*\(ENOENT\)/],
    ['a duration that is none', ['-t', 'soon', 'true'], 100, /not a duration: 'soon'/],
    ['an option that is none', ['--form', 'fd:1', 'true'], 100, /unknown option '--form'/],
  ]

  test.each(mistakes)('%s: one line, and PROG is not run', async (_, args, code, message) => {
    const place = newDirectory()
    makeFifodir(join(place, 'event'))
    const proof = join(place, 'ran')
    writeFileSync(join(place, 'true'), `#!/bin/sh\n: > ${proof}\n`, { mode: 0o755 })
    const env = { ...process.env, PATH: `${place}:${process.env['PATH']}` }
    const { ended, out, err } = await outcome(['notify-when-up', ...args], { cwd: place, env })
    expect({ ended, out, ran: readdirSync(place).includes('ran') }).toEqual({ ended: code, out: '', ran: false })
    expect(err.split('\n')[0]).toMatch(message)
  })
})
