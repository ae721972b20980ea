/** Odd surroundings: tools that are missing, an environment that is too large, a channel of a Node parent, sinks that fail. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listen } from '../support/notifications.ts'
import { outcome } from '../support/outcome.ts'
import { FIFODIR } from '../support/process.ts'
import { newDirectory, newFifodir } from '../support/scratch.ts'

const run = (args: string[], env: NodeJS.ProcessEnv, stdio: ('pipe' | number)[] = ['pipe', 'pipe', 'pipe', 'pipe']) =>
  spawnSync(FIFODIR, args, { env, stdio, encoding: 'utf8', timeout: 8000 })

test('PROG keeps its environment where the first line finds no cat and no base64', () => {
  const bin = newDirectory()
  symlinkSync(process.execPath, join(bin, 'node'))
  const { stdout } = run(['notify-when-up', '--from', 'fd:5', '--to', newFifodir(), '/usr/bin/env'], {
    PATH: bin,
    FOO: 'bar',
  })
  expect(stdout).toContain('FOO=bar')
})

describe('with an environment of 100 kB', () => {
  const env = { ...process.env, BIG: 'x'.repeat(100_000), NOTIFY_SOCKET: undefined }
  test('ready tells a descriptor', () => {
    const { status, output } = run(['ready', '--fd', '3'], env)
    expect([status, output[3]]).toEqual([0, '\n'])
  })
  test('PROG has descriptors, limit and environment', () => {
    const script = `ulimit -Sn 100; exec "$0" notify-when-up --from fd:5 --to "$1" sh -c 'echo hi >&3; ulimit -Sn; echo "\${#BIG} $FIFODIR_BEFORE"'`
    const { stdout, output } = spawnSync('sh', ['-c', script, FIFODIR, newFifodir()], {
      env,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      encoding: 'utf8',
    })
    expect([stdout, output[3]]).toEqual(['100\n100000 \n', 'hi\n'])
  })
})

test("the channel of a Node parent is PROG's: nothing said over it is lost, and the helper does not take it", async () => {
  const place = newDirectory()
  const prog = join(place, 'prog.cjs')
  writeFileSync(
    prog,
    `process.on('message', (m) => { require('fs').writeSync(5, '\\n'); process.send(m); process.disconnect() })`,
  )
  const child = spawn(FIFODIR, ['notify-when-up', '--from', 'fd:5', '--to', newFifodir(), 'node', prog], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let err = ''
  child.stderr?.on('data', (b) => (err += b))
  child.send('hello')
  const [message] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  child.kill()
  expect({ message, err }).toEqual({ message: 'hello', err: '' })
})

test('a variable whose name begins with - does not keep the helper from starting', () => {
  const { status, stderr } = run(['notify-when-up', '--from', 'fd:5', '--to', newFifodir(), 'sh', '-c', 'echo >&5'], {
    PATH: process.env['PATH'],
    '-u': '2',
  })
  expect([status, stderr]).toEqual([0, ''])
})

test('a sink that was not told is called what the user called it', () => {
  const { stderr } = spawnSync(
    'sh',
    ['-c', `exec "$0" notify-when-up --from fd:5 --to fd:7 sh -c 'echo >&5' 7</dev/null`, FIFODIR],
    { encoding: 'utf8' },
  )
  expect(stderr).toMatch(/^fifodir: fd:7 was not told/)
})

test('ready tells the service manager, whatever is wrong with the other sinks', async () => {
  const manager = listen()
  const { ended } = await outcome(['ready', '--to', '/none/event'], {
    env: { ...process.env, NOTIFY_SOCKET: manager.address },
  })
  expect([ended, manager.heard.map(({ lines }) => lines)]).toEqual([111, [['READY=1']]])
  manager.close()
})
