/** The letters of the wire: an event is one byte, in JavaScript a one-character string, U+0000 to U+00FF. */

/** The most bytes of a message: PIPE_BUF, up to which the kernel keeps the writes of several notifiers apart. */
export const MESSAGE_BYTES_MAX = 4096

/** The one-character string of every event: `EVENTS[0x55]` is `'U'`. */
export const EVENTS: readonly string[] = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))

/**
 * Turns a message into its bytes.
 *
 * @param message 1 to 4,096 events: a Latin-1 string, one character an event, or bytes (returned as they are)
 * @throws RangeError for an empty or too long message, and for a character above U+00FF; TypeError for anything else
 */
export function messageBytes(message: string | Uint8Array): Uint8Array {
  const bytes = typeof message === 'string' ? latin1Bytes(message) : message
  if (!(bytes instanceof Uint8Array)) throw new TypeError('events must be a string or a Uint8Array')
  if (bytes.length === 0) throw new RangeError('events must not be empty; give at least one')
  if (bytes.length > MESSAGE_BYTES_MAX)
    throw new RangeError(
      `events are ${bytes.length} bytes, one message takes at most ${MESSAGE_BYTES_MAX} (PIPE_BUF); send them in parts`,
    )
  return bytes
}

function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 0xff)
      throw new RangeError(
        `events must be characters up to U+00FF, the one at ${index} is U+${code.toString(16).toUpperCase().padStart(4, '0')}; encode the text as bytes`,
      )
    bytes[index] = code
  }
  return bytes
}

/** Text to be read by people: what is no printable ASCII is shown as `\xNN`, or `\uNNNN`. */
export function printable(text: string): string {
  return text.replace(/[^ -~]/g, (character) => {
    const code = character.charCodeAt(0).toString(16)
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`
  })
}
