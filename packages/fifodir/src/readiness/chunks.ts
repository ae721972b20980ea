/** What comes over a pipe or a stream socket. */
import { Socket } from 'node:net'
import { Observable } from 'rxjs'

const BYTES = 4096

/**
 * The bytes that come over `fd`, as they come: an array is the reader's until it returns. Completes at the end. The
 * descriptor is closed with the subscription; nobody else may use it from the subscription on.
 */
export function chunks(fd: number): Observable<Uint8Array> {
  return new Observable((observer) => {
    const socket = new Socket({
      fd,
      readable: true,
      writable: false,
      onread: {
        buffer: Buffer.allocUnsafeSlow(BYTES),
        callback(length, bytes) {
          observer.next(bytes.subarray(0, length))
          return true
        },
      },
    })
    socket.on('error', (error) => observer.error(error))
    socket.on('end', () => observer.complete())
    return () => socket.destroy()
  })
}
