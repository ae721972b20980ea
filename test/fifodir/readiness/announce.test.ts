/** `announce()`: whoever listens is told. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { waitFor } from 'fifodir'
import { closeDescriptor, makePipe } from 'fifodir/posix'
import { announce, fromDescriptor, whenReady } from 'fifodir/readiness'
import { expect, test } from 'vitest'
import { inOwnProcess } from '../../support/own-process.ts'
import { listen } from '../../support/notifications.ts'
import { newDirectory, newFifodir } from '../../support/scratch.ts'

const LIBRARY = fileURLToPath(new URL('../../../packages/fifodir/dist/readiness/index.js', import.meta.url))
const nobody = { fd: false, notify: false, ipc: false, fifodir: 0 }

test('a program that nobody listens to goes on, and knows', async () => {
  const told = await inOwnProcess(
    async ({ posix, readiness: { announce } }, fifodir) => {
      const { readEnd, writeEnd } = posix.makePipe()
      posix.closeDescriptor(readEnd)
      return [await announce(), await announce({ fifodir }), await announce({ fd: writeEnd })]
    },
    [newFifodir()],
  )
  expect(told).toEqual([nobody, nobody, nobody])
})

test('the descriptor, the service manager, the parent and the fifodir all hear it', async () => {
  const manager = listen()
  const dir = newFifodir()
  const program = join(newDirectory(), 'daemon.mjs')
  writeFileSync(
    program,
    `import { announce } from '${LIBRARY}'
     process.on('message', async () => {
       process.send({ told: await announce({ fd: 4, fifodir: ${JSON.stringify(dir)} }) })
       process.disconnect()
     })`,
  )
  const { readEnd, writeEnd } = makePipe()
  const up = waitFor(dir, 'U')
  const env = { ...process.env, NOTIFY_SOCKET: manager.address }
  const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc', writeEnd], env })
  closeDescriptor(writeEnd)
  const heard: unknown[] = []
  child.on('message', (message) => heard.push(message))
  child.send('go')
  await Promise.all([whenReady(fromDescriptor(readEnd)), up, once(child, 'exit')])
  expect(heard).toEqual(['ready', { told: { fd: true, notify: true, ipc: true, fifodir: 1 } }])
  expect(manager.heard.map(({ pid, lines }) => ({ pid, lines }))).toEqual([{ pid: child.pid, lines: ['READY=1'] }])
  manager.close()
})

test('what cannot be told keeps the others from nothing', async () => {
  const { readEnd, writeEnd } = makePipe()
  const ready = whenReady(fromDescriptor(readEnd))
  await expect(announce({ fd: writeEnd, fifodir: '/none/event' })).rejects.toMatchObject({ code: 'ENOENT' })
  await ready
})
