import { describe, expect, test } from 'vitest'
import { EVENTS } from '../../packages/fifodir/src/event.ts'
import { Search } from '../../packages/fifodir/src/search.ts'

/** The last match after all of `events`. */
function lastMatch(search: Search, events: string): ReturnType<Search['next']> {
  let match: ReturnType<Search['next']>
  for (const event of events) match = search.next(event)
  return match
}

describe('a match', () => {
  test('holds the event that completed it, and all since the last one', () => {
    const search = new Search('u.*U')
    expect(Array.from('sudU').map((event) => search.next(event))).toEqual([
      undefined,
      undefined,
      undefined,
      { event: 'U', sequence: 'sudU', truncated: false },
    ])
    expect(search.seen()).toEqual({ sequence: '', truncated: false })
    expect(lastMatch(search, 'xuU')).toEqual({ event: 'U', sequence: 'xuU', truncated: false })
  })

  test('holds every one of the 256 events as it came', () => {
    const search = new Search('\xff$')
    expect(lastMatch(search, EVENTS.join(''))).toEqual({ event: '\xff', sequence: EVENTS.join(''), truncated: false })
  })

  test.each([
    [4095, false],
    [4096, false],
    [4097, true],
    [10_000, true],
  ])('after %i events holds at most the last 4,096, truncated: %s', (count, truncated) => {
    const search = new Search('U')
    const sequence = Array.from({ length: count - 1 }, (_, index) => 'abcdefg'[index % 7]).join('') + 'U'
    expect(lastMatch(search, sequence)).toEqual({ event: 'U', sequence: sequence.slice(-4096), truncated })
  })

  test('is not truncated because the one before it was', () => {
    const search = new Search('U')
    lastMatch(search, `${'x'.repeat(5000)}U`)
    expect(lastMatch(search, 'abU')).toEqual({ event: 'U', sequence: 'abU', truncated: false })
  })

  test('is decided from the sequence’s beginning also when that is no longer remembered', () => {
    expect(lastMatch(new Search('^a.*U$'), `a${'x'.repeat(10_000)}U`)).toMatchObject({ event: 'U', truncated: true })
    expect(lastMatch(new Search('^a.*U$'), `b${'x'.repeat(10_000)}U`)).toBeUndefined()
  })
})

test('two searches for one pattern know nothing of each other', () => {
  const [one, other] = [new Search('ab'), new Search('ab')]
  one.next('a')
  expect(other.next('b')).toBeUndefined()
  expect(one.next('b')).toMatchObject({ sequence: 'ab' })
})
