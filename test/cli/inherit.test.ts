/** What PROG finds: everything as the command found it. The command is started by a shell that reports first. */
import type { StdioOptions } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { join } from 'node:path'
import { notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { plantFifo } from '../support/planted.ts'
import { FIFODIR, start } from '../support/process.ts'
import { readReport, type Report, reportScript } from '../support/report.ts'
import { newDirectory, newFifodir, untilSubscribed } from '../support/scratch.ts'

interface Setting {
  /** Arguments of PROG, as shell words. */
  readonly words?: string
  /** What of the shell stands before and after the command. */
  readonly before?: string
  readonly after?: string
  readonly stdio?: StdioOptions
}

/** Runs `COMMAND DIR U -- PROG`. @returns what the shell found that started it, and what PROG found */
async function handOn(command: string, { words = '', before = 'exec', after = '', stdio = 'pipe' }: Setting = {}) {
  const directory = newDirectory()
  const dir = newFifodir()
  const [outside, inside] = [join(directory, 'outside'), join(directory, 'inside')]
  const program = reportScript(inside)
  const script = `${reportScript(outside)}; ${before} "$0" ${command} -q "$1" U -- sh -c "$2" report ${words} ${after}`
  const running = start('sh', ['-c', script, FIFODIR, dir, program], { stdio })
  await untilSubscribed(dir)
  notify(dir, 'U')
  await running.ended
  return { outside: readReport(outside), inside: readReport(inside) }
}

const standard = ({ descriptors }: Report): string[] => descriptors.slice(0, 3)

describe.each(['wait', 'listen'])('%s … -- PROG', (command) => {
  test('hands on arguments byte for byte', async () => {
    const words = `'' 'a b' '-t' '--' '*' '$HOME' 'a\nb' 'é' "$(printf '\\377\\200\\303')" '' "$(printf 'x\\355\\262\\200')"`
    const { inside } = await handOn(command, { words })
    const args = ['', 'a b', '-t', '--', '*', '$HOME', 'a\nb', 'Ã©', '\xff\x80\xc3', '', 'x\xed\xb2\x80']
    expect(inside.args).toEqual(args)
  })

  test('hands on the environment byte for byte, in its order', async () => {
    const variables = `PATH="$PATH" A-B=1 EMPTY= "$(printf 'RAW=\\377\\200')" 'LINES=a\nb' é=é "$(printf '\\377=x')"`
    const { inside } = await handOn(command, { before: `exec env -i ${variables}` })
    const others = ['A-B=1', 'EMPTY=', 'RAW=\xff\x80', 'LINES=a\nb', 'Ã©=Ã©', '\xff=x']
    expect(inside.environment).toEqual([`PATH=${process.env['PATH']}`, ...others])
  })

  test('hands on sockets as they were', async () => {
    const { outside, inside } = await handOn(command)
    expect(standard(outside).map((line) => line.replace(/\[.*]/, ''))).toEqual(
      ['0 socket: 02', '1 socket: 02', '2 socket: 02'], // they block
    )
    expect(inside.descriptors).toEqual(outside.descriptors)
  })

  test('leaves pipes blocking', async () => {
    const { inside } = await handOn(command, { before: 'cat |', after: '2>&1 | cat' })
    expect(standard(inside).map((line) => line.replace(/\[.*]/, ''))).toEqual([
      '0 pipe: 00',
      '1 pipe: 01',
      '2 pipe: 01',
    ])
  })

  test('hands on all descriptors that it was given, and no others', async () => {
    const fd = openSync(join(newDirectory(), 'file'), 'a')
    const stdio: StdioOptions = ['pipe', 'pipe', fd, fd, ...Array<'ignore'>(16).fill('ignore'), fd]
    const { outside, inside } = await handOn(command, { stdio })
    closeSync(fd)
    expect(outside.descriptors.map((line) => line.split(' ')[0])).toEqual(expect.arrayContaining(['3', '20']))
    expect(inside.descriptors).toEqual(outside.descriptors)
  })

  test('leaves a descriptor that does not block as it is', async () => {
    const fifo = plantFifo(newFifodir())
    const fd = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK)
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', fd]
    const { inside } = await handOn(command, { stdio, after: '<&3' })
    closeSync(fd)
    expect(inside.descriptors[0]).toMatch(/^0 .*\/ftrig1:@\S+ \d*4002$/)
  })

  test('hands on a terminal as it was', async () => {
    const directory = newDirectory()
    const dir = newFifodir()
    const [outside, inside] = [join(directory, 'outside'), join(directory, 'inside')]
    const program = `${reportScript(inside)}; ${command === 'wait' ? '' : '"$FIFODIR" notify "$DIR" U'}`
    const inner = `${reportScript(outside)}; exec "$FIFODIR" ${command} -q "$DIR" U -- sh -c "$PROGRAM"`
    const env = { ...process.env, FIFODIR, DIR: dir, PROGRAM: program, INNER: inner }
    const running = start('script', ['-qec', 'exec sh -c "$INNER"', '/dev/null'], { env, input: null })
    await untilSubscribed(dir)
    if (command === 'wait') notify(dir, 'U')
    await running.ended
    expect(standard(readReport(outside))[0]).toMatch(/^0 \/dev\/pts\//)
    expect(readReport(inside).descriptors).toEqual(readReport(outside).descriptors)
  })

  test('gives PROG /dev/null for a descriptor that was closed', async () => {
    const { inside } = await handOn(command, { after: '<&-' })
    expect(standard(inside).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      '0 /dev/null',
      expect.stringMatching(/^1 socket/) as string,
      expect.stringMatching(/^2 socket/) as string,
    ])
  })

  test('PROG ignores the signals that the command was told to ignore, and no others', async () => {
    expect((await handOn(command)).inside.ignored).toEqual([])
    const [SIGHUP, SIGPIPE] = [1, 13]
    const told = await handOn(command, { before: `trap '' HUP PIPE; exec` })
    expect(told.inside.ignored).toEqual([SIGHUP, SIGPIPE])
  })

  test('PROG has the limit of open files that the command had, which Node raises', async () => {
    const { inside } = await handOn(command, { before: 'ulimit -Sn 321; exec' })
    expect(inside.openFiles).toBe(321)
  })
})

test.each([
  ['wait', ''],
  ['listen', '-- true'],
  ['listen -n 1', ''],
])('%s leaves the pipe behind standard error blocking for others who share it', async (command, program) => {
  const directory = join(newDirectory(), 'after')
  const dir = newFifodir()
  const script = `"$0" ${command} -q "$1" U ${program}; ${reportScript(directory)}`
  const running = start('sh', ['-c', 'sh -c "$0" "$@" 2>&1 | cat', script, FIFODIR, dir])
  await untilSubscribed(dir)
  notify(dir, 'U')
  await running.ended
  expect(standard(readReport(directory))[2]).toMatch(/^2 pipe:\S+ 01$/)
})
