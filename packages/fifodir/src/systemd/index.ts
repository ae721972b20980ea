/** `fifodir/systemd`: readiness as systemd has it, for services and for those who start them. */
export { bindNotifySocket, type BindOptions, type BoundSocket } from './binding.ts'
export { isReady, type NotifyMessage } from './message.ts'
export { type NotifySocket, notifySocket } from './notify-socket.ts'
export {
  type Assignments,
  barrier,
  type BarrierOptions,
  errno,
  extendTimeout,
  mainPid,
  type NotifyOptions,
  ready,
  reloading,
  removeFds,
  sdNotify,
  startWatchdog,
  type SocketAddress,
  status,
  type Stop,
  stopping,
  storeFds,
  type StoreOptions,
  watchdog,
  accepted,
  activated,
  type ListenFd,
  listenFdByName,
  listenFds,
  type ListenFdsOptions,
  watchdogInterval,
  type WatchdogOptions,
} from './service.ts'
