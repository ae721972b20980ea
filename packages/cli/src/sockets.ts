/** Sockets on the command line: what is to be opened, and what that takes of a program's descriptors. */
import type { Passed, SocketAddress } from 'fifodir/activation'
import type { Plan } from 'fifodir/readiness'
import { BEFORE } from './before.ts'
import { type Option, UsageError } from './command.ts'

export const LISTEN_OPTION: Option = {
  long: 'listen',
  value: 'SOCKET',
  repeated: true,
  help: 'open SOCKET for PROG: [NAME=]tcp:[HOST:]PORT, [NAME=]unix:PATH, …',
}

/** What the help of every command with {@link LISTEN_OPTION} says. */
export const SOCKET_HELP = `SOCKET:  tcp:[HOST:]PORT, udp:[HOST:]PORT                 HOST is numeric, 127.0.0.1 or [::1]; without it every address
         unix:PATH, unix-dgram:PATH, unix-seqpacket:PATH  @ and a name for one that is in no file system
         fifo:PATH
with NAME= before it, which PROG knows it by, and behind it ,backlog=N ,reuse-port ,mode=OCTAL ,user=NAME ,group=NAME.`

/** The definitions as they were given. @throws UsageError for what Node cannot write as a path */
export function definitionsOf(listen: readonly string[] = []): readonly string[] {
  const odd = listen.find((text) => /[\uDC80-\uDCFF]/u.test(text))
  if (odd !== undefined) throw new UsageError(`SOCKET is not UTF-8: ${JSON.stringify(odd)}; choose another path`)
  return listen
}

/**
 * The descriptors that the command was started with and a program is to have beside `count` sockets: all but `taken`, which
 * are ours. Sockets are at 3 and up, by their protocol; what somebody put there for the program is not lost silently.
 *
 * @throws UsageError where one of them is in the way
 */
export function descriptorsBeside(count: number, taken: readonly Passed[] = []): Record<number, number> {
  const others = Object.keys(BEFORE.descriptors ?? {})
    .map(Number)
    .filter((fd) => !taken.some((each) => each.fd === fd))
  const lost = others.find((fd) => fd < 3 + count)
  if (lost !== undefined)
    throw new UsageError(`descriptor ${lost} is open, and is where PROG is to find a socket; close it: ${lost}>&-`)
  return Object.fromEntries(others.map((fd) => [fd, fd]))
}

/** @throws UsageError where PROG cannot have `count` sockets: what it was to inherit, or to be ready by, has their number */
export function checkBeside(count: number, sources: readonly Plan[]): void {
  descriptorsBeside(count)
  const both = sources.find(({ numbers }) => numbers.some((number) => number >= 3 && number < 3 + count))
  if (both !== undefined)
    throw new UsageError(`--ready ${both.name} is where PROG is to find a socket; use one from ${3 + count} on`)
}

/** Where a socket is, and its name. */
export function textOf({ fd, name, address }: Passed & { readonly address?: SocketAddress | undefined }): string {
  if (address === undefined) return `descriptor ${fd} (${name})`
  if ('path' in address) return `${address.path} (${name})`
  const { host, port } = address
  return `${host.includes(':') ? `[${host}]` : host}:${port} (${name})`
}
