/** The output of a program that somebody else reads as well. */
import { Observable, share } from 'rxjs'
import { isSystemError } from '../posix/system-error.ts'
import { Reader } from '../posix/reader.ts'
import { writeBeside, writeSome } from '../posix/write.ts'

/**
 * What comes over `fd`, passed on to the descriptor `to` until it ends, whoever else listens or stops to. Where nobody reads
 * that any more, `fd` is closed: the program finds out as it would have by itself.
 */
export function passedOn(fd: number, to: number): Observable<Uint8Array> {
  const stream = new Observable<Uint8Array>((observer) => {
    const fail = (error: unknown): void => observer.error(error)
    const take = (bytes: Uint8Array, length: number): void | false => {
      const chunk = bytes.subarray(0, length)
      try {
        const rest = Buffer.from(chunk.subarray(writeSome(to, chunk)))
        observer.next(chunk)
        if (rest.length === 0) return
        void writeBeside(to, rest).then(() => reader.resume(), fail)
        return false
      } catch (error) {
        fail(error)
      }
    }
    const reader = new Reader(fd, { take, error: fail, end: () => observer.complete() })
    return () => reader.close()
  }).pipe(share())
  stream.subscribe({
    error(error: unknown) {
      if (!isSystemError(error)) throw error
    },
  })
  return stream
}
