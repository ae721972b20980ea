import { events, match, notify, Pattern, PatternError } from 'fifodir'
import {
  concat,
  firstValueFrom,
  from,
  lastValueFrom,
  NEVER,
  type Observable,
  of,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs'
import { describe, expect, test } from 'vitest'
import { newFifodir } from '../support/scratch.ts'

const sequences = (source: Observable<string>, pattern: string | RegExp | Pattern): Promise<string[]> =>
  lastValueFrom(source.pipe(match(pattern), toArray())).then((all) => all.map(({ sequence }) => sequence))

describe('match', () => {
  test('emits every match, again and again, each search beginning anew', async () => {
    expect(await sequences(from('suUdDuUx'), 'u.*U')).toEqual(['suU', 'dDuU'])
  })

  test('decides after every event: $ is the present end, ^ the beginning since the last match', async () => {
    expect(await sequences(from('Ud'), 'U$')).toEqual(['U'])
    expect(await sequences(from('abcabc'), '^abc')).toEqual(['abc', 'abc'])
    expect(await sequences(from('xabc'), '^abc')).toEqual([])
  })

  test('emits nothing before the first event, even for a pattern that matches nothing at all', async () => {
    expect(await sequences(of(), '')).toEqual([])
    expect(await sequences(from('ab'), '')).toEqual(['a', 'b'])
  })

  test('takes a string, a RegExp, or a compiled pattern', async () => {
    for (const pattern of ['u.*U', /u.*U/, new Pattern('u.*U')])
      expect(await sequences(from('uxU'), pattern)).toEqual(['uxU'])
  })

  test('searches anew for every subscriber', async () => {
    const matches = from('ab').pipe(match('ab'))
    expect(await firstValueFrom(matches)).toEqual(await firstValueFrom(matches))
    const source = new Subject<string>()
    const shared = source.pipe(match('ab'))
    const found: string[] = []
    const early = shared.subscribe(() => found.push('early'))
    source.next('a')
    const late = shared.subscribe(() => found.push('late'))
    source.next('b')
    expect(found).toEqual(['early'])
    early.unsubscribe()
    late.unsubscribe()
    expect(source.observed).toBe(false)
  })

  test('refuses a wrong pattern at the call, not on subscription', () => {
    expect(() => match('(')).toThrow(PatternError)
    expect(() => match(/(?=a)/)).toThrow(PatternError)
    expect(() => match(5 as unknown as string)).toThrow(TypeError)
  })

  test('ends and fails as its source does', async () => {
    await expect(
      lastValueFrom(
        concat(
          of('U'),
          throwError(() => new Error('broken')),
        ).pipe(match('x')),
      ),
    ).rejects.toThrow('broken')
    expect(await lastValueFrom(from('U').pipe(match('x')), { defaultValue: 'ended' })).toBe('ended')
  })

  test('unsubscribes from its source as soon as enough was found', async () => {
    expect(await firstValueFrom(concat(of('U'), NEVER).pipe(match('U')))).toMatchObject({ event: 'U' })
  })
})

test('the matches are the same however the events were grouped when they were sent', async () => {
  const text = 'uUsuxUdDuuUU'
  const found = async (size: number): Promise<unknown> => {
    const fifodir = newFifodir()
    const matches = firstValueFrom(events(fifodir).pipe(match('u[^d]*U'), take(3), toArray()))
    for (let index = 0; index < text.length; index += size) notify(fifodir, text.slice(index, index + size))
    return (await matches).map(({ sequence }) => sequence)
  }
  for (const size of [1, 2, 3, 5, text.length]) expect(await found(size)).toEqual(['uU', 'suxU', 'dDuuU'])
})
