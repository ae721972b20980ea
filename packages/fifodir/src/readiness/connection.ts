/** Servers that can only be connected to. */
import { connect, type NetConnectOpts } from 'node:net'
import { probed } from './probed.ts'
import type { Source } from './when-ready.ts'

/** A connection that is neither taken nor refused by then is given up, and tried again. */
const ATTEMPT_MS = 1000

/**
 * Ready when a connection to `port` of `host` is accepted; it is closed at once.
 *
 * @param host a name or an address, `localhost` unless told, under all of its addresses
 */
export function fromTcp(port: number, host = 'localhost'): Source {
  return probed((signal) => accepts({ port, host }, signal))
}

/** Ready when a connection to the Unix socket at `path` is accepted; it is closed at once. */
export function fromUnix(path: string): Source {
  return probed((signal) => accepts({ path }, signal))
}

function accepts(address: NetConnectOpts, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, timeout: ATTEMPT_MS })
    const settle = (isAccepted: boolean): void => {
      signal.removeEventListener('abort', abort)
      socket.destroy()
      resolve(isAccepted)
    }
    const abort = (): void => settle(false)
    signal.addEventListener('abort', abort)
    socket.on('connect', () => settle(true))
    socket.on('timeout', () => settle(false))
    socket.on('error', () => settle(false)) // refused, not there yet, no such name yet
  })
}
