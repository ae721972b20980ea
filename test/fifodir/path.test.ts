import { cleanFifodir, events, makeFifodir, notify, Notifier, waitFor, waitForAll, waitForAny } from 'fifodir'
import { describe, expect, test } from 'vitest'

const WRONG_PATHS: [string, string][] = [
  ['not a string', 5 as unknown as string],
  ['undefined', undefined as unknown as string],
  ['empty', ''],
  ['with a NUL in it', 'a\0b'],
]

describe.each(WRONG_PATHS)('a path that is %s', (_, path) => {
  test('is a TypeError at once, from everything that takes one', async () => {
    expect(() => makeFifodir(path)).toThrow(TypeError)
    expect(() => cleanFifodir(path)).toThrow(TypeError)
    expect(() => notify(path, 'U')).toThrow(TypeError)
    expect(() => new Notifier(path)).toThrow(TypeError)
    expect(() => events(path)).toThrow(TypeError)
    await expect(waitFor(path, 'U')).rejects.toThrow(TypeError)
    await expect(waitForAll([[path, 'U']])).rejects.toThrow(TypeError)
    await expect(waitForAny([[path, 'U']])).rejects.toThrow(TypeError)
  })
})
