/** `fifodir/activation`: sockets that are opened before a service runs, and outlive it. */
export { type Connection, connections } from './connections.ts'
export { type InternetSocket, type LocalSocket, type SocketDefinition } from './definition.ts'
export { onDemand } from './on-demand.ts'
export { type OpenSocket, openSockets, type OpenSockets } from './open.ts'
export { type Passed, provide, type Provision, type ProvisionOptions } from './provision.ts'
export { traffic } from './traffic.ts'
export { type TriggerLimitOptions } from './trigger-limit.ts'
export { type SocketAddress } from '../posix/socket-address.ts'
