/** The text of a notification: lines of `KEY=value`, written and read. */
import { isUtf8 } from 'node:buffer'

/** What is to be told: `{ READY: 1, STATUS: 'listening on port 80' }`. Keys of one's own begin with `X_`. */
export type Assignments = Readonly<Record<string, string | number | bigint>>

/** What systemd reads: it drops longer messages, without a word. */
export const MAX_BYTES = 4096

/**
 * Writes a message.
 *
 * @throws TypeError for what would not arrive as it is: keys that are no names; values with a line feed, a carriage
 *   return (systemd takes both for the end of a line) or a NUL; numbers that are not whole; nothing at all
 * @throws RangeError for more than 4,096 bytes
 */
export function formatAssignments(assignments: Assignments): Buffer {
  const lines = Object.entries(assignments).map(([key, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) throw new TypeError(`'${key}' is no key: letters, digits and _ are`)
    return `${key}=${formatValue(key, value)}`
  })
  if (lines.length === 0) throw new TypeError('assignments must not be empty')
  const bytes = Buffer.from(lines.join('\n'))
  if (bytes.length > MAX_BYTES)
    throw new RangeError(`a message has at most ${MAX_BYTES} bytes, not ${bytes.length}: systemd would drop it`)
  return bytes
}

function formatValue(key: string, value: unknown): string {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value)
  if (typeof value !== 'string') throw new TypeError(`${key} must be a string or a whole number, not ${String(value)}`)
  if (/[\n\r\0]/.test(value)) throw new TypeError(`${key} must be one line, without a NUL`)
  return value
}

/**
 * The lines of a message; undefined where it has a NUL other than at its end, which systemd drops whole. A line that is not
 * UTF-8 loses its value: `STATUS` is cleared by that, and no other key means anything then.
 *
 * @see systemd 252 src/core/manager.c, manager_dispatch_notify_fd, manager_invoke_notify_message
 */
export function parseLines(bytes: Buffer): string[] | undefined {
  const text = bytes.toString('latin1').replace(/\0$/, '')
  if (text.includes('\0')) return undefined
  return text
    .split(/[\n\r]/)
    .filter((line) => line !== '')
    .map((line) => {
      const own = Buffer.from(line, 'latin1')
      return isUtf8(own) ? own.toString() : line.replace(/=.*$/s, '=')
    })
}

/** What the lines assign; of a key's several values the first. */
export function parseAssignments(lines: readonly string[]): Map<string, string> {
  const pairs = lines.flatMap((line): [string, string][] => {
    const at = line.indexOf('=')
    return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]]
  })
  return new Map(pairs.toReversed()) // of those with the same key the last one stays
}
