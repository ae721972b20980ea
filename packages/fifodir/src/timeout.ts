/** Limits of time as callers give them. */

/** @throws RangeError for what no timer can measure */
export function checkTimeout(timeoutMs: number): void {
  if (!(timeoutMs >= 0 && timeoutMs <= 0x7fffffff))
    throw new RangeError(`timeoutMs must be from 0 (no limit) to 2147483647 (24 days), not ${timeoutMs}`)
}
