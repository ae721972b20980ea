/** Writing all of something to a descriptor that others share: it may be non-blocking, and its reader slow. */
import { writeSync } from 'node:fs'
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

function untilWritable(fd: number): void {
  const descriptor = new DataView(new ArrayBuffer(8)) // struct pollfd: descriptor, events, what happened
  descriptor.setInt32(0, fd, true)
  descriptor.setInt16(4, POLLOUT, true)
  poll(new Uint8Array(descriptor.buffer), 1n, -1)
}
