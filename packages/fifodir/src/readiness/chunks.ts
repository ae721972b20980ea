/** What comes over a pipe or a stream socket. */
import { Observable } from 'rxjs'
import { Reader } from '../posix/reader.ts'

/**
 * The bytes that come over `fd`, as they come: an array is the reader's until it returns. Completes at the end. The
 * descriptor is closed with the subscription; nobody else may use it from the subscription on.
 */
export function chunks(fd: number): Observable<Uint8Array> {
  return new Observable((observer) => {
    const reader = new Reader(fd, {
      take: (bytes, length) => observer.next(bytes.subarray(0, length)),
      error: (error) => observer.error(error),
      end: () => observer.complete(),
    })
    return () => reader.close()
  })
}
