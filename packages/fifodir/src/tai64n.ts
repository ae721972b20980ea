/** TAI64N: seconds since 1970 in TAI, offset by 2^62, and nanoseconds; the time stamp of s6's names and records. */

/** TAI seconds at the Unix epoch, as s6 counts them: 2^62 and the 10 s of 1972, leap seconds left out. */
const EPOCH = 2n ** 62n + 10n

/**
 * The TAI64N label of a moment, as in the name of a subscription's FIFO.
 *
 * @param unixMs milliseconds since 1970, UTC
 * @returns `@` and 24 lower-case hexadecimal digits: 8 bytes of seconds, 4 bytes of nanoseconds, big-endian
 * @see s6 2.15.1.0 and skalibs, timestamp_fmt
 */
export function tai64nLabel(unixMs: number): string {
  const seconds = Math.floor(unixMs / 1000)
  const nanoseconds = Math.round((unixMs - seconds * 1000) * 1e6)
  return `@${(EPOCH + BigInt(seconds)).toString(16).padStart(16, '0')}${nanoseconds.toString(16).padStart(8, '0')}`
}
