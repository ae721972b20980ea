/** `activate` beside systemd's: programs of libsystemd take what it hands them, and either takes the other's place. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NODE_SERVER, startActivate, told } from '../support/activated.ts'
import { untilPrinted } from '../support/own-process.ts'
import { describeWithPeer } from '../support/peers.ts'
import { FIFODIR, start } from '../support/process.ts'
import { newDirectory } from '../support/scratch.ts'

/** Says how many there are, and their names, to whoever comes to the first. */
const C = `
#include <systemd/sd-daemon.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
int main(void) {
  char **names;
  int n = sd_listen_fds_with_names(1, &names);
  int listening = sd_is_socket(3, AF_UNIX, SOCK_STREAM, 1) > 0;
  int client = listening ? accept(3, NULL, NULL) : 3;
  dprintf(client, "%d", n);
  for (int i = 0; i < n; i++) dprintf(client, " %s", names[i]);
  return 0;
}`

const PYTHON = '/usr/bin/python3'
const PYTHON_SERVER = `
import socket
from systemd import daemon
given = sorted(daemon.listen_fds_with_names().items())
socket.socket(fileno=3).accept()[0].sendall(' '.join('%d:%s' % each for each in given).encode())`

/** A socket where clients come, one that nobody comes to, and how they are asked for. */
function newSockets(): { path: string; listen: string[] } {
  const directory = newDirectory()
  const path = join(directory, 'socket')
  return { path, listen: ['--listen', `web=unix:${path}`, '--listen', `log=unix-dgram:${directory}/log`] }
}

describeWithPeer('a program in C, with libsystemd, under activate', 'gcc libsystemd-dev', ['cc'], () => {
  let server: string
  beforeAll(() => {
    server = join(mkdtempSync(join(tmpdir(), 'fifodir-test-c-')), 'server')
    writeFileSync(`${server}.c`, C)
    execFileSync('cc', ['-o', server, `${server}.c`, '-lsystemd'])
  })
  afterAll(() => rmSync(join(server, '..'), { recursive: true }))

  test('takes the sockets, and serves the first client', async () => {
    const { path, listen } = newSockets()
    const running = await startActivate([...listen, server])
    expect(await told(path)).toBe('2 web log')
    expect((await running.ended).code).toBe(0)
  })

  test('takes the connection with --accept', async () => {
    const path = join(newDirectory(), 'socket')
    const running = await startActivate(['--accept', '--listen', `unix:${path}`, server])
    expect([await told(path), await told(path)]).toEqual(['1 connection', '1 connection'])
    running.child.kill('SIGTERM')
    await running.ended
  })
})

describeWithPeer('a program in Python, with libsystemd, under activate', 'python3-systemd', [PYTHON], () => {
  test('takes the sockets, and serves the first client', async () => {
    const { path, listen } = newSockets()
    const running = await startActivate([...listen, PYTHON, '-c', PYTHON_SERVER])
    expect(await told(path)).toBe('3:web 4:log')
    expect((await running.ended).code).toBe(0)
  })
})

describeWithPeer('systemd-socket-activate', 'systemd', ['systemd-socket-activate'], () => {
  test('started by activate, takes its sockets, and hands them on, in the same process, but not their names', async () => {
    const { path, listen } = newSockets()
    const running = await startActivate([...listen, 'systemd-socket-activate', ...NODE_SERVER])
    const first = told(connect(path))
    await untilPrinted(running, 'Received 2 descriptors via the environment', 'stderr')
    expect(await first).toBe(`${running.pid},3 unknown stream,4 unknown datagram`)
    expect((await running.ended).code).toBe(0)
  })

  test('starts activate, which takes its sockets, and hands them on, in the same process', async () => {
    const path = join(newDirectory(), 'socket')
    const args = ['--fdname=web', '-l', path, FIFODIR, 'activate', ...NODE_SERVER]
    const running = start('systemd-socket-activate', args)
    await untilPrinted(running, 'Listening on', 'stderr')
    expect(await told(path)).toBe(`${running.pid},3 web stream`)
    expect((await running.ended).code).toBe(0)
  })
})
