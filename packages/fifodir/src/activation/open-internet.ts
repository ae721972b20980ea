/** TCP and UDP sockets. */
import { closeDescriptor } from '../posix/descriptor.ts'
import { AF_INET6, inetAddress, inetFamily } from '../posix/inet.ts'
import { listenOn, openSocket, setV6Only, SO_REUSEADDR, SO_REUSEPORT, SOCK_STREAM } from '../posix/listening.ts'
import { bindSocket, setOption, SOCK_DGRAM } from '../posix/socket.ts'
import { isSystemError } from '../posix/system-error.ts'
import { type InternetSocket, MOST } from './definition.ts'
import type { Release } from './release.ts'

/** Opens what `definition` says, to be closed by `release`. Without a host one socket takes both families, where there are two. */
export function openInternet(definition: InternetSocket, release: Release): number {
  const { host } = definition
  if (host !== undefined) return openAt(definition, host, true, release)
  try {
    return openAt(definition, '::', false, release)
  } catch (error) {
    if (!isSystemError(error, 'EAFNOSUPPORT', 'EADDRNOTAVAIL')) throw error
    return openAt(definition, '0.0.0.0', false, release) // a machine without IPv6
  }
}

function openAt(definition: InternetSocket, host: string, v6Only: boolean, release: Release): number {
  const { kind, port, reusePort = false, backlog = MOST } = definition
  const family = inetFamily(host)
  const fd = openSocket(family, kind === 'tcp' ? SOCK_STREAM : SOCK_DGRAM)
  release.add(() => closeDescriptor(fd))
  if (family === AF_INET6) setV6Only(fd, v6Only)
  // for TCP: connections of the past do not keep the port; with UDP it would let two have it
  if (kind === 'tcp') setOption(fd, SO_REUSEADDR, 1)
  if (reusePort) setOption(fd, SO_REUSEPORT, 1)
  bindSocket(fd, inetAddress(host, port) as Uint8Array, host)
  if (kind === 'tcp') listenOn(fd, backlog)
  return fd
}
