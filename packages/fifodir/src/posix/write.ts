/** Writing all of something to a descriptor that others share: it may be non-blocking, and its reader slow. */
import { write, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { watchDescriptor } from './poll.ts'
import { declare } from './libc.ts'
import { isSystemError } from './system-error.ts'

const poll = declare<(descriptor: Uint8Array, count: bigint, timeoutMs: number) => number>(
  'int poll(void *, unsigned long, int)',
)

const POLLOUT = 4

/** Blocks until all of `bytes` is written, as it would have blocked whoever writes there himself. @throws EPIPE, … */
export function writeFully(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      if (!isSystemError(error, 'EAGAIN')) throw error
      untilWritable(fd)
    }
  }
}

/** As much as a pipe takes at once where it takes anything (PIPE_BUF). */
const PIECE = 4096

/** Writes what does not have to wait. @returns how much that was */
export function writeSome(fd: number, bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length && untilWritable(fd, 0)) at += writeSync(fd, bytes, at, Math.min(PIECE, bytes.length - at))
  return at
}

/** {@link writeFully} in a thread of its own. */
export async function writeBeside(fd: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += (await promisify(write)(fd, bytes, at)).bytesWritten
    } catch (error) {
      if (!isSystemError(error, 'EAGAIN')) throw error
      await new Promise<void>((resolve) => {
        const watch = watchDescriptor(fd, { writable: true }, () => (watch.close(), resolve())) // it is non-blocking already
      })
    }
  }
}

/** Whether it is, after `timeoutMs` at most. */
function untilWritable(fd: number, timeoutMs = -1): boolean {
  const descriptor = new DataView(new ArrayBuffer(8)) // struct pollfd: descriptor, events, what happened
  descriptor.setInt32(0, fd, true)
  descriptor.setInt16(4, POLLOUT, true)
  return poll(new Uint8Array(descriptor.buffer), 1n, timeoutMs) > 0
}
