/**
 * What the environment says of descriptors that were handed over: which they are, and how they are called. A value is
 * taken as systemd writes it, a decimal number, or not at all: a service must never take a descriptor by mistake.
 */
import { FifodirError } from '../error.ts'
import { ownPidfdId } from '../posix/pidfd.ts'

/** Everything that the protocol has in the environment. */
export const LISTEN_VARIABLES = ['LISTEN_PID', 'LISTEN_PIDFDID', 'LISTEN_FDS', 'LISTEN_FDNAMES'] as const

const NAMELESS = 'unknown'

/**
 * How many descriptors `environment` hands to this process; 0 where it speaks to another, or not at all.
 *
 * @throws FifodirError EINVAL: a value that is not what it should be
 * @see systemd 252 src/libsystemd/sd-daemon/sd-daemon.c, sd_listen_fds; 258 for LISTEN_PIDFDID
 */
export function countIn({ LISTEN_PID, LISTEN_PIDFDID, LISTEN_FDS }: NodeJS.ProcessEnv): number {
  if (LISTEN_PID === undefined) return 0
  if (numberIn('LISTEN_PID', LISTEN_PID) !== BigInt(process.pid)) return 0
  if (LISTEN_PIDFDID !== undefined) {
    const given = numberIn('LISTEN_PIDFDID', LISTEN_PIDFDID)
    if (given !== (ownPidfdId() ?? given)) return 0
  }
  return LISTEN_FDS === undefined ? 0 : Number(numberIn('LISTEN_FDS', LISTEN_FDS))
}

/**
 * How `environment` calls those `count` descriptors.
 *
 * @throws FifodirError EINVAL: as many names as there are no descriptors
 */
export function namesIn({ LISTEN_FDNAMES }: NodeJS.ProcessEnv, count: number): string[] {
  if (LISTEN_FDNAMES === undefined) return Array.from({ length: count }, () => NAMELESS)
  const names = LISTEN_FDNAMES.split(':')
  if (names.length === count) return names
  throw refusal('EINVAL', `LISTEN_FDNAMES has ${names.length} names, and LISTEN_FDS is ${count}`)
}

/** Why nothing is taken. */
export function refusal(code: string, reason: string, cause?: unknown): FifodirError {
  const hint = 'see that whoever started this process sets the LISTEN_ variables for it alone, or unset them'
  return new FifodirError({ code, operation: 'take descriptors', reason, hint, cause })
}

/** No larger count fits into the numbers that descriptors have. */
const LARGEST = { LISTEN_PID: 0x7fffffffn, LISTEN_PIDFDID: 0xffffffffffffffffn, LISTEN_FDS: 0x7ffffffcn }

function numberIn(variable: keyof typeof LARGEST, value: string): bigint {
  const number = /^[1-9]\d{0,19}$/.test(value) ? BigInt(value) : 0n
  if (number === 0n || number > LARGEST[variable])
    throw refusal('EINVAL', `${variable} is '${value}', which is no number that it can have`)
  return number
}
