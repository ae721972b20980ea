/** The records of a service, byte for byte. */
import { describe, expect, test } from 'vitest'
import { deathOf, packDeaths, unpackDeaths } from '../../packages/fifodir/src/death-tally.ts'
import { FifodirError } from '../../packages/fifodir/src/error.ts'
import { packStatus, type Status, unpackStatus } from '../../packages/fifodir/src/status.ts'

/** What s6-supervise 2.11.3.2 wrote at 13:25:02.674 UTC on 2026-11-21, of a service that was just started. */
const WRITTEN_BY_S6 = '400000006b019bd3282d1f70' + '400000006b019bd227f54e4b' + '000000000000132a' + '0000' + '04'

const STATUS: Status = {
  since: new Date(1_795_267_502_674),
  readySince: new Date(0),
  pid: 0x1_0000_0001,
  waitStatus: 0x7d00,
  paused: false,
  finishing: false,
  wantedUp: false,
  ready: false,
}

describe('a status record', () => {
  test('of s6 is read', () => {
    const { since, readySince, ...rest } = unpackStatus(Buffer.from(WRITTEN_BY_S6, 'hex'))
    expect(rest).toEqual({ pid: 4906, waitStatus: 0, paused: false, finishing: false, wantedUp: true, ready: false })
    expect([since, readySince].map((moment) => moment.toISOString())).toEqual([
      '2026-11-21T13:25:02.674Z',
      '2026-11-21T13:25:01.670Z',
    ])
  })

  test('has every field at its offset', () => {
    const hex = Buffer.from(packStatus(STATUS)).toString('hex')
    expect(hex.slice(24, 48)).toBe('400000000000002500000000')
    expect(hex.slice(48)).toBe('0000000100000001' + '7d00' + '00')
  })

  test.each([
    ['paused', 1],
    ['finishing', 2],
    ['wantedUp', 4],
    ['ready', 8],
  ] as const)('says %s by the flag %i', (flag, bit) => {
    expect(packStatus({ ...STATUS, [flag]: true })[34]).toBe(bit)
  })

  test('says the same when it is read again', () => {
    for (let flags = 0; flags < 16; flags++) {
      const [paused, finishing, wantedUp, ready] = [1, 2, 4, 8].map((bit) => (flags & bit) !== 0) as [
        boolean,
        boolean,
        boolean,
        boolean,
      ]
      const status = { ...STATUS, paused, finishing, wantedUp, ready }
      expect(unpackStatus(packStatus(status))).toEqual(status)
    }
  })

  test.each([0, 34, 36])('of %i bytes is refused', (length) => {
    expect(() => unpackStatus(new Uint8Array(length), 'web')).toThrow(
      `cannot read status of web: its record has ${length} bytes, not 35 (FIFODIR_STATUS)`,
    )
    expect(() => unpackStatus(new Uint8Array(length))).toThrow(FifodirError)
  })
})

describe('a tally of deaths', () => {
  const at = new Date(1500)

  test.each([
    ['an exit code', 0x0700, { exitCode: 7, signal: 0 }],
    ['a signal', 9, { exitCode: 137, signal: 9 }],
    ['a signal with a core dump', 0x86, { exitCode: 134, signal: 6 }],
  ])('tells of %s', (_, waitStatus, death) => {
    expect(deathOf(waitStatus, at)).toEqual({ at, ...death })
  })

  test('has 14 bytes for each', () => {
    expect(Buffer.from(packDeaths([deathOf(9, at)])).toString('hex')).toBe(
      '4000000000000026' + '1dcd6500' + '89' + '09',
    )
  })

  test('says the same when it is read again, but for half a death at its end', () => {
    const deaths = [deathOf(0, at), deathOf(0x0100, new Date(0)), deathOf(15, at)]
    const bytes = packDeaths(deaths)
    expect(unpackDeaths(bytes)).toEqual(deaths)
    expect(unpackDeaths(bytes.subarray(0, -1))).toEqual(deaths.slice(0, 2))
  })
})
