/**
 * Reading a FIFO or a pipe in the event loop, at the least cost a Node stream can have: one buffer for all of a thread, and
 * nothing kept.
 */
import { Socket } from 'node:net'

/** What is read goes there. */
export interface Sink {
  /** Takes bytes as they come, one or many: the first `length` of `bytes`, which is reused as soon as it returns. False: no more before {@link Reader.resume}. */
  take(bytes: Uint8Array, length: number): void | false
  /** Reading failed; nothing more comes. */
  error(error: Error): void
  /** Nobody writes any more; nothing more comes. Never for what is held open for writing. */
  end?(): void
}

/** Whatever is read into it is taken out before the next read. */
let buffer: Buffer | undefined

/** A descriptor being read: the reader's own, to be closed by {@link Reader.close} alone. */
export class Reader {
  readonly #socket: Socket

  /** @param fd a FIFO's or a pipe's, non-blocking, opened by libc */
  constructor(fd: number, sink: Sink) {
    this.#socket = new Socket({
      fd,
      readable: true,
      writable: false,
      onread: {
        buffer: (buffer ??= Buffer.allocUnsafeSlow(65536)),
        callback(length, bytes) {
          return sink.take(bytes as Uint8Array, length) !== false
        },
      },
    })
    this.#socket.on('error', (error) => sink.error(error))
    if (sink.end !== undefined) this.#socket.on('end', () => sink.end?.())
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Closes the descriptor; nothing more is read. Idempotent. */
  close(): void {
    this.#socket.destroy()
  }
}
