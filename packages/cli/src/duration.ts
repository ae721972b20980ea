/** Durations on the command line: `500ms`, `5s`, `2m`; a bare number is milliseconds, and 0 is no limit, as in s6. */
import { UsageError } from './command.ts'

const UNIT_MS: Record<string, number> = { '': 1, ms: 1, s: 1000, m: 60_000 }

/** The milliseconds of a duration, 0 where none was given. @throws UsageError */
export function durationMs(text: string | undefined): number {
  if (text === undefined) return 0
  const [, count, unit = ''] = /^(\d+)(ms|s|m)?$/.exec(text) ?? []
  const ms = Number(count) * (UNIT_MS[unit] as number)
  if (Number.isNaN(ms)) throw new UsageError(`not a duration: '${text}'; write 500ms, 5s or 2m`)
  if (ms > 0x7fffffff)
    throw new UsageError(`too long a duration: '${text}'; write at most 24 days (34560m), or 0 for no limit`)
  return ms
}
