/** TAI64N: TAI seconds since 1970, offset by 2^62, and nanoseconds; the time stamp of s6's names and records. */

/** What s6 adds to Unix seconds: 2^62, the 10 s that TAI was ahead in 1972, and the 27 leap seconds up to 2017, the last. */
const EPOCH = 2n ** 62n + 10n + 27n

/** The bytes of a binary TAI64N: 8 of seconds, 4 of nanoseconds, big-endian. */
export const TAI64N_BYTES = 12

/**
 * The TAI64N label of a moment, as in the name of a subscription's FIFO.
 *
 * @param unixMs milliseconds since 1970, UTC, from 2017 on
 * @returns `@` and 24 lower-case hexadecimal digits: 8 bytes of seconds, 4 bytes of nanoseconds, big-endian
 * @see s6 2.11.3.2 and skalibs, timestamp_fmt, tai_from_time
 */
export function tai64nLabel(unixMs: number): string {
  const { seconds, nanoseconds } = tai64n(unixMs)
  return `@${seconds.toString(16).padStart(16, '0')}${nanoseconds.toString(16).padStart(8, '0')}`
}

/** The moment that a TAI64N label names, in milliseconds since 1970. */
export function tai64nMs(label: string): number {
  return unixMs(BigInt(`0x${label.slice(1, 17)}`), Number(`0x${label.slice(17)}`))
}

/**
 * Writes the moment `ms` as a binary TAI64N, {@link TAI64N_BYTES} long, at `offset`.
 *
 * @see s6 2.11.3.2 and skalibs, tain_pack
 */
export function writeTai64n(view: DataView, offset: number, ms: number): void {
  const { seconds, nanoseconds } = tai64n(ms)
  view.setBigUint64(offset, seconds)
  view.setUint32(offset + 8, nanoseconds)
}

/** The moment that the binary TAI64N at `offset` names, in milliseconds since 1970. */
export function readTai64n(view: DataView, offset: number): number {
  return unixMs(view.getBigUint64(offset), view.getUint32(offset + 8))
}

function tai64n(ms: number): { seconds: bigint; nanoseconds: number } {
  const seconds = Math.floor(ms / 1000)
  return { seconds: EPOCH + BigInt(seconds), nanoseconds: Math.round((ms - seconds * 1000) * 1e6) }
}

function unixMs(seconds: bigint, nanoseconds: number): number {
  return Number(seconds - EPOCH) * 1000 + nanoseconds / 1e6
}
