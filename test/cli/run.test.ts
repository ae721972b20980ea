/** `run`: a program supervised without a service directory written first. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FifodirError } from 'fifodir'
import { control, statuses, whenDown, whenFinished, whenReady, whenUp } from 'fifodir/service'
import { filter, firstValueFrom } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { outcome, outcomeOf } from '../support/outcome.ts'
import { untilPrinted } from '../support/own-process.ts'
import { FIFODIR, type Running, run, start, startFifodir } from '../support/process.ts'
import { readReport, reportScript } from '../support/report.ts'
import { describeAsRoot } from '../support/root.ts'
import { untilSaid } from '../support/said.ts'
import { newDirectory } from '../support/scratch.ts'

/** What is different every time, taken out. */
function plain(err: string): string[] {
  return err
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/pid \d+/, 'pid N').replace(/after \d+ ms/, 'after N ms'))
    .map((line) => line.replace(/supervised in .*/, 'supervised in SVC'))
}

async function plainly(...args: Parameters<typeof outcome>): Promise<{ ended: unknown; out: string; err: string[] }> {
  const { ended, out, err } = await outcome(...args)
  return { ended, out, err: plain(err) }
}

/** Runs `fifodir run -d SVC …` in a place of its own. */
function startRun(
  args: readonly string[],
  options: Parameters<typeof startFifodir>[1] = {},
): Running & { svc: string } {
  const svc = join(newDirectory(), 'web')
  return { ...startFifodir(['run', '-d', svc, ...args], options), svc }
}

const untilUp = async (running: Running): Promise<number> => Number((await untilSaid(running, /up, pid (\d+)/))[1])
const isThere = (pid: number): boolean => existsSync(`/proc/${pid}`)

/** A PROG that says `ready` when it is, and does on `signal` what the shell script `act` says. */
const trapping = (signal: string, act: string): string[] => [
  'sh',
  '-c',
  `trap '${act}' ${signal}; echo ready; while :; do sleep 0.1; done`,
]
const LINES = ['fifodir: sh: supervised in SVC', 'fifodir: sh: up, pid N']

describe('run says what happened, and exits as PROG', () => {
  test.each([
    ['exit 0', 0, 'exited with 0'],
    ['exit 3', 3, 'exited with 3'],
    ['kill -SEGV $$', 139, 'was killed by SIGSEGV'],
  ])('sh -c %s', async (script, code, words) => {
    expect(await plainly(['run', '--restart', 'never', 'sh', '-c', script])).toEqual({
      ended: code,
      out: '',
      err: [...LINES, `fifodir: sh: ${words}`, 'fifodir: sh: down'],
    })
  })

  test('with -q nothing is said of what is as it should be', async () => {
    const { ended, out, err } = await outcome(['run', '-q', '--restart', 'never', 'sh', '-c', 'echo x; exit 4'])
    expect({ ended, out, err }).toEqual({ ended: 4, out: 'x\n', err: '' })
  })

  test.each([
    ['no-such-program', 127, 'no such file or directory (ENOENT); give its path, or a name that is in PATH'],
    ['', 127, 'no such file or directory (ENOENT); give its path, or a name that is in PATH'],
    ['/dev/null', 126, 'permission denied (EACCES); see that it is a program this user may run'],
  ])("exits as shells do where PROG cannot be run: '%s', %i", async (program, code, reason) => {
    const { ended, err } = await outcome(['run', '-q', program])
    expect({ ended, err }).toEqual({ ended: code, err: `fifodir: cannot run ${program}: ${reason}\n` })
  })

  test('PROG begins where options end, and its options are its own', async () => {
    expect(await outcome(['run', '-q', '--restart=never', 'echo', '-q', '--', '--help'])).toMatchObject({
      out: '-q -- --help\n',
    })
    expect(await outcome(['run', '-q', '--restart', 'never', '--', 'echo', '--', 'x'])).toMatchObject({ out: '-- x\n' })
  })
})

describe('SVC', () => {
  test('is made where it is missing, and kept, with what it was left with', async () => {
    const running = startRun(['--restart', 'never', 'sh', '-c', 'exit 5'])
    expect((await running.ended).code).toBe(5)
    expect(readdirSync(running.svc).toSorted()).toEqual(['event', 'supervise'])
    const { ended } = await outcome(['run', '-q', '-d', running.svc, '--restart', 'never', 'true'])
    expect(ended).toBe(0)
  })

  test('without -d it is private, in the temporary directory, and gone at the end', async () => {
    const TMPDIR = newDirectory()
    const running = startFifodir(['run', 'sleep', '1000'], { env: { ...process.env, TMPDIR } })
    const [, path = ''] = await untilSaid(running, /supervised in (.*)\n/)
    expect(path.startsWith(`${TMPDIR}/fifodir-run-`)).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o700)
    await whenUp(path)
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(143)
    expect(readdirSync(TMPDIR)).toEqual([])
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('is gone after %s before PROG could start', async (signal) => {
    const TMPDIR = newDirectory()
    const env = { ...process.env, TMPDIR }
    const running = startFifodir(['run', '--restart', 'always', 'true'], { env })
    await untilSaid(running, /starts again within 1 s/)
    running.child.kill(signal)
    expect(await outcomeOf(running.ended)).toMatchObject({ ended: 0, out: '' })
    expect(readdirSync(TMPDIR)).toEqual([])
  })

  test('that cannot be made is one line', async () => {
    const TMPDIR = join(newDirectory(), 'none')
    expect(await outcome(['run', 'true'], { env: { ...process.env, TMPDIR } })).toEqual({
      ended: 111,
      out: '',
      err: `fifodir: cannot make a directory in ${TMPDIR}: no such file or directory (ENOENT); name in TMPDIR one that this user may write to, or give -d\n`,
    })
  })

  test('that has a supervisor is left to it', async () => {
    const running = startRun(['sleep', '1000'])
    await untilUp(running)
    expect(await outcome(['run', '-d', running.svc, 'touch', join(running.svc, 'touched')])).toEqual({
      ended: 100,
      out: '',
      err: `fifodir: cannot supervise ${running.svc}: it has a supervisor already (FIFODIR_SUPERVISED); use that, or tell it to exit\n`,
    })
    expect(readdirSync(running.svc)).not.toContain('touched')
    running.child.kill('SIGTERM')
    await running.ended
  })

  test('with a file `down` PROG is started when it is told to', async () => {
    const svc = newDirectory()
    writeFileSync(join(svc, 'down'), '')
    const running = startFifodir(['run', '-d', svc, 'sleep', '1000'])
    const up = untilSaid(running, /up, pid/)
    await firstValueFrom(statuses(svc).pipe(filter(({ supervised, phase }) => supervised && phase === 'finished')))
    control(svc, 'up')
    await up
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(143)
  })
})

describe('PROG', () => {
  /** What PROG finds, and what the shell found that started run. */
  async function found(args: string, before = 'exec', after = '') {
    const place = newDirectory()
    const [outside, inside] = [join(place, 'outside'), join(place, 'inside')]
    const script = `${reportScript(outside)}; ${before} "$0" run -q --restart never ${args} sh -c "$1" report 'é' "$(printf '\\377')" ${after}`
    const running = start('sh', ['-c', script, FIFODIR, reportScript(inside)], {
      cwd: place,
      env: { ...process.env, NOTIFY_SOCKET: '@outer', NODE_EXTRA_CA_CERTS: '/none' },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    })
    const { code, stderr } = await running.ended
    return { code, stderr, place, outside: readReport(outside), inside: readReport(inside) }
  }

  test('has the arguments, environment, descriptors, limit and ignored signals of run, byte for byte', async () => {
    const { code, inside, outside } = await found('', `ulimit -Sn 333; trap '' USR1; exec env "$(printf 'RAW=\\377')"`)
    expect({ code, args: inside.args, openFiles: inside.openFiles, ignored: inside.ignored }).toEqual({
      code: 0,
      args: ['Ã©', '\xff'],
      openFiles: 333,
      ignored: [10],
    })
    expect(inside.descriptors).toEqual(outside.descriptors)
    expect(inside.environment).toEqual(expect.arrayContaining(['RAW=\xff', 'NODE_EXTRA_CA_CERTS=/none']))
    const notOurs = inside.environment.filter((one) => one.startsWith('FIFODIR_'))
    expect(notOurs).toEqual([])
  })

  test('runs in the working directory, with what its source gives it in place of its own', async () => {
    const { inside, place } = await found('--ready notify --ready fd:3')
    const sockets = inside.environment.filter((one) => one.startsWith('NOTIFY_SOCKET='))
    expect(sockets).toHaveLength(1)
    expect(sockets[0]).not.toBe('NOTIFY_SOCKET=@outer')
    expect(inside.environment).toContain(`PWD=${place}`)
    expect(inside.descriptors.find((line) => line.startsWith('3 '))).toMatch(/^3 pipe:/)
  })

  test('writes where run does, byte for byte, whatever it is', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256))
    const file = join(newDirectory(), 'bytes')
    writeFileSync(file, bytes)
    for (const args of [[], ['--ready', 'log:.'], ['--ready', 'log:never'], ['--ready', 'fd:3']]) {
      const { stdout } = await startFifodir(['run', '-q', '--restart', 'never', ...args, 'cat', file]).ended
      expect(stdout.equals(bytes), args.join(' ')).toBe(true)
    }
  })

  test('finds the terminal that run was started in, and leaves it as it was', async () => {
    const script =
      'exec "$0" run -q --restart never sh -c "test -t 0 && test -t 1 && test -t 2 && stty -a | grep -o \'[-]*onlcr\'"'
    const { stdout } = await run('script', [
      '-qec',
      `sh -c '${script.replaceAll("'", `'\\''`)}' ${FIFODIR}`,
      '/dev/null',
    ])
    expect(String(stdout).trim()).toBe('onlcr')
  })

  test('reads what run was given', async () => {
    expect(await outcome(['run', '-q', '--restart', 'never', 'cat'], { input: 'some input' })).toMatchObject({
      ended: 0,
      out: 'some input',
    })
  })
})

describe('the restart policy', () => {
  test('is always, where nothing else is said: what was ready for a second is started again at once', async () => {
    const running = startRun(['sh', '-c', 'echo started; exit 7'])
    await untilPrinted(running, 'started\nstarted')
    running.child.kill('SIGTERM')
    const { code, stderr } = await running.ended
    expect(code).toBe(7)
    expect(plain(stderr).slice(1, 5)).toEqual(
      ['up, pid N', 'exited with 7', 'starts again within 1 s', 'up, pid N'].map((line) => `fifodir: web: ${line}`),
    )
  })

  test.each([
    ['on-failure', 0, 1],
    ['never', 1, 1],
    ['never', 0, 1],
  ])('%s: after exit code %i it is over', async (policy, code, starts) => {
    const { ended, out } = await outcome(['run', '-q', '--restart', policy, 'sh', '-c', `echo x; exit ${code}`])
    expect({ ended, out }).toEqual({ ended: code, out: 'x\n'.repeat(starts) })
  })

  test('on-failure: it is started again until it succeeds', async () => {
    const place = newDirectory()
    const script = 'echo x >> tries; test $(wc -l < tries) = 2 || exit 9'
    const { ended, err } = await plainly(['run', '--restart', 'on-failure', 'sh', '-c', script], { cwd: place })
    expect(ended).toBe(0)
    expect(err.filter((line) => line.endsWith('exited with 9'))).toHaveLength(1)
    expect(readFileSync(join(place, 'tries'), 'latin1')).toBe('x\nx\n')
  })

  test('does not hold where it was brought down by a command: it can be started again', async () => {
    const running = startRun(['--restart', 'never', 'sleep', '1000'])
    await untilUp(running)
    control(running.svc, 'down')
    await whenFinished(running.svc)
    control(running.svc, 'up')
    await whenUp(running.svc)
    control(running.svc, 'kill')
    expect(await outcomeOf(running.ended)).toMatchObject({ ended: 137 })
  })

  test('the command exit ends run when PROG has ended', async () => {
    const running = startRun(['sh', '-c', 'read -r line; exit 6'], { input: null })
    await untilUp(running)
    control(running.svc, 'exit')
    await firstValueFrom(statuses(running.svc))
    running.child.stdin?.end('\n')
    const { code, stderr } = await running.ended
    expect({ code, last: plain(stderr).at(-1) }).toEqual({ code: 6, last: 'fifodir: web: down' })
  })
})

describe('--finish', () => {
  const FINISH = 'echo "$1 $2 $3 $4 $#"'

  test.each([
    ['exit 3', 3, '3 0'],
    ['kill -9 $$', 137, '256 9'],
  ])('is given how PROG ended: %s', async (script, code, words) => {
    const running = startRun(['--restart', 'never', '--finish', FINISH, 'sh', '-c', script])
    const pid = await untilUp(running)
    const { stdout, code: ended } = await running.ended
    expect({ ended, out: String(stdout) }).toEqual({ ended: code, out: `${words} ${running.svc} ${pid} 4\n` })
  })

  test.each([
    [0, 1],
    [3, 3],
  ])('that exits 125 ends it for good: PROG exits %i, run %i', async (code, ended) => {
    const args = ['run', '--finish', 'exit 125', 'sh', '-c', `exit ${code}`]
    expect(await plainly(args)).toEqual({
      ended,
      out: '',
      err: [
        ...LINES,
        `fifodir: sh: exited with ${code}`,
        'fifodir: sh: has failed for good: finish said so',
        'fifodir: sh: down',
      ],
    })
  })
})

describe('--ready', () => {
  test('who waits for SVC is told, and so is the user', async () => {
    const running = startRun(['--ready', 'fd:4', 'sh', '-c', 'echo >&4; exec sleep 1000'])
    const said = untilSaid(running, /ready after \d+ ms/)
    await whenReady(running.svc)
    await said
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(143)
  })

  test.each([
    [0, 1],
    [3, 3],
  ])('ends run where PROG ends before it was ready: PROG exits %i, run %i', async (code, ended) => {
    expect(await plainly(['run', '-q', '--ready', 'fd:3', 'sh', '-c', `exit ${code}`])).toEqual({
      ended,
      out: '',
      err: [`fifodir: sh: exited with ${code} before it was ready`],
    })
  })

  test('with log: says what PROG printed last, lines that came by on both outputs', async () => {
    const script = 'for n in 1 2 3; do echo out $n; done; echo broken >&2; exit 3'
    const { ended, out, err } = await plainly(['run', '-q', '--ready', 'log:listening', 'sh', '-c', script])
    expect({ ended, out }).toEqual({ ended: 3, out: 'out 1\nout 2\nout 3\n' })
    expect(err[0]).toBe('broken')
    expect(err[1]).toBe('fifodir: sh: exited with 3 before it was ready')
    const lines = ['out 1', 'out 2', 'out 3', 'broken'].map((line) => `fifodir: sh: it printed: ${line}`)
    expect(err.slice(2).toSorted()).toEqual(lines.toSorted())
  })

  test('--ready-timeout brings PROG down, also where it would have exited 0, and finish is run', async () => {
    const script = `trap 'exit 0' TERM; echo up; while :; do sleep 0.1; done`
    const args = ['--ready', 'log:never', '--ready-timeout', '300ms', '--finish', 'echo finish $1', 'sh', '-c', script]
    const { ended, out, err } = await plainly(['run', '-q', ...args])
    expect({ ended, out }).toEqual({ ended: 1, out: 'up\nfinish 0\n' })
    expect(err[0]).toBe('fifodir: sh: not ready within 300 ms, so it is brought down')
  })

  test('--ready-timeout is for the first time: what was ready is not brought down, and is started again', async () => {
    const place = newDirectory()
    const script = 'echo x >> tries; test $(wc -l < tries) = 1 && echo >&3; sleep 0.4; exit 5'
    const args = [
      'run',
      '--ready',
      'fd:3',
      '--ready-timeout',
      '300ms',
      '--finish',
      'test $(wc -l < tries) = 1 || exit 125',
    ]
    const { ended, err } = await plainly([...args, 'sh', '-c', script], { cwd: place })
    expect(ended).toBe(5)
    expect(err.filter((line) => line.includes('not ready within') || line.includes('before it was ready'))).toEqual([])
    expect(err.filter((line) => line.endsWith('exited with 5'))).toHaveLength(2)
  })
})

describe('signals', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s brings PROG down, and run exits as PROG', async (signal) => {
    const running = startRun(trapping('TERM', 'echo got TERM; exit 8'))
    await untilPrinted(running, 'ready')
    running.child.kill(signal)
    const { code, stdout, stderr } = await running.ended
    expect({ code, out: String(stdout) }).toEqual({ code: 8, out: 'ready\ngot TERM\n' })
    expect(plain(stderr).slice(2)).toEqual(
      [`stopping on ${signal}`, 'exited with 8', 'down'].map((line) => `fifodir: web: ${line}`),
    )
  })

  test('--stop-signal is what brings it down, by name or by number', async () => {
    for (const name of ['USR1', 'sigusr1', '10']) {
      const running = startRun(['--stop-signal', name, ...trapping('USR1', 'exit 8')])
      await untilPrinted(running, 'ready')
      running.child.kill('SIGTERM')
      expect((await running.ended).code).toBe(8)
    }
  })

  test('--stop-timeout kills a PROG that ignores SIGTERM', async () => {
    const running = startRun(['-q', '--stop-timeout', '200ms', 'sh', '-c', "trap '' TERM; echo ready; exec sleep 1000"])
    await untilPrinted(running, 'ready')
    running.child.kill('SIGTERM')
    expect(await outcomeOf(running.ended)).toEqual({
      ended: 137,
      out: 'ready\n',
      err: `fifodir: cannot stop ${running.svc}: its time was up, so it is killed (ETIMEDOUT); have it heed its signal, or give it more time\n`,
    })
  })

  test.each(['SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const)(
    '%s is passed on to PROG',
    async (signal) => {
      const running = startRun(['--restart', 'never', ...trapping(signal.slice(3), 'echo got it; exit 9')])
      await untilPrinted(running, 'ready')
      running.child.kill(signal)
      expect(await outcomeOf(running.ended)).toMatchObject({ ended: 9, out: 'ready\ngot it\n' })
    },
  )

  test('that a terminal hangs up brings PROG down', async () => {
    const svc = join(newDirectory(), 'web')
    const got = join(newDirectory(), 'got')
    const program = `trap 'echo TERM > ${got}; exit' TERM; trap 'echo HUP > ${got}; exit' HUP; while :; do sleep 0.1; done`
    const script = `exec ${FIFODIR} run -d ${svc} --ready check:true sh -c "${program.replaceAll('$', '\\$')}"`
    const running = start('script', ['-qec', script, '/dev/null'], { input: null })
    await whenReady(svc)
    const down = whenDown(svc)
    running.child.kill('SIGKILL') // the terminal is gone with it
    await down.catch((error: unknown) => {
      if (!(error instanceof FifodirError && error.code === 'FIFODIR_UNSUPERVISED')) throw error
    })
    expect(readFileSync(got, 'latin1')).toBe('TERM\n')
  })

  test('what run was told to ignore it ignores, and so does PROG', async () => {
    const svc = join(newDirectory(), 'web')
    const running = start('sh', ['-c', `trap '' HUP INT; exec "$0" run -d ${svc} sleep 1000`, FIFODIR])
    const { status } = await whenUp(svc)
    running.child.kill('SIGHUP')
    running.child.kill('SIGINT')
    process.kill(status?.pid as number, 'SIGHUP')
    control(svc, 'restart') // answered after them
    await firstValueFrom(statuses(svc).pipe(filter((one) => one.phase === 'up' && one.status?.pid !== status?.pid)))
    running.child.kill('SIGTERM')
    const { code, stderr } = await running.ended
    expect({ code, killed: stderr.match(/killed by SIG\w+/g) }).toEqual({
      code: 143,
      killed: ['killed by SIGTERM', 'killed by SIGTERM'],
    })
  })
})

describe('orphans', () => {
  /** A PROG that leaves an orphan, which ends when the FIFO is written to, and prints both pids. */
  const ORPHANING = "sh -c '(read -r line < go) & echo orphan $!'; echo prog $$; exec sleep 1000"

  test('are reaped, whosoever they were', async () => {
    const place = newDirectory()
    await run('mkfifo', [join(place, 'go')])
    mkdirSync(join(place, 'web'))
    const running = startFifodir(['run', '-d', 'web', '--ready', 'check:true', 'sh', '-c', ORPHANING], { cwd: place })
    const orphan = new Promise<number>((resolve) => {
      running.child.stdout?.on('data', (chunk: Buffer) => resolve(Number(/orphan (\d+)/.exec(String(chunk))?.[1])))
    })
    const pid = await orphan
    await whenReady(join(place, 'web'))
    expect(parentOf(pid)).toBe(running.pid)
    writeFileSync(join(place, 'go'), '\n')
    await expect.poll(() => isThere(pid), { timeout: 5000, interval: 5 }).toBe(false)
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(143)
  })

  function parentOf(pid: number): number {
    return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1])
  }
})

describeAsRoot('as process 1', () => {
  const NAMESPACE = ['--pid', '--fork', '--kill-child', '--mount-proc']

  test('run reaps what its service leaves, stops that on SIGTERM, and ends as it does', async () => {
    const orphan = `pid=$(sh -c 'sleep 0.1 >/dev/null & echo $!'); grep PPid /proc/$pid/status; while test -e /proc/$pid; do :; done`
    const program = `trap 'exit 6' TERM; ${orphan}; ${orphan}; echo ready $PPID; while :; do sleep 0.1; done`
    const running = start('unshare', [...NAMESPACE, FIFODIR, 'run', 'sh', '-c', program])
    await untilPrinted(running, 'ready')
    const [, init] = /^(\d+)/.exec(readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, 'latin1')) ?? []
    process.kill(Number(init), 'SIGTERM')
    const { code, stdout } = await running.ended
    expect({ code, out: String(stdout) }).toEqual({ code: 6, out: 'PPid:\t1\nPPid:\t1\nready 1\n' })
  })
})
