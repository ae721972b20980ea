/** `activate`: nothing runs until somebody comes, and then the command becomes PROG. */
import { createSocket } from 'node:dgram'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { openSockets } from 'fifodir/activation'
import { describe, expect, test } from 'vitest'
import { NODE_SERVER, startActivate, told } from '../support/activated.ts'
import { OUR_ROWS, ROWS } from '../support/listen-rows.ts'
import { outcomeOf } from '../support/outcome.ts'
import { untilPrinted } from '../support/own-process.ts'
import { describeWithPeer } from '../support/peers.ts'
import { FIFODIR, type Running, start } from '../support/process.ts'
import { portOf, startProvided } from '../support/provided.ts'
import { readReport, reportScript } from '../support/report.ts'
import { newDirectory } from '../support/scratch.ts'
import { systemCallsOf, untilAsleep } from '../support/strace.ts'

/** Where a socket can be made. */
const newPath = (): string => join(newDirectory(), 'socket')

/** As a client that says nothing, and is in nobody's way. */
const visit = (path: string): void => void connect(path).on('error', () => undefined)

test('the first client is served by PROG, which has the pid of the command', async () => {
  const path = newPath()
  const running = await startActivate(['--listen', `web=unix:${path}`, ...NODE_SERVER])
  expect(await told(path)).toBe(`${running.pid},3 web stream`)
  expect(await outcomeOf(running.ended)).toMatchObject({ ended: 0, out: '' })
})

test('PROG finds all sockets in their order, whichever of them somebody came to', async () => {
  const [a, b] = [newPath(), newPath()]
  const listen = [`a=unix:${a}`, 'b=tcp:127.0.0.1:0', 'udp:127.0.0.1:0', `unix-seqpacket:${b}`]
  const sockets = listen.flatMap((definition) => ['--listen', definition])
  const running = await startActivate([...sockets, ...NODE_SERVER])
  const all = '3 a stream,4 b stream,5 unknown datagram,6 unknown seqpacket'
  expect(await told(a)).toBe(`${running.pid},${all}`)
})

test.each([
  ['a datagram', 'udp:127.0.0.1:0', 'datagram'],
  ['bytes in a FIFO', 'fifo', 'fifo'],
])('somebody may be %s, which PROG is to read', async (_, definition, kind) => {
  const path = newPath()
  const listen = definition === 'fifo' ? `fifo:${path}` : definition
  const script = kind === 'fifo' ? 'read -r line <&3; echo "$line"' : 'dd bs=100 count=1 <&3 2>/dev/null'
  const running = startVerbose(['--listen', listen, 'sh', '-c', script])
  const [, port] = await saidBy(running, /listening on \S*?(?::(\d+))? /)
  if (kind === 'fifo') writeFileSync(path, 'hello\n')
  else {
    const client = createSocket('udp4')
    client.send('hello\n', Number(port), '127.0.0.1', () => client.close())
  }
  expect((await running.ended).stdout.toString()).toBe('hello\n')
})

/** Not in a place of its own: what is said first says where it listens. */
function startVerbose(args: readonly string[]): Running {
  return start(FIFODIR, ['activate', '-v', ...args])
}

function saidBy(running: Running, form: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve) => {
    let said = ''
    running.child.stderr?.on('data', (chunk: Buffer) => {
      const found = form.exec((said += chunk.toString()))
      if (found) resolve(found)
    })
  })
}

test('-v says where each socket is, once it can be reached there', async () => {
  const path = newPath()
  const listen = [`a=unix:${path}`, 'unix:@fifodir-test-verbose', 'six=tcp:[::1]:0', `fifo:${path}.fifo`]
  const running = startVerbose([...listen.flatMap((one) => ['--listen', one]), 'true'])
  await saidBy(running, /fifo \(/)
  running.child.kill('SIGTERM')
  const { stderr } = await running.ended
  expect(stderr.replace(/:\d+ /, ':PORT ').split('\n')).toEqual([
    `fifodir: listening on ${path} (a)`,
    'fifodir: listening on @fifodir-test-verbose (unknown)',
    'fifodir: listening on [::1]:PORT (six)',
    `fifodir: listening on ${path}.fifo (unknown)`,
    '',
  ])
})

describe('PROG finds', () => {
  /** Runs it from a shell, which reports before, as PROG does then. */
  async function handOn(before = 'exec', words = '') {
    const directory = newDirectory()
    const path = join(directory, 'socket')
    const [outside, inside] = [join(directory, 'outside'), join(directory, 'inside')]
    const script = `${reportScript(outside)}; ${before} "$0" activate -v --listen "$1" sh -c "$2" report ${words}`
    const running = start('sh', ['-c', script, FIFODIR, `unix:${path}`, reportScript(inside)])
    await untilPrinted(running, 'listening on', 'stderr')
    visit(path)
    await running.ended
    return { outside: readReport(outside), inside: readReport(inside) }
  }

  test('its pid, arguments, environment and descriptors as the command found them, and the socket', async () => {
    const words = `'' 'a b' '--' '-x' "$(printf '\\377')"`
    const variables = `PATH="$PATH" A-B=1 EMPTY= "$(printf 'RAW=\\377')" 'LINES=a\nb' LISTEN_FDS=4 LISTEN_PID=1 LISTEN_PIDFDID=2`
    const { outside, inside } = await handOn(`exec env -i ${variables}`, words)
    expect(inside.pid).toBe(outside.pid)
    expect(inside.args).toEqual(['', 'a b', '--', '-x', '\xff'])
    expect(inside.environment).toEqual([
      `PATH=${process.env['PATH']}`,
      'A-B=1',
      'EMPTY=',
      'RAW=\xff',
      'LINES=a\nb',
      'LISTEN_FDS=1',
      'LISTEN_FDNAMES=unknown',
      `LISTEN_PID=${inside.pid}`,
    ])
    // the socket blocks, as any that a program opens itself
    expect(inside.descriptors.filter((line) => !outside.descriptors.includes(line))).toEqual([
      expect.stringMatching(/^3 socket:\S+ 02$/),
    ])
    expect(inside.descriptors).toHaveLength(outside.descriptors.length + 1)
  })

  test('signals ignored that the command was to ignore, its limit of open files, and what it inherited', async () => {
    const { inside } = await handOn(`trap '' USR1 PIPE; ulimit -Sn 321; exec 7</dev/null; exec`)
    const [SIGUSR1, SIGPIPE] = [10, 13]
    expect(inside.ignored).toEqual([SIGUSR1, SIGPIPE])
    expect(inside.openFiles).toBe(321)
    expect(inside.descriptors.slice(3, 5).map((line) => line.replace(/:\S+/, ''))).toEqual([
      '3 socket 02',
      '7 /dev/null 0100000',
    ])
  })
})

describe('the file of a socket', () => {
  test("is PROG's from when that runs", async () => {
    const path = newPath()
    const running = await startActivate(['--listen', `unix:${path}`, 'true'])
    visit(path)
    expect((await running.ended).code).toBe(0)
    expect(existsSync(path)).toBe(true)
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('is removed where %s ends the command before', async (signal) => {
    const path = newPath()
    const running = await startActivate(['--listen', `unix:${path}`, 'true'])
    running.child.kill(signal)
    expect((await running.ended).signal).toBe(signal)
    expect(existsSync(path)).toBe(false)
  })

  test.each([
    ['no-such-program', 127, 'no such file or directory (ENOENT); give its path, or a name that is in PATH'],
    ['/dev/null', 126, 'permission denied (EACCES); see that it is a program this user may run'],
  ])('is removed where PROG cannot be run: %s, exit %i', async (program, code, reason) => {
    const path = newPath()
    const running = await startActivate(['--listen', `unix:${path}`, program])
    visit(path)
    const { ended, err } = await outcomeOf(running.ended)
    expect({ ended, last: err.split('\n').at(-2) }).toEqual({
      ended: code,
      last: `fifodir: cannot run ${program}: ${reason}`,
    })
    expect(existsSync(path)).toBe(false)
  })

  test("that is somebody else's by then stays", async () => {
    const path = newPath()
    const running = await startActivate(['--listen', `fifo:${path}`, 'true'])
    const other = start('sh', ['-c', 'rm "$0"; echo new > "$0"', path])
    await other.ended
    running.child.kill('SIGTERM')
    await running.ended
    expect(existsSync(path)).toBe(true)
  })
})

describeWithPeer('while nobody comes', 'strace', ['strace'], () => {
  test.each([
    ['', []],
    [' with --accept', ['--accept']],
  ])('no process is started, and no system call is made%s', async (_, options) => {
    const path = newPath()
    const definitions = ['--listen', `unix:${path}`, '--listen', 'tcp:127.0.0.1:0']
    const running = await startActivate([...options, ...definitions, 'true'])
    await untilAsleep(running.pid)
    expect(await systemCallsOf(running.pid)).toEqual([])
    running.child.kill('SIGTERM')
    await running.ended
  })
})

describe('sockets that the command was handed itself', () => {
  test('are waited at, and handed on under their names', async () => {
    using opened = openSockets(['web=tcp:127.0.0.1:0', `log=unix-dgram:${newPath()}`])
    const running = startProvided(opened.sockets, FIFODIR, ['activate', '-v', ...NODE_SERVER])
    await untilPrinted(running, 'listening on', 'stderr')
    expect(await told(connect(portOf(opened.sockets[0]), '127.0.0.1'))).toBe(
      `${running.pid},3 web stream,4 log datagram`,
    )
    await running.ended
  })

  test('come before those that it opens', async () => {
    using opened = openSockets(['web=tcp:127.0.0.1:0'])
    const path = newPath()
    const args = ['activate', '-v', '--listen', `own=unix:${path}`, ...NODE_SERVER]
    const running = startProvided(opened.sockets, FIFODIR, args)
    await untilPrinted(running, '(own)', 'stderr')
    visit(path)
    expect(await told(connect(portOf(opened.sockets[0]), '127.0.0.1'))).toMatch(/3 web stream,4 own stream$/)
    await running.ended
  })

  test.each(['file', 'directory'])('a %s among them is refused, as nothing comes to it', async (kind) => {
    const directory = newDirectory()
    const path = kind === 'file' ? join(directory, 'file') : directory
    if (kind === 'file') writeFileSync(path, 'x')
    const running = startListen({ PID: 'SELF', FDS: '1' }, [`3<${path}`], ['true'])
    expect(await outcomeOf(running.ended)).toEqual({
      ended: 111,
      out: '',
      err: 'fifodir: cannot wait at unknown: operation not permitted (EPERM); hand over a socket, a pipe or a FIFO: nothing comes to a file\n',
    })
  })
})

/** Starts `activate PROG` in an environment that says so, and with descriptors that were redirected so. */
function startListen(
  variables: Readonly<Record<string, string>>,
  redirections: readonly string[],
  program: readonly string[],
): Running {
  const set = Object.entries(variables).map(([name, value]) =>
    value === 'SELF' ? `export LISTEN_${name}=$$` : `export LISTEN_${name}='${value.replaceAll("'", `'\\''`)}'`,
  )
  return start('sh', [
    '-c',
    [...set, `exec "$0" "$@" ${redirections.join(' ')}`].join('\n'),
    FIFODIR,
    'activate',
    ...program,
  ])
}

test('a port that is in use is refused at once, and the file of another socket is not left', async () => {
  using taken = openSockets(['tcp:127.0.0.1:0'])
  const cwd = newDirectory()
  const busy = `tcp:127.0.0.1:${portOf(taken.sockets[0])}`
  const running = start(FIFODIR, ['activate', '--listen', 'unix:socket', '--listen', busy, 'true'], { cwd })
  expect(await outcomeOf(running.ended)).toEqual({
    ended: 111,
    out: '',
    err: `fifodir: cannot listen on ${busy}: address already in use (EADDRINUSE); stop what has it, or choose another\n`,
  })
  expect(readdirSync(cwd)).toEqual([])
})

test('a path that is not UTF-8 is refused, as it would be another', async () => {
  const cwd = newDirectory()
  const script = `exec "$0" activate --listen "$(printf 'unix:\\377')" true`
  expect(await outcomeOf(start('sh', ['-c', script, FIFODIR], { cwd }).ended)).toMatchObject({
    ended: 100,
    err: `fifodir: SOCKET is not UTF-8: "unix:\\udcff"; choose another path; see 'fifodir activate --help'\n`,
  })
  expect(readdirSync(cwd)).toEqual([])
})

describe('an environment that is wrong', () => {
  const wrong = [...ROWS, ...OUR_ROWS].filter(
    ([, { PIDFDID }, result]) => PIDFDID !== 'PIDFD' && !(Array.isArray(result) && result.length > 0),
  )
  const open = [3, 4, 5].map((fd) => `${fd}</dev/null`)

  test.each(wrong)('ends with one line, and PROG is not run: %s', async (_, variables, result) => {
    const { ended, out, err } = await outcomeOf(startListen(variables, open, ['echo', 'PROG']).ended)
    expect(out).toBe('')
    expect(err).toMatch(/^fifodir: .+\n$/)
    if (typeof result === 'string')
      expect({ ended, err }).toEqual({ ended: 111, err: expect.stringContaining(`(${result})`) as string })
    else
      expect({ ended, err }).toEqual({
        ended: 100,
        err: "fifodir: no sockets; give --listen SOCKET; see 'fifodir activate --help'\n",
      })
  })
})

test('a descriptor that was inherited is not lost: where a socket would take its number that is said, and nothing done', async () => {
  const directory = newDirectory()
  const listen = ['--listen', `unix:${directory}/a`, '--listen', `unix:${directory}/b`]
  const running = startListen({}, ['4</dev/null'], [...listen, 'true'])
  expect(await outcomeOf(running.ended)).toEqual({
    ended: 100,
    out: '',
    err: "fifodir: descriptor 4 is open, and is where PROG is to find a socket; close it: 4>&-; see 'fifodir activate --help'\n",
  })
  expect(readdirSync(directory)).toEqual([])
})
