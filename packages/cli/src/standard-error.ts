/** Standard error as others share it. */
import { EventEmitter } from 'node:events'
import { writeSync } from 'node:fs'

/**
 * Keeps Node from making its own stream of descriptor 2: that makes a pipe non-blocking for all who share it, and opens a
 * terminal anew. node:net asks for that stream whenever a socket closes.
 *
 * @see Node 20.20.2 lib/net.js, Socket.prototype._destroy
 */
export function keepStandardError(): void {
  const write = (text: string): boolean => writeSync(2, text) > 0
  Object.defineProperty(process, 'stderr', { value: Object.assign(new EventEmitter(), { write }) })
}
