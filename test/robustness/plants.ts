/** What somebody who may create entries in a fifodir can put there. */
import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freshPath, openReader, plantFifo } from '../support/planted.ts'

export interface Plant {
  readonly title: string
  /** Whether it bears the name of a subscription, and so is counted as foreign. */
  readonly counted: boolean
  /** Puts it into `fifodir`; `outside` is a directory for what it leads to. What it holds open ends at disposal. */
  put(fifodir: string, outside: string): Disposable
}

const NOTHING: Disposable = { [Symbol.dispose]: () => undefined }

const counted = (title: string, put: (path: string, outside: string) => Disposable | undefined): Plant => ({
  title,
  counted: true,
  put: (fifodir, outside) => put(freshPath(fifodir), mkdtempSync(join(outside, 'x'))) ?? NOTHING,
})

const ignored = (title: string, nameOf: (name: Buffer) => Buffer): Plant => ({
  title,
  counted: false,
  put(fifodir) {
    const name = nameOf(Buffer.from(freshPath(fifodir).slice(fifodir.length + 1)))
    const path = Buffer.concat([Buffer.from(`${fifodir}/`), name])
    writeFileSync(path, 'precious')
    return NOTHING
  },
})

export const PLANTS: readonly Plant[] = [
  counted('a symbolic link to a regular file', (path, outside) => {
    writeFileSync(join(outside, 'file'), 'precious')
    symlinkSync(join(outside, 'file'), path)
    return undefined
  }),
  counted('a symbolic link to a directory', (path, outside) => {
    symlinkSync(outside, path)
    return undefined
  }),
  counted('a dangling symbolic link', (path, outside) => {
    symlinkSync(join(outside, 'missing'), path)
    return undefined
  }),
  counted('a symbolic link to itself', (path) => {
    symlinkSync(path, path)
    return undefined
  }),
  counted('a symbolic link to a FIFO elsewhere that somebody reads', (path, outside) => {
    const fifo = plantFifo(outside, join(outside, 'fifo'))
    symlinkSync(fifo, path)
    const reader = openReader(fifo)
    return {
      [Symbol.dispose]() {
        const received = reader.drain()
        reader[Symbol.dispose]()
        if (received !== '') throw new Error(`the link was followed: ${received}`)
      },
    }
  }),
  counted('a symbolic link to a FIFO elsewhere that nobody reads', (path, outside) => {
    symlinkSync(plantFifo(outside, join(outside, 'fifo')), path)
    return undefined
  }),
  counted('a regular file', (path) => {
    writeFileSync(path, 'precious', { mode: 0o666 })
    return undefined
  }),
  counted('a hard link to a file', (path, outside) => {
    writeFileSync(join(outside, 'file'), 'precious')
    linkSync(join(outside, 'file'), path)
    return undefined
  }),
  counted('a directory', (path) => {
    mkdirSync(path)
    writeFileSync(join(path, 'file'), 'precious')
    return undefined
  }),
  counted('a Unix socket that nobody listens on', (path) => {
    makeSocket(path)
    return undefined
  }),
  ignored('a file with a name a byte too short', (name) => name.subarray(0, -1)),
  ignored('a file with a name a byte too long', (name) => Buffer.concat([name, Buffer.from('x')])),
  ignored('a file with a hidden name', (name) => Buffer.concat([Buffer.from('.'), name])),
  ignored('a file with a newline in its name', (name) => replaceLast(name, 0x0a)),
  ignored('a file with a newline after its name', (name) => Buffer.concat([name, Buffer.from('\n')])),
  ignored('a file with a name that is not UTF-8', (name) => replaceLast(name, 0xff)),
  ignored('a file with a name that is 39 characters but more bytes', (name) =>
    Buffer.concat([name.subarray(0, -1), Buffer.from('é')]),
  ),
]

export const ROOT_PLANTS: readonly Plant[] = [
  counted('a character device', (path) => void execFileSync('mknod', [path, 'c', '1', '3'])),
  counted('a block device', (path) => void execFileSync('mknod', [path, 'b', '7', '250'])),
]

function replaceLast(name: Buffer, byte: number): Buffer {
  return Buffer.concat([name.subarray(0, -1), Buffer.of(byte)])
}

/** A listening socket would be removed with its server, so the server is another process, and killed. */
function makeSocket(path: string): void {
  const program = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`
  try {
    execFileSync(process.execPath, ['-e', program, path], { stdio: 'ignore' })
  } catch (error) {
    if ((error as { signal?: string }).signal !== 'SIGKILL') throw error
  }
}
