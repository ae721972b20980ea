import { expect, test } from 'vitest'
import { tai64nLabel, tai64nMs } from '../../packages/fifodir/src/tai64n.ts'

test('the label of 1970 is 2^62 and 37 seconds: what TAI is ahead since 2017', () => {
  expect(tai64nLabel(0)).toBe('@400000000000002500000000')
})

test('seconds since 1970 are counted from there', () => {
  expect(tai64nLabel(Date.UTC(2026, 0, 1))).toBe(`@40000000${(1_767_225_600 + 37).toString(16)}00000000`)
})

test('milliseconds become nanoseconds', () => {
  expect(tai64nLabel(999)).toBe(`@4000000000000025${(999_000_000).toString(16)}`)
  expect(tai64nLabel(1500.25)).toBe(`@4000000000000026${(500_250_000).toString(16).padStart(8, '0')}`)
})

test('a moment before 1970 has its nanoseconds counted upwards, too', () => {
  expect(tai64nLabel(-1)).toBe(`@4000000000000024${(999_000_000).toString(16)}`)
})

test('labels sort as their moments do', () => {
  const moments = [-1, 0, 0.5, 1, 999, 1000, 1e12, 4e12]
  const labels = moments.map(tai64nLabel)
  expect(labels.toSorted()).toEqual(labels)
  expect(new Set(labels).size).toBe(moments.length)
})

test('a label names its moment', () => {
  for (const moment of [0, 999, 1500.25, 1e12]) expect(tai64nMs(tai64nLabel(moment))).toBe(moment)
})
