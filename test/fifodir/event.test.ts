import { describe, expect, test } from 'vitest'
import { EVENTS, MESSAGE_BYTES_MAX, messageBytes } from '../../packages/fifodir/src/event.ts'

describe('the letters of the wire', () => {
  test('an event is the one character of its byte', () => {
    expect(EVENTS).toHaveLength(256)
    expect(EVENTS.every((event, byte) => event.length === 1 && event.charCodeAt(0) === byte)).toBe(true)
  })

  test('a string is a byte a character, for all 256 of them', () => {
    expect([...messageBytes(EVENTS.join(''))]).toEqual(Array.from({ length: 256 }, (_, byte) => byte))
  })

  test('bytes are taken as they are, not copied', () => {
    const bytes = Uint8Array.of(0, 85, 255)
    expect(messageBytes(bytes)).toBe(bytes)
  })
})

describe('what is no message', () => {
  test('is an empty one', () => {
    expect(() => messageBytes('')).toThrow(new RangeError('events must not be empty; give at least one'))
    expect(() => messageBytes(new Uint8Array())).toThrow(RangeError)
  })

  test('is one above PIPE_BUF, which could be torn apart', () => {
    expect(MESSAGE_BYTES_MAX).toBe(4096)
    expect(messageBytes('x'.repeat(4096))).toHaveLength(4096)
    const tooLong = new RangeError(
      'events are 4097 bytes, one message takes at most 4096 (PIPE_BUF); send them in parts',
    )
    expect(() => messageBytes('x'.repeat(4097))).toThrow(tooLong)
    expect(() => messageBytes(new Uint8Array(4097))).toThrow(tooLong)
  })

  test('is a character that no byte holds, which is named with its place', () => {
    expect(() => messageBytes('aÿĀ')).toThrow(
      new RangeError('events must be characters up to U+00FF, the one at 2 is U+0100; encode the text as bytes'),
    )
  })

  test('is anything but a string or bytes', () => {
    for (const wrong of [undefined, null, 85, ['U'], new Uint16Array(1), new ArrayBuffer(1)])
      expect(() => messageBytes(wrong as unknown as string)).toThrow(TypeError)
  })
})
