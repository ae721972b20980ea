/** `activate --accept`: one PROG for each connection, as inetd has it. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startActivate, told } from '../support/activated.ts'
import { outcome } from '../support/outcome.ts'
import { untilPrinted } from '../support/own-process.ts'
import { describeWithPeer } from '../support/peers.ts'
import { FIFODIR, type Running, start } from '../support/process.ts'
import { newDirectory } from '../support/scratch.ts'

const newPath = (): string => join(newDirectory(), 'socket')

/** Says its pid, and what it finds, at the connection; serves until the client has had enough. */
const PROG = [
  'sh',
  '-c',
  'echo $$ $LISTEN_PID $LISTEN_FDS "$LISTEN_FDNAMES" "$REMOTE_ADDR" "$REMOTE_PORT" >&3; exec cat <&3 >&3',
]

/** Those that have not left yet. */
const clients = new Set<Socket>()

/** A client of `path` that was told the first line, which PROG says when it runs. */
async function client(path: string): Promise<{ socket: Socket; line: string }> {
  const socket = connect(path).on('error', () => undefined) // it may not be accepted before the end
  clients.add(socket)
  const line = await new Promise<string>((resolve) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()).includes('\n') && resolve(text))
  })
  return { socket, line }
}

const childrenOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)

/** Ends it; those that serve are left alone, and end with their clients. */
async function stop(running: Running): Promise<void> {
  running.child.kill('SIGTERM')
  expect((await once(running.child, 'exit'))[1]).toBe('SIGTERM')
  for (const socket of clients) socket.destroy()
  clients.clear()
  await running.ended // its output was theirs, too
}

test('each connection has a PROG of its own, all at a time, which finds it at 3, and is told so alone', async () => {
  const path = newPath()
  const running = await startActivate(['--accept', '--listen', `unix:${path}`, ...PROG])
  const visitors = [await client(path), await client(path), await client(path)]
  const pids = visitors.map(({ line }) => {
    const [pid, listenPid, ...rest] = line.slice(0, -1).split(' ')
    expect(rest).toEqual(['1', 'connection', '', ''])
    expect(listenPid).toBe(pid)
    return pid
  })
  expect(new Set(pids).size).toBe(3)
  expect(childrenOf(running.pid)).toEqual(pids)
  for (const { socket } of visitors) {
    socket.end('good bye')
    expect(await told(socket)).toBe('good bye')
  }
  await expect.poll(() => childrenOf(running.pid)).toEqual([]) // none is left as a zombie
  await stop(running)
})

test.each([
  ['tcp:127.0.0.1:0', '127.0.0.1', 'connection 127.0.0.1'],
  ['web=tcp:[::1]:0', '::1', 'web ::1'],
])('PROG is told who came, and the name of the socket: %s', async (definition, host, found) => {
  const running = startListening(definition)
  const [, port] = await running.said
  const socket = connect(Number(port), host)
  await once(socket, 'connect')
  const { localPort } = socket
  const [line] = (await once(socket, 'data')) as [Buffer]
  expect(line.toString().split(' ').slice(2).join(' ')).toBe(`1 ${found} ${localPort}\n`)
  socket.end()
  await told(socket)
  await stop(running)
})

function startListening(definition: string): Running & { said: Promise<RegExpExecArray> } {
  const running = start(FIFODIR, ['activate', '-v', '--accept', '--listen', definition, ...PROG])
  const said = new Promise<RegExpExecArray>((resolve) => {
    running.child.stderr?.on('data', (chunk: Buffer) => {
      const found = /:(\d+) \(/.exec(chunk.toString())
      if (found) resolve(found)
    })
  })
  return { ...running, said }
}

describe('--max', () => {
  test('has those who come while that many are served wait for the end of one', async () => {
    const path = newPath()
    const running = await startActivate(['--accept', '--max', '2', '--listen', `unix:${path}`, ...PROG])
    const [first] = [await client(path), await client(path)]
    const third = client(path)
    const fourth = client(path)
    expect(childrenOf(running.pid)).toHaveLength(2)
    first.socket.end()
    const { line } = await Promise.race([third, fourth])
    expect(childrenOf(running.pid)).toHaveLength(2)
    expect(childrenOf(running.pid)).toContain(line.split(' ')[0])
    await stop(running)
  })

  test('at one at a time a hundred are all served', async () => {
    const path = newPath()
    const args = ['--accept', '--max', '1', '--listen', `unix:${path}`, 'sh', '-c', 'echo $$ >&3']
    const running = await startActivate(args)
    const pids = await Promise.all(Array.from({ length: 100 }, () => told(path)))
    expect(new Set(pids).size).toBe(100)
    await expect.poll(() => childrenOf(running.pid)).toEqual([])
    await stop(running)
  })
})

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s ends it, removes the file of the socket, and leaves those alone that serve',
  async (signal) => {
    const path = newPath()
    const running = await startActivate(['--accept', '--listen', `unix:${path}`, ...PROG])
    const { socket } = await client(path)
    running.child.kill(signal)
    expect((await once(running.child, 'exit'))[1]).toBe(signal)
    expect(existsSync(path)).toBe(false)
    socket.end('still here')
    expect(await told(socket)).toBe('still here')
  },
)

test('a PROG that cannot be run costs its client the connection, and nobody else', async () => {
  const path = newPath()
  const running = await startActivate(['--accept', '--listen', `unix:${path}`, 'no-such-program'])
  expect(await told(path)).toBe('')
  expect(await told(path)).toBe('')
  running.child.kill('SIGTERM')
  expect((await running.ended).stderr).toMatch(/no-such-program.?: No such file or directory/)
})

describeWithPeer('where descriptors run out', 'util-linux', ['prlimit'], () => {
  test('that is said, and who came is served when there are some again', async () => {
    const path = newPath()
    const running = await startActivate(['--accept', '--listen', `unix:${path}`, ...PROG])
    const limit = (count: string): Buffer => execFileSync('prlimit', ['--pid', `${running.pid}`, `--nofile=${count}`])
    limit('3:4096')
    const coming = client(path)
    await untilPrinted(running, 'too many open files (EMFILE)', 'stderr')
    limit('1024:4096')
    expect((await coming).line).toMatch(/^\d+ /)
    await stop(running)
  })
})

test.each(['udp:127.0.0.1:0', 'fifo:a', 'unix-dgram:a'])(
  'nothing that has no connections can be accepted from: %s',
  async (definition) => {
    const cwd = newDirectory()
    expect(await outcome(['activate', '--accept', '--listen', definition, 'true'], { cwd })).toEqual({
      ended: 100,
      out: '',
      err: 'fifodir: no connections can be accepted from unknown: it is not a listening socket\n',
    })
    expect(readdirSync(cwd)).toEqual([])
  },
)
