/** A datagram as a message: what it says, and who says it. */
import type { Credentials, IncomingDatagram } from '../posix/datagram.ts'
import { parseAssignments, parseLines } from './assignments.ts'

/** What a service told its manager, and the process that did. */
export interface NotifyMessage extends Credentials {
  /** Its lines, none of them empty, as they are. What is a yes or no is a whole line: see {@link isReady}. */
  readonly lines: readonly string[]
  /** What the lines assign; of a key's several values the first. */
  readonly assignments: ReadonlyMap<string, string>
  /** Hands over the descriptors that came along, for the caller to close. Those that no handler takes are closed. */
  takeDescriptors(): number[]
}

/**
 * Whether a message says that its sender is ready: by `READY=1` as a whole line, and by nothing else.
 *
 * @example
 * import { isReady } from 'fifodir/systemd'
 * isReady({ lines: ['STATUS=up', 'READY=1'] }) // => true
 * isReady({ lines: ['READY=yes'] }) // => false
 */
export function isReady({ lines }: Pick<NotifyMessage, 'lines'>): boolean {
  return lines.includes('READY=1')
}

/**
 * The message in a datagram; undefined where there is none, as systemd sees it: it is truncated, has a NUL, says nothing,
 * nobody vouches for its sender, or it is a barrier. That is over when its descriptors are closed, as they are of all that
 * is no message; so a datagram that says `BARRIER=1` and more is none either.
 *
 * @see systemd 252 src/core/manager.c, manager_dispatch_notify_fd, manager_process_barrier_fd
 */
export function readMessage(datagram: IncomingDatagram): NotifyMessage | undefined {
  const { bytes, sender, descriptors, truncated } = datagram
  if (truncated || sender === undefined || sender.pid <= 0) return undefined
  const lines = parseLines(bytes)
  if (lines === undefined || lines.length === 0 || lines.includes('BARRIER=1')) return undefined
  return {
    ...sender,
    lines,
    assignments: parseAssignments(lines),
    takeDescriptors: () => descriptors.splice(0),
  }
}
