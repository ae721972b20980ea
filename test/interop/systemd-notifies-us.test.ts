/** Those who notify systemd notify us: its own program, its library in C and in Python. */
import { closeSync, fstatSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { linesOf, listen } from '../support/notifications.ts'
import { describeWithPeer } from '../support/peers.ts'
import { run } from '../support/process.ts'
import { newDirectory } from '../support/scratch.ts'

/** Runs a program that notifies `address`, and expects it to end well. */
async function notifying(address: string, program: string, args: readonly string[]): Promise<void> {
  const env = { ...process.env, NOTIFY_SOCKET: address }
  expect(await run(program, args, { env })).toMatchObject({ code: 0, stderr: '' })
}

describeWithPeer('systemd-notify', 'systemd', ['systemd-notify'], () => {
  test('is heard, 200 times, ten at once, and its barrier released after that', async () => {
    using socket = listen()
    for (let round = 0; round < 20; round++) {
      const before = socket.heard.length
      const numbers = Array.from({ length: 10 }, (_, index) => round * 10 + index)
      await Promise.all(
        numbers.map((number) => notifying(socket.address, 'systemd-notify', ['--ready', `--status=${number}`])),
      )
      expect(socket.heard.length - before, 'heard when they have ended').toBe(10)
    }
    const statuses = socket.heard.map(({ assignments }) => Number(assignments.get('STATUS')))
    expect(statuses.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index))
    expect(socket.heard.every(({ lines }) => lines.length === 2 && lines[0] === 'READY=1')).toBe(true)
  })

  test.each([
    ['--ready', ['READY=1']],
    ['--status=is up', ['STATUS=is up']],
    ['--pid=1', ['MAINPID=1']],
    ['X_OWN=a=b', ['X_OWN=a=b']],
  ])('%s is heard, with and without its waiting for it, at a path and at an abstract name', async (argument, lines) => {
    for (const options of [{}, { path: join(newDirectory(), 'socket') }]) {
      using socket = listen(options)
      await notifying(socket.address, 'systemd-notify', [argument])
      await notifying(socket.address, 'systemd-notify', ['--no-block', argument])
      await expect.poll(() => linesOf(socket.heard)).toEqual([lines, lines])
    }
  })

  test('comes from its parent, where it is privileged, and else from itself', async () => {
    using socket = listen()
    await notifying(socket.address, 'systemd-notify', ['--ready'])
    const isRoot = process.geteuid?.() === 0
    expect(socket.heard.map(({ pid, uid }) => [pid === process.pid, uid])).toEqual([[isRoot, process.geteuid?.()]])
  })
})

const PYTHON = `
import os
from systemd import daemon
assert daemon.notify('READY=1\\nSTATUS=python')
r, w = os.pipe()
assert daemon.notify('FDSTORE=1\\nFDNAME=pipe', fds=[r, w])
assert daemon.notify('WATCHDOG=1', pid=os.getpid(), unset_environment=True)
assert not daemon.notify('READY=1')
`

describeWithPeer('python3-systemd', 'python3-systemd', ['/usr/lib/python3/dist-packages/systemd/daemon.py'], () => {
  test('is heard, and its descriptors come along', async () => {
    using socket = listen()
    await notifying(socket.address, '/usr/bin/python3', ['-c', PYTHON])
    await expect
      .poll(() => linesOf(socket.heard))
      .toEqual([['READY=1', 'STATUS=python'], ['FDSTORE=1', 'FDNAME=pipe'], ['WATCHDOG=1']])
  })
})

const C = `
#include <assert.h>
#include <stdio.h>
#include <unistd.h>
#include <systemd/sd-daemon.h>
int main(void) {
  int fds[253];
  for (int i = 0; i < 253; i++) fds[i] = 0;
  assert(sd_notify(0, "READY=1") == 1);
  assert(sd_notifyf(0, "STATUS=%s\\nERRNO=%d\\n", "from C", 5) == 1);
  assert(sd_pid_notify_with_fds(0, 0, "FDSTORE=1\\nFDNAME=most", fds, 253) == 1);
  assert(sd_notify_barrier(0, 5000000) == 1);
  assert(write(1, "released\\n", 9) == 9);
  assert(sd_pid_notify_with_fds(getppid(), 1, "FDSTORE=1", fds, 1) == 1);
  assert(sd_notify(0, "READY=1") == 0);
}
`

describeWithPeer('libsystemd', 'gcc libsystemd-dev', ['cc', '/usr/include/systemd/sd-daemon.h'], () => {
  test('is heard from C, with up to 253 descriptors, and its barrier released after that', async () => {
    const directory = newDirectory()
    writeFileSync(join(directory, 'peer.c'), C)
    const compiled = await run('cc', ['-o', 'peer', 'peer.c', '-lsystemd'], { cwd: directory })
    expect(compiled).toMatchObject({ code: 0, stderr: '' })

    using socket = listen()
    const inodes = new Set<number>()
    const taking = socket.messages.subscribe((message) => {
      for (const fd of message.takeDescriptors()) {
        inodes.add(fstatSync(fd).ino)
        closeSync(fd)
      }
    })
    const input = join(directory, 'peer.c')
    const env = { ...process.env, NOTIFY_SOCKET: socket.address }
    const ended = await run('sh', ['-c', `exec ./peer < ${input}`], { cwd: directory, env })
    expect(ended).toMatchObject({ code: 0, stdout: Buffer.from('released\n') })
    taking.unsubscribe()
    expect([...inodes]).toEqual([statSync(input).ino])
    expect(linesOf(socket.heard)).toEqual([
      ['READY=1'],
      ['STATUS=from C', 'ERRNO=5'],
      ['FDSTORE=1', 'FDNAME=most'],
      ['FDSTORE=1'],
    ])
  })
})
