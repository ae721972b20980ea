/** Signals that are ignored: the one disposition that the next program inherits. */
import { declare } from './libc.ts'

const sigaction = declare<(number: number, action: Uint8Array | null, before: Uint8Array | null) => number>(
  'int sigaction(int, const uint8_t *, _Out_ uint8_t *)',
)
const sigfillset = declare<(set: Uint8Array) => number>('int sigfillset(_Out_ uint8_t *)')
const sigdelset = declare<(set: Uint8Array, number: number) => number>('int sigdelset(_Inout_ uint8_t *, int)')

/** More than any system's `struct sigaction`, whose first word is the handler, and than any `sigset_t`. */
const BYTES = 256
const SIG_IGN = 1

/** Node ignores these. @see Node 20.20.2 src/node.cc, RegisterSignalHandler */
const SIGPIPE = 13
const SIGXFSZ = 25

/** Calls `act` while `ignored`, by number, and no other signals are ignored. What handles a signal here is as before after it. */
export function withIgnored<Result>(ignored: readonly number[], act: () => Result): Result {
  const before = [SIGPIPE, SIGXFSZ, ...ignored].map((number) => {
    const action = Buffer.alloc(BYTES)
    const changed = Buffer.alloc(BYTES)
    changed[0] = ignored.includes(number) ? SIG_IGN : 0
    sigaction(number, changed, action)
    return [number, action] as const
  })
  try {
    return act()
  } finally {
    for (const [number, action] of before.toReversed()) sigaction(number, action, null)
  }
}

/** All signals but `excepted`, as a `sigset_t`. */
export function signalSet(excepted: readonly number[]): Uint8Array {
  const set = Buffer.alloc(BYTES)
  sigfillset(set)
  for (const number of excepted) sigdelset(set, number)
  return set
}
