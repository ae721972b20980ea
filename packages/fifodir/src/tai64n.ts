/** TAI64N: TAI seconds since 1970, offset by 2^62, and nanoseconds; the time stamp of s6's names and records. */

/** What s6 adds to Unix seconds: 2^62, the 10 s that TAI was ahead in 1972, and the 27 leap seconds up to 2017, the last. */
const EPOCH = 2n ** 62n + 10n + 27n

/**
 * The TAI64N label of a moment, as in the name of a subscription's FIFO.
 *
 * @param unixMs milliseconds since 1970, UTC, from 2017 on
 * @returns `@` and 24 lower-case hexadecimal digits: 8 bytes of seconds, 4 bytes of nanoseconds, big-endian
 * @see s6 2.11.3.2 and skalibs, timestamp_fmt, tai_from_time
 */
export function tai64nLabel(unixMs: number): string {
  const seconds = Math.floor(unixMs / 1000)
  const nanoseconds = Math.round((unixMs - seconds * 1000) * 1e6)
  return `@${(EPOCH + BigInt(seconds)).toString(16).padStart(16, '0')}${nanoseconds.toString(16).padStart(8, '0')}`
}

/** The moment that a TAI64N label names, in milliseconds since 1970. */
export function tai64nMs(label: string): number {
  const seconds = BigInt(`0x${label.slice(1, 17)}`) - EPOCH
  return Number(seconds) * 1000 + Number(`0x${label.slice(17)}`) / 1e6
}
