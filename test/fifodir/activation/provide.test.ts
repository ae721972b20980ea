/** What a program finds that is given sockets. */
import { closeSync, constants, openSync } from 'node:fs'
import { join } from 'node:path'
import { openSockets, provide } from 'fifodir/activation'
import { spawn } from 'fifodir/posix'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { run } from '../../support/process.ts'
import { newDirectory } from '../../support/scratch.ts'

/** The environment of a program started with a socket and with `environment`, byte for byte, in order of names. */
async function environmentOf(environment: readonly (string | Uint8Array)[]): Promise<{ pid: number; found: string[] }> {
  using opened = openSockets(['a=unix:@fifodir-test-environment'])
  const out = join(newDirectory(), 'environ')
  const provision = provide('cat', ['/proc/self/environ'], opened.sockets, { environment })
  const fd = openSync(out, 'w')
  const { program, args, ...handover } = provision
  const child = spawn(program, args, { ...handover, descriptors: { ...handover.descriptors, 1: fd } })
  closeSync(fd)
  expect(await child.ended).toMatchObject({ code: 0 })
  return { pid: child.pid, found: readFileSync(out, 'latin1').split('\0').slice(0, -1).toSorted() }
}

describe('the environment of a program that is started with sockets', () => {
  const environments: readonly [title: string, environment: readonly (string | Uint8Array)[]][] = [
    ['is what it is to be', ['A=1', 'PATH=/usr/bin:/bin']],
    ['has no PWD, SHLVL, OLDPWD or _ that were not in it', ['PATH=/usr/bin:/bin']],
    ['has those that were', ['PATH=/usr/bin:/bin', 'PWD=/no/where', 'SHLVL=7', 'OLDPWD=', '_=/x']],
    [
      'has names that are none to a shell',
      ['PATH=/usr/bin:/bin', 'a-b=1', 'npm_config_//x/:_t=2', '1=3', 'é=4', 'BASH_FUNC_f%%=() { :;}'],
    ],
    [
      'has what would change a shell',
      ['PATH=/usr/bin:/bin', 'IFS=b', 'OPTIND=x', 'PS4=q', 'ENV=/no', 'SHELLOPTS=xtrace', 'PPID=1', 'LINENO=x'],
    ],
    [
      'has bytes that are no text',
      ['PATH=/usr/bin:/bin', Buffer.from('B=\xff\xfe', 'latin1'), Buffer.from('\xff=1', 'latin1')],
    ],
    [
      'has names that look like options of env(1)',
      ['PATH=/usr/bin:/bin', '-i=1', '-Sfalse=1', '--=1', '--chdir=/no/where', '-=1'],
    ],
    [
      'has what bash, where it is sh, would set',
      ['PATH=/usr/bin:/bin', 'POSIXLY_CORRECT=', 'RANDOM=1', 'BASH=b', 'BASH_VERSION=1', 'HISTCMD=4', 'OPTERR=7'],
    ],
    ['has values of every kind', ['PATH=/usr/bin:/bin', 'N=a\nb', 'Q=\'"$(id)`id`\\', 'E=', 'S= x =y= ']],
  ]
  test.each(environments)('%s', async (_, environment) => {
    const { pid, found } = await environmentOf(environment)
    const bytes = environment.map((variable) => Buffer.from(variable).toString('latin1'))
    const listen = ['LISTEN_FDS=1', 'LISTEN_FDNAMES=a', `LISTEN_PID=${pid}`]
    expect(found).toEqual([...bytes, ...listen].toSorted())
  })

  test('does not become the program where it has what is no variable', async () => {
    const { found } = await environmentOf(['PATH=/usr/bin:/bin', 'no-variable'])
    expect(found).toContain('LISTEN_FDS=1')
  })

  test('has nothing left of what was said to us', async () => {
    const stale = ['LISTEN_PID=1', 'LISTEN_PIDFDID=2', 'LISTEN_FDS=3', 'LISTEN_FDNAMES=a:b:c', 'REMOTE_ADDR=kept']
    const { pid, found } = await environmentOf(['PATH=/usr/bin:/bin', ...stale])
    expect(found).toEqual([
      'LISTEN_FDNAMES=a',
      'LISTEN_FDS=1',
      `LISTEN_PID=${pid}`,
      'PATH=/usr/bin:/bin',
      'REMOTE_ADDR=kept',
    ])
  })

  test('is ours, changes included, where it is not said', () => {
    process.env['FIFODIR_TEST'] = 'é'
    const { environment } = provide('x', [], [], {})
    delete process.env['FIFODIR_TEST']
    expect(environment.map((variable) => Buffer.from(variable).toString())).toContain('FIFODIR_TEST=é')
    const again = provide('x', [], []).environment.map((variable) => Buffer.from(variable).toString())
    expect(again.filter((variable) => variable.startsWith('FIFODIR_TEST'))).toEqual([])
  })
})

describe('what is to be run', () => {
  test('is the program itself where its pid is known', () => {
    using opened = openSockets(['a=tcp:127.0.0.1:0', 'b=udp:127.0.0.1:0'])
    const [a, b] = opened.sockets.map(({ fd }) => fd)
    expect(provide('p', ['q'], opened.sockets, { pid: 7, environment: ['LISTEN_PIDFDID=1', 'X=1'] })).toEqual({
      program: 'p',
      args: ['q'],
      descriptors: { 3: a, 4: b },
      environment: ['X=1', 'LISTEN_FDS=2', 'LISTEN_FDNAMES=a:b', 'LISTEN_PID=7'],
    })
  })

  test('is the program itself where there are no sockets, and it is not told of any', () => {
    const environment = ['LISTEN_PID=1', 'LISTEN_FDS=1', 'X=1']
    expect(provide('p=q', [], [], { environment })).toEqual({
      program: 'p=q',
      args: [],
      descriptors: {},
      environment: ['X=1'],
    })
  })

  test('has no = in its name, as env(1) would take that for a variable', () => {
    expect(() => provide('p=q', [], [{ fd: 0, name: '' }])).toThrow(TypeError)
  })

  test('ends with 127 where it is not there, and 126 where it may not be run', async () => {
    using opened = openSockets(['unix:@fifodir-test-missing'])
    const ends = ['/no/such/program', '/etc/passwd'].map(async (name) => {
      const { program, args, descriptors } = provide(name, [], opened.sockets, { environment: [] })
      return (
        await run(String(program), args.map(String), {
          stdio: ['ignore', 'pipe', 'pipe', ...Object.values(descriptors)],
        })
      ).code
    })
    expect(await Promise.all(ends)).toEqual([127, 126])
  })
})

test('sockets are handed over blocking', () => {
  using opened = openSockets([`fifo:${join(newDirectory(), 'fifo')}`])
  const { fd } = opened.sockets[0] as { fd: number }
  const isNonBlocking = (): boolean => {
    const flags = /flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1]
    return (Number.parseInt(flags as string, 8) & constants.O_NONBLOCK) !== 0
  }
  expect(isNonBlocking()).toBe(true)
  provide('p', [], opened.sockets)
  expect(isNonBlocking()).toBe(false)
})

test('a client by IPv4 of a socket for both families is told by its IPv4 address, as systemd does', () => {
  using opened = openSockets(['unix:@fifodir-test-remote'])
  const addressOf = (host: string): unknown =>
    provide('p', [], [{ fd: opened.sockets[0]?.fd as number, name: 'a', remote: { host, port: 7 } }], {
      pid: 1,
      environment: [],
    }).environment.find((variable) => String(variable).startsWith('REMOTE_ADDR='))
  expect(addressOf('::ffff:127.0.0.1')).toBe('REMOTE_ADDR=127.0.0.1')
  expect(addressOf('::ffff:1')).toBe('REMOTE_ADDR=::ffff:1')
  expect(addressOf('::1')).toBe('REMOTE_ADDR=::1')
})
