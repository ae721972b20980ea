/** A channel: two sockets, each the other's end. */
import { check, declare } from './libc.ts'

const socketpair = declare<(domain: number, type: number, protocol: number, ends: number[]) => number>(
  'int socketpair(int, int, int, _Out_ int *)',
)

const AF_UNIX = 1
const SOCK_STREAM = 1
const SOCK_CLOEXEC = 0o2000000

/** Both ends are for `closeDescriptor`. */
export function makeChannel(): [one: number, other: number] {
  const ends: number[] = [0, 0]
  check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 'socketpair')
  return ends as [number, number]
}
