/** The limit on open descriptors, as the next program is to find it. */
import { check, declare } from './libc.ts'

const getrlimit = declare<(resource: number, limit: Uint8Array) => number>('int getrlimit(int, _Out_ uint8_t *)')
const setrlimit = declare<(resource: number, limit: Uint8Array) => number>('int setrlimit(int, const uint8_t *)')

const RLIMIT_NOFILE = process.platform === 'linux' ? 7 : 8

/** Calls `act` under a soft limit of `count` open descriptors; under the present one where `count` is undefined. */
export function withOpenFiles<Result>(count: number | undefined, act: () => Result): Result {
  if (count === undefined) return act()
  const before = new BigUint64Array(2) // struct rlimit: soft, hard
  check(getrlimit(RLIMIT_NOFILE, new Uint8Array(before.buffer)), 'getrlimit')
  const [, hard = 0n] = before
  set(BigUint64Array.of(BigInt(count) < hard ? BigInt(count) : hard, hard))
  try {
    return act()
  } finally {
    set(before)
  }
}

function set(limit: BigUint64Array): void {
  check(setrlimit(RLIMIT_NOFILE, new Uint8Array(limit.buffer)), 'setrlimit')
}
