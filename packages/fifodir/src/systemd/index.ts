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
  status,
  type Stop,
  stopping,
  storeFds,
  type StoreOptions,
  watchdog,
  watchdogInterval,
  type WatchdogOptions,
} from './service.ts'
