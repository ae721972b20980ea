/** Standard output and standard error, written at once: `process.stdout` would change what others see of them. */
import { writeSync } from 'node:fs'
import { bytesOf } from './argv.ts'

export const NEWLINE = 0x0a

/** @throws EPIPE where nobody reads any more */
export function print(line: string | Uint8Array): void {
  writeAll(1, Buffer.concat([typeof line === 'string' ? bytesOf(line) : line, Buffer.of(NEWLINE)]))
}

export function printJson(object: unknown): void {
  print(JSON.stringify(object))
}

/** One line on standard error. Where that is closed nobody is left to be told. */
export function warn(message: string): void {
  try {
    writeAll(2, bytesOf(`fifodir: ${message}\n`))
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
      // somebody else made it non-blocking, and its reader is slow
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
