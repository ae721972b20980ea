/** NOTIFY_SOCKETs in tests: one that remembers what it heard, and datagrams that no service would send. */
import { closeSync, openSync } from 'node:fs'
import { type NotifyMessage, type NotifySocket, notifySocket } from 'fifodir/systemd'
import { type OutgoingDatagram, sendDatagram } from '../../packages/fifodir/src/posix/datagram.ts'
import { closeDescriptor } from '../../packages/fifodir/src/posix/descriptor.ts'
import { connectSocket, openUnixSocket, SOCK_DGRAM, unixAddress } from '../../packages/fifodir/src/posix/socket.ts'
import { untilRead } from './event-loop.ts'

/** A socket that is being read. */
export interface Listening extends NotifySocket {
  /** What came, in order. */
  readonly heard: NotifyMessage[]
}

/** Opens a socket, and reads it; to be closed within the test, which is to leave no descriptor open. */
export function listen(...options: Parameters<typeof notifySocket>): Listening {
  const socket = notifySocket(...options)
  const heard: NotifyMessage[] = []
  socket.messages.subscribe((message) => heard.push(message))
  return { ...socket, heard }
}

/** The lines of each message. */
export function linesOf(messages: readonly NotifyMessage[]): (readonly string[])[] {
  return messages.map(({ lines }) => lines)
}

/** Sends a datagram as it is, and resolves once whoever listens in this thread has read it. */
export async function sendRaw(
  address: string,
  bytes: string | Uint8Array,
  rest: Partial<OutgoingDatagram> = {},
): Promise<void> {
  const fd = openUnixSocket(SOCK_DGRAM)
  try {
    connectSocket(fd, unixAddress(address), address)
    if (!sendDatagram(fd, { bytes: Buffer.from(bytes as string), descriptors: [], ...rest }))
      throw new Error('there was no room for it')
  } finally {
    closeDescriptor(fd)
  }
  await untilRead()
}

/** As many descriptors as asked for, for as long as `use` takes. */
export async function withDescriptors<Result>(
  count: number,
  use: (fds: number[]) => Result | Promise<Result>,
): Promise<Result> {
  const fds = Array.from({ length: count }, () => openSync('/dev/null', 'r'))
  try {
    return await use(fds)
  } finally {
    for (const fd of fds) closeSync(fd)
  }
}
