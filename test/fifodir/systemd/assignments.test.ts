import { describe, expect, test } from 'vitest'
import {
  type Assignments,
  formatAssignments,
  parseAssignments,
  parseLines,
} from '../../../packages/fifodir/src/systemd/assignments.ts'

describe('assignments are written', () => {
  test.each<[Assignments, string]>([
    [{ READY: 1 }, 'READY=1'],
    [{ READY: 1, STATUS: ' up = 100 % ☎ ' }, 'READY=1\nSTATUS= up = 100 % ☎ '],
    [{ MONOTONIC_USEC: 18446744073709551614n, ERRNO: -0 }, 'MONOTONIC_USEC=18446744073709551614\nERRNO=0'],
    [{ STATUS: '' }, 'STATUS='],
    [{ X_OWN: 'x'.repeat(4090) }, `X_OWN=${'x'.repeat(4090)}`],
  ])('%o', (assignments, text) => {
    expect(formatAssignments(assignments).toString()).toBe(text)
  })

  test.each<[unknown, string]>([
    [{}, 'empty'],
    [{ '': 1 }, 'no key'],
    [{ 'A=B': 1 }, 'no key'],
    [{ 'A\nB': 1 }, 'no key'],
    [{ 'A B': 1 }, 'no key'],
    [{ '1A': 1 }, 'no key'],
    [{ STATUS: 'two\nlines' }, 'one line'],
    [{ STATUS: 'two\rlines' }, 'one line'],
    [{ STATUS: 'nul\0' }, 'one line'],
    [{ ERRNO: 1.5 }, 'whole number'],
    [{ ERRNO: Number.NaN }, 'whole number'],
    [{ ERRNO: 1e21 }, 'whole number'],
    [{ READY: true }, 'whole number'],
    [{ STATUS: undefined }, 'whole number'],
  ])('%o are refused: %s', (assignments, message) => {
    const format = () => formatAssignments(assignments as Assignments)
    expect(format).toThrow(TypeError)
    expect(format).toThrow(message)
  })

  test('in at most 4,096 bytes, of UTF-8', () => {
    expect(() => formatAssignments({ X_OWN: 'x'.repeat(4091) })).toThrow(RangeError)
    expect(() => formatAssignments({ X_OWN: 'ä'.repeat(2046) })).toThrow('not 4098')
  })
})

describe('a message is read', () => {
  test.each<[title: string, text: string, lines: string[] | undefined]>([
    ['with and without a line feed at the end', 'READY=1\nSTATUS=up\n', ['READY=1', 'STATUS=up']],
    ['split at carriage returns, too, without empty lines', 'A=1\r\n\n\rB=2\rC=3', ['A=1', 'B=2', 'C=3']],
    ['with its spaces', ' READY=1 \n STATUS = up ', [' READY=1 ', ' STATUS = up ']],
    ['without one NUL at its end', 'READY=1\0', ['READY=1']],
    ['not at all with two', 'READY=1\0\0', undefined],
    ['not at all with a NUL inside', 'READY=1\0STATUS=up', undefined],
    ['as nothing where there is only a NUL', '\0', []],
    ['as nothing where there is nothing', '', []],
    ['with lines that assign nothing', 'READY\nSTATUS=up', ['READY', 'STATUS=up']],
    ['with an empty value where it is not UTF-8', 'STATUS=\xff\nREADY=1', ['STATUS=', 'READY=1']],
  ])('%s', (_, text, lines) => {
    expect(parseLines(Buffer.from(text, 'latin1'))).toEqual(lines)
  })

  test('the first of several values counts, and a value may have an equals sign', () => {
    expect([...parseAssignments(['A=1=2', 'NOTHING', 'B=', 'A=3', '=4'])]).toEqual(
      expect.arrayContaining([
        ['A', '1=2'],
        ['B', ''],
        ['', '4'],
      ]),
    )
  })
})
