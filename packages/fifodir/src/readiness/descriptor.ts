/** s6's protocol: ready is a newline on a descriptor. */
import { closeSync } from 'node:fs'
import { concat, defer, filter, map, take, throwError } from 'rxjs'
import { writeFully } from '../posix/write.ts'
import { chunks } from './chunks.ts'
import { NeverReadyError } from './never-ready.ts'
import type { Sink } from './carry.ts'
import type { Source } from './when-ready.ts'

const NEWLINE = 0x0a

/**
 * Ready when a newline has come over the pipe or socket `fd`; what comes before it, and after it, means nothing. Takes the
 * descriptor over: it is closed with the subscription, so that whoever writes on is told (EPIPE).
 *
 * @throws (fails) NeverReadyError where it is closed without a newline
 * @see s6 2.15.1.0 src/supervision/s6-supervise.c, handle_notifpipe
 */
export function fromDescriptor(fd: number): Source {
  const newline = chunks(fd).pipe(
    filter((bytes) => bytes.includes(NEWLINE)),
    map(() => undefined),
  )
  const ended = defer(() => throwError(() => new NeverReadyError('its descriptor was closed without a newline')))
  return concat(newline, ended).pipe(take(1))
}

/** Tells by a newline on `fd`, which is closed then. Where nobody reads any more, nobody is told (EPIPE). */
export function toDescriptor(fd: number): Sink {
  return {
    name: `fd:${fd}`,
    async tell() {
      try {
        writeFully(fd, Uint8Array.of(NEWLINE))
      } finally {
        closeSync(fd)
      }
    },
  }
}
