/** Watched descriptors: what koffi's poll would abort the process for, lose, or call too late. */
import { once } from 'node:events'
import { closeSync, fstatSync, openSync, readSync, realpathSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { closeDescriptor } from '../../../packages/fifodir/src/posix/descriptor.ts'
import { declare } from '../../../packages/fifodir/src/posix/libc.ts'
import { makePipe } from '../../../packages/fifodir/src/posix/pipe.ts'
import { watchDescriptor } from '../../../packages/fifodir/src/posix/poll.ts'
import { untilRead } from '../../support/event-loop.ts'
import { run, start } from '../../support/process.ts'

const syscall = declare<(number: number, pid: number, flags: number) => number>('long syscall(long, int, uint32_t)')
const pidfdOpen = (pid: number): number => Number(syscall(434, pid, 0))

/** Uses a pipe, and closes it. */
async function withPipe(use: (ends: { readEnd: number; writeEnd: number }) => Promise<void>): Promise<void> {
  const ends = makePipe()
  try {
    await use(ends)
  } finally {
    closeDescriptor(ends.readEnd)
    closeDescriptor(ends.writeEnd)
  }
}

describe('a watched descriptor', () => {
  test('calls when it can be read, as long as it can', async () => {
    await withPipe(async ({ readEnd, writeEnd }) => {
      let called = 0
      let settled = 0
      using _watch = watchDescriptor(readEnd, { readable: true }, () => {
        called++
        void Promise.resolve().then(() => settled++)
      })
      await untilRead()
      expect(called).toBe(0)
      writeSync(writeEnd, 'x')
      await untilRead()
      await untilRead()
      expect(called).toBeGreaterThan(1)
      expect(settled).toBe(called)
      readSync(readEnd, Buffer.alloc(1))
      const before = called
      await untilRead()
      await untilRead()
      expect(called - before).toBeLessThanOrEqual(1)
    })
  })

  test('may be watched twice, and closed, by its owner and by its watch, in any order', async () => {
    const { readEnd, writeEnd } = makePipe()
    let called = 0
    const one = watchDescriptor(readEnd, { readable: true }, () => called++)
    const other = watchDescriptor(readEnd, { readable: true }, () => called++)
    closeDescriptor(readEnd)
    const reused = openSync('/dev/null', 'r')
    one.close()
    one.close()
    one.ref()
    one.unref()
    closeDescriptor(writeEnd)
    await untilRead()
    expect(called).toBeGreaterThan(0)
    other.close()
    expect(fstatSync(reused).isCharacterDevice()).toBe(true)
    closeSync(reused)
  })

  test('calls no more once it is closed, also where it was ready already', async () => {
    await withPipe(async ({ readEnd, writeEnd }) => {
      let called = 0
      const both = [1, 2].map(() =>
        watchDescriptor(readEnd, { readable: true }, () => {
          called++
          for (const watch of both) watch.close()
        }),
      )
      writeSync(writeEnd, 'x')
      await untilRead()
      await untilRead()
      expect(called).toBe(1)
    })
  })

  test('is not forgotten when memory is collected', async () => {
    const code = `
      import { watchDescriptor } from '${import.meta.resolve('../../../packages/fifodir/dist/posix/poll.js')}'
      import { makePipe } from '${import.meta.resolve('../../../packages/fifodir/dist/posix/pipe.js')}'
      import { writeSync } from 'node:fs'
      const { readEnd, writeEnd } = makePipe()
      watchDescriptor(readEnd, { readable: true }, () => process.exit(3))
      setImmediate(() => { gc(); setImmediate(() => { gc(); writeSync(writeEnd, 'x') }) })
      setTimeout(() => process.exit(4), 20_000)`
    expect((await run(process.execPath, ['--expose-gc', '--input-type=module', '-e', code])).code).toBe(3)
  })

  test('calls in a turn of its own: promises settle at once, not when something else happens', async () => {
    const code = `
      import { watchDescriptor } from '${import.meta.resolve('../../../packages/fifodir/dist/posix/poll.js')}'
      import { makePipe } from '${import.meta.resolve('../../../packages/fifodir/dist/posix/pipe.js')}'
      const { readEnd, writeEnd } = makePipe()
      const other = setTimeout(() => console.log('something else'), 500)
      await new Promise((resolve) => {
        const watch = watchDescriptor(writeEnd, { writable: true }, () => {
          watch.close()
          resolve()
        })
      })
      console.log('settled')`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code])
    expect(stdout.toString()).toBe('settled\nsomething else\n')
  })

  test('may be a process', async () => {
    const child = start('cat', [], { input: null })
    const fd = pidfdOpen(child.pid)
    const ended = new Promise<void>((resolve) => {
      const watch = watchDescriptor(fd, { readable: true }, () => {
        watch.close()
        resolve()
      })
    })
    child.child.kill()
    await ended
    closeDescriptor(fd)
    await child.ended
  })

  test('may belong to a socket of Node', async () => {
    const { readEnd, writeEnd } = makePipe()
    const socket = new Socket({ fd: readEnd, readable: true, writable: false })
    const chunk = once(socket, 'data')
    let called = 0
    using _watch = watchDescriptor(readEnd, { readable: true }, () => called++)
    writeSync(writeEnd, 'x')
    expect(String(await chunk)).toBe('x')
    socket.destroy()
    closeDescriptor(writeEnd)
    await untilRead()
    expect(called).toBeGreaterThan(0)
  })

  test.each([
    ['a file', '/etc/passwd', 'EPERM'],
    ['a directory', '/', 'EPERM'],
  ])('that is %s is refused', (_, path, code) => {
    const fd = openSync(path, 'r')
    expect(() => watchDescriptor(fd, { readable: true }, () => undefined)).toThrow(expect.objectContaining({ code }))
    closeSync(fd)
    expect(() => watchDescriptor(fd, { readable: true }, () => undefined)).toThrow('EBADF')
  })
})

test("koffi's addon, which the command loads without its loader, polls as well", async () => {
  const { platform, arch } = process
  const koffi = realpathSync(fileURLToPath(new URL('../../../node_modules/koffi', import.meta.url)))
  const addon = join(koffi, `../@koromix/koffi-${platform}-${arch}/${platform}_${arch}/koffi.node`)
  const module = { exports: {} as typeof import('koffi') }
  process.dlopen(module, addon)
  await withPipe(async ({ readEnd, writeEnd }) => {
    writeSync(writeEnd, 'x')
    await new Promise<void>((resolve) => {
      const handle = module.exports.node.poll(readEnd, { readable: true }, () => {
        handle.close()
        resolve()
      })
    })
  })
})
