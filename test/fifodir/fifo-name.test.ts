import { describe, expect, test } from 'vitest'
import { isFifoName, newFifoName } from '../../packages/fifodir/src/fifo-name.ts'

const COUNT = 20_000

const NAME = 'ftrig1:@4000000064b3c2a11f2e3d4c:Zk3x9Q'

describe('a new name', () => {
  test('is 39 characters in the shape that s6 looks for', () => {
    expect(newFifoName()).toMatch(/^ftrig1:@40000000[0-9a-f]{16}:[A-Za-z0-9]{6}$/)
    expect(newFifoName()).toHaveLength(39)
    expect(isFifoName(newFifoName())).toBe(true)
  })

  test('is never drawn twice, and its last six characters use the whole alphabet evenly', () => {
    const tails = Array.from({ length: COUNT }, () => newFifoName().slice(-6))
    expect(new Set(tails).size).toBe(COUNT)
    const counts = new Map<string, number>()
    for (const character of tails.join('')) counts.set(character, (counts.get(character) ?? 0) + 1)
    expect(counts.size).toBe(62)
    // six standard deviations to either side: a byte taken modulo 62 is nine off for eight of them
    const expected = (6 * COUNT) / 62
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected))
  })
})

describe('the name of a subscription', () => {
  test.each([
    ['a byte too short', NAME.slice(0, -1)],
    ['a byte too long', `${NAME}x`],
    ['hidden', `.${NAME}`],
    ['hidden and cut to the length', `.${NAME}`.slice(0, 39)],
    ['of another prefix', NAME.replace('ftrig1', 'ftrig2')],
    ['without the @', NAME.replace('@', '4')],
    ['with a digit that is none', NAME.replace('64b3', '64g3')],
    ['with capital digits', NAME.replace('64b3', '64B3')],
    ['with a newline at its end', `${NAME.slice(0, -1)}\n`],
    ['with a newline after it', `${NAME}\n`],
    ['with a byte above ASCII', `${NAME.slice(0, -1)}\xff`],
    ['with a slash', `${NAME.slice(0, -1)}/`],
    ['empty', ''],
  ])('is not one that is %s', (_, name) => {
    expect(isFifoName(NAME)).toBe(true)
    expect(isFifoName(name)).toBe(false)
  })
})
