/** Things put into a fifodir by hand, under the name of a subscription. */
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { newFifoName } from '../../packages/fifodir/src/fifo-name.ts'
import { makeFifo } from '../../packages/fifodir/src/posix/fifo.ts'

/** A path in `fifodir` that bears the name of a subscription. */
export function freshPath(fifodir: string): string {
  return join(fifodir, newFifoName())
}

/** Puts a FIFO at `path`: nobody reads it, so it is stale. */
export function plantFifo(fifodir: string, path: string = freshPath(fifodir)): string {
  makeFifo(path, 0o622)
  return path
}

/** The reading side of a FIFO, in the test's own hand: it reads when the test says so, and never otherwise. */
export interface Reader extends Disposable {
  /** Everything that is in the pipe now, as Latin-1. */
  drain(): string
}

/** Opens the FIFO at `path` as a subscriber does. */
export function openReader(path: string): Reader {
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  const buffer = Buffer.alloc(65536)
  return {
    drain() {
      let text = ''
      try {
        for (;;) text += buffer.toString('latin1', 0, readSync(fd, buffer))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      }
      return text
    },
    [Symbol.dispose]: () => closeSync(fd),
  }
}
