/** The file that a socket leaves behind when its process is killed: it keeps its path from being used again. */
import { lstatSync, unlinkSync } from 'node:fs'
import { closeDescriptor } from './descriptor.ts'
import { connectSocket, openUnixSocket, SOCK_DGRAM } from './socket.ts'
import { isSystemError } from './system-error.ts'

/**
 * Removes the socket at `path`, whose address is `address`, where nobody has it open any more. @returns whether it did
 *
 * It is asked by a datagram socket, whatever it is itself: to connect that sends nothing, so that a living server does
 * not notice, and a socket of another kind that is alive answers that it is of another kind (EPROTOTYPE).
 */
export function removeStale(path: string, address: Uint8Array): boolean {
  if (!lstatSync(path).isSocket() || !isAbandoned(path, address)) return false
  unlinkSync(path)
  return true
}

function isAbandoned(path: string, address: Uint8Array): boolean {
  const fd = openUnixSocket(SOCK_DGRAM)
  try {
    connectSocket(fd, address, path)
    return false
  } catch (error) {
    if (isSystemError(error)) return error.code === 'ECONNREFUSED'
    throw error
  } finally {
    closeDescriptor(fd)
  }
}
