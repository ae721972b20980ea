/**
 * Subscribing: a FIFO of one's own in a fifodir, from which events come as they are sent. All of it is synchronous:
 * when a {@link Subscription} is there, no later event can be missed.
 */
import { renameSync } from 'node:fs'
import { attempt, failure } from './failure.ts'
import { newFifoName } from './fifo-name.ts'
import { closeDescriptor } from './posix/descriptor.ts'
import { makeFifo } from './posix/fifo.ts'
import { Reader } from './posix/reader.ts'
import { isSystemError } from './posix/system-error.ts'
import { openReadEnd } from './read-end.ts'
import { removeFifo } from './write-end.ts'

/** Whoever finds the FIFO may write to it, and only the directory's owner can find it. */
const MODE = 0o622

export interface Receiver {
  /** Takes events as they come, one or many: the first `length` of `bytes`, which is reused as soon as it returns. */
  take(bytes: Uint8Array, length: number): void
  /** The subscription broke, and is gone: a system error while reading. */
  error(error: unknown): void
}

/** What is to be undone when the thread ends in an orderly way. */
const live = new Set<Subscription>()

function unsubscribeAll(): void {
  for (const subscription of live) subscription.unsubscribe()
}

/** A FIFO in a fifodir, being read. */
export class Subscription {
  readonly #fifo: string
  readonly #reader: Reader
  readonly #keeper: number | undefined

  /**
   * Subscribes to the fifodir at `directory`, an absolute path.
   *
   * Guarantee: from the return on every event of every notifier reaches `receiver`, in a later turn of the event loop,
   * until {@link unsubscribe}. When the process ends by itself or by `process.exit()`, that is called for it.
   *
   * @param path the fifodir as its caller calls it
   * @throws FifodirError ENOENT, ENOTDIR, EACCES on the directory, ENOSPC, EMFILE, ENFILE; nothing is left behind
   * @see s6 2.15.1.0 src/libs6/s6-ftrigrd.c, ftrigio_add
   */
  constructor(path: string, directory: string, receiver: Receiver) {
    const { fifo, fds } = attempt('subscribe to', path, () => listen(directory))
    const [fd, keeper] = fds as [number, number?]
    this.#fifo = fifo
    this.#keeper = keeper
    this.#reader = new Reader(fd, {
      take: (bytes, length) => receiver.take(bytes, length),
      error: (error) => {
        this.unsubscribe()
        receiver.error(failure('subscribe to', path, error))
      },
    })
    if (live.size === 0) process.on('exit', unsubscribeAll)
    live.add(this)
  }

  /** When it returns, no trace of the subscription is left in the directory, and nothing more is received; idempotent. */
  unsubscribe(): void {
    if (!live.delete(this)) return
    if (live.size === 0) process.removeListener('exit', unsubscribeAll)
    removeFifo(this.#fifo)
    this.#reader.close()
    if (this.#keeper !== undefined) closeDescriptor(this.#keeper)
  }
}

/** Makes the FIFO under its hidden name, opens it, and renames it: no notifier ever sees one that nobody reads. */
function listen(directory: string): { fifo: string; fds: number[] } {
  const name = makeHidden(directory)
  const fifo = `${directory}/${name}`
  const hidden = `${directory}/.${name}`
  let fds: number[] = []
  try {
    fds = openReadEnd(hidden, MODE)
    renameSync(hidden, fifo)
    return { fifo, fds }
  } catch (error) {
    for (const fd of fds) closeDescriptor(fd)
    removeFifo(hidden)
    throw error
  }
}

function makeHidden(directory: string): string {
  for (;;) {
    const name = newFifoName()
    try {
      makeFifo(`${directory}/.${name}`, MODE)
      return name
    } catch (error) {
      if (!isSystemError(error, 'EEXIST')) throw error
    }
  }
}
