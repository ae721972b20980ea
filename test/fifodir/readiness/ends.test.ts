/** Sources that come to an end, and parents that do. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { anyOf, carry, fromNotifySocket, whenReady } from 'fifodir/readiness'
import { notifySocket, sdNotify } from 'fifodir/systemd'
import { EMPTY, NEVER, of, throwError } from 'rxjs'
import { expect, test } from 'vitest'

const LIBRARY = fileURLToPath(new URL('../../../packages/fifodir/dist/readiness/index.js', import.meta.url))

test('a source that comes to its end without a word is not ready', async () => {
  const socket = notifySocket()
  const ready = whenReady(fromNotifySocket(socket, process.pid))
  socket.close()
  const never = { code: 'FIFODIR_NEVER_READY' }
  await expect(ready).rejects.toMatchObject(never)
  await expect(whenReady(EMPTY)).rejects.toMatchObject(never)
  let told = 0
  await expect(carry([], [{ name: 'x', tell: async () => void told++ }])).rejects.toMatchObject(never)
  expect(told).toBe(0)
  await whenReady(of(undefined))
})

test('any of several may be waited for again', async () => {
  let fails = true
  const failing = throwError(() => new Error('no'))
  const sources = anyOf([failing, failing, NEVER])
  await expect(whenReady(sources, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  fails = false
  await expect(whenReady(sources, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  expect(fails).toBe(false)
})

test('announce does not end a daemon whose parent has just died', async () => {
  const daemon = `import { announce } from '${LIBRARY}'
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600)
    const told = await announce()
    setTimeout(() => console.log(JSON.stringify(told)), 50)`
  const parent = `const c = require('child_process').spawn(process.execPath, ['--input-type=module', '-e', process.argv[1]],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }); setTimeout(() => process.exit(), 200)`
  const child = spawn(process.execPath, ['-e', parent, daemon], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await Promise.race([once(child.stdout, 'data'), once(child.stdout, 'end')])
  expect(String(line)).toContain('"ipc":false')
})

test('a NOTIFY_SOCKET is closed some seconds after READY=1, however much is said', { timeout: 15_000 }, async () => {
  const socket = notifySocket()
  const { address } = socket
  const ready = whenReady(fromNotifySocket(socket, process.pid))
  await sdNotify({ READY: 1 }, { address })
  await ready
  const timer = setInterval(() => void sdNotify({ WATCHDOG: 1 }, { address }).catch(() => clearInterval(timer)), 200)
  await expect
    .poll(() => sdNotify({ X_A: 1 }, { address }).catch((error) => error.code), { timeout: 9000 })
    .toBe('ECONNREFUSED')
  clearInterval(timer)
})
