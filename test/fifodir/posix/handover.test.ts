/** What a program is given by exec and spawn: exactly what is said, whatever Node has made of it meanwhile. */
import { closeSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { join } from 'node:path'
import { spawn } from 'fifodir/posix'
import { inOwnProcess, startOwnProcess } from '../../support/own-process.ts'
import { readReport, reportScript } from '../../support/report.ts'
import { newDirectory } from '../../support/scratch.ts'

interface Given {
  /** Its number, and which of ours: `a` is /etc/passwd, `b` is /etc/group. */
  readonly descriptors?: [number: number | 'a' | 'b', ours: 'a' | 'b'][]
  /** Latin-1: a character for each byte. */
  readonly environment?: string[]
  readonly ignoredSignals?: number[]
  readonly openFiles?: number
}

/** Has `how` make a program that reports what it was given. */
async function reportOf(how: 'exec' | 'spawn', given: Given) {
  const directory = join(newDirectory(), 'report')
  const { code, stderr } = await startOwnProcess(
    async ({ fs, posix }, how, script, { descriptors = [], environment, ...given }) => {
      const files = { a: fs.openSync('/etc/passwd', 'r'), b: fs.openSync('/etc/group', 'r') }
      const numberOf = (one: number | 'a' | 'b'): number => (typeof one === 'number' ? one : files[one])
      const alive = setInterval(() => undefined, 1000)
      await posix[how]('sh', ['-c', script, 'report'], {
        ...given,
        descriptors: Object.fromEntries(descriptors.map(([number, ours]) => [numberOf(number), files[ours]])),
        environment: environment?.map((text) => Buffer.from(text, 'latin1')),
      }).ended
      clearInterval(alive)
    },
    [how, reportScript(directory), given],
  ).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return readReport(directory)
}

describe.each(['exec', 'spawn'] as const)('%s', (how) => {
  test('gives descriptors under the numbers that are wanted, exchanged ones too', async () => {
    const { descriptors } = await reportOf(how, {
      descriptors: [
        ['a', 'b'],
        ['b', 'a'],
        [60, 'a'],
      ],
    })
    const beyond = descriptors.slice(3).map((line) => line.split(' ').slice(0, 2))
    expect(beyond).toEqual([
      [expect.any(String), '/etc/group'],
      [expect.any(String), '/etc/passwd'],
      ['60', '/etc/passwd'],
    ])
  })

  test('gives an environment, a signal that is ignored and a limit', async () => {
    const environment = [`PATH=${process.env['PATH']}`, 'A-B=1', 'RAW=\xff']
    const report = await reportOf(how, { environment, ignoredSignals: [1], openFiles: 99 })
    expect(report.environment).toEqual(environment)
    expect(report.ignored).toEqual([1])
    expect(report.openFiles).toBe(99)
  })
})

test('exec that fails leaves the process as it was', async () => {
  const state = await inOwnProcess(async ({ fs, posix: { exec }, codeOf }) => {
    const fd = fs.openSync('/etc/passwd', 'r')
    const look = (): unknown => [
      /^Sig(?:Ign|Cgt).*$/gm.exec(fs.readFileSync('/proc/self/status', 'utf8'))?.[0],
      /^Max open files.*$/m.exec(fs.readFileSync('/proc/self/limits', 'utf8'))?.[0],
      fs.readdirSync('/proc/self/fd').map((name) => {
        try {
          return `${name} ${fs.readlinkSync(`/proc/self/fd/${name}`)}`
        } catch {
          return '' // the directory that is being read
        }
      }),
    ]
    codeOf(() => exec('no-such-program-either')) // koffi opens what it needs
    const before = look()
    const code = codeOf(() =>
      exec('no-such-program', [], { descriptors: { 3: fd, 4: fd, 99: 1 }, ignoredSignals: [2], openFiles: 50 }),
    )
    const after = look()
    await new Promise((resolve) => setTimeout(resolve, 1)) // the event loop still turns
    return { code, same: JSON.stringify(after) === JSON.stringify(before), before }
  }, [])
  expect(state).toMatchObject({ code: 'ENOENT', same: true })
})

test('spawn runs a program in another directory and a session of its own', async () => {
  const directory = realpathSync(newDirectory())
  const file = join(directory, 'out')
  const fd = openSync(file, 'w')
  const script = 'pwd; cut -d" " -f5,6 /proc/$$/stat; echo $$ $$'
  const child = spawn('sh', ['-c', script], { directory, session: true, descriptors: { 1: fd } })
  expect(await child.ended).toEqual({ code: 0, waitStatus: 0 })
  closeSync(fd)
  const [place, leader, pid] = readFileSync(file, 'utf8').split('\n')
  expect({ place, leader }).toEqual({ place: directory, leader: pid })
})

test('each of a hundred children is told its own end', async () => {
  const ends = Array.from({ length: 100 }, (_, code) => spawn('sh', ['-c', `exit ${code}`]).ended)
  expect((await Promise.all(ends)).map((exit) => 'code' in exit && exit.code)).toEqual([...ends.keys()])
  expect(process.listenerCount('SIGCHLD')).toBe(0)
})

test('a wait status is told as wait(2) has it', async () => {
  const { ended } = spawn('sh', ['-c', 'kill -KILL $$'])
  expect(await ended).toEqual({ signal: 'SIGKILL', waitStatus: 9 })
  expect(await spawn('sh', ['-c', 'exit 3']).ended).toEqual({ code: 3, waitStatus: 3 << 8 })
})
