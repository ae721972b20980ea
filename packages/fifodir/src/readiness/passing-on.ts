/** The output of a program that somebody else reads as well. */
import { type Observable, share, tap } from 'rxjs'
import { isSystemError } from '../posix/system-error.ts'
import { writeFully } from '../posix/write.ts'
import { chunks } from './chunks.ts'

/**
 * What comes over `fd`, passed on to the descriptor `to` until it ends, whoever else listens or stops to. Where nobody reads
 * that any more, `fd` is closed: the program finds out as it would have by itself.
 */
export function passedOn(fd: number, to: number): Observable<Uint8Array> {
  const stream = chunks(fd).pipe(
    tap((bytes) => writeFully(to, bytes)),
    share(),
  )
  stream.subscribe({
    error(error: unknown) {
      if (!isSystemError(error)) throw error
    },
  })
  return stream
}
