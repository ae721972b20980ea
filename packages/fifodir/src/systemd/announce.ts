/** What a service has to tell its manager, each by its name; see sd_notify(3). All of it is {@link sdNotify}. */
import { type NotifyOptions, sdNotify } from './notify.ts'

/**
 * The service is up, or has reloaded (`READY=1`).
 *
 * @example
 * import { ready } from 'fifodir/systemd'
 * await ready() // => false
 */
export function ready(options?: NotifyOptions): Promise<boolean> {
  return sdNotify({ READY: 1 }, options)
}

/** It begins to reload its configuration; {@link ready} is to follow. For `Type=notify-reload`, handle SIGHUP by it. */
export function reloading(options?: NotifyOptions): Promise<boolean> {
  return sdNotify({ RELOADING: 1, MONOTONIC_USEC: process.hrtime.bigint() / 1000n }, options)
}

/** It begins to shut down. */
export function stopping(options?: NotifyOptions): Promise<boolean> {
  return sdNotify({ STOPPING: 1 }, options)
}

/** What it is doing, in one line, for `systemctl status`; the empty text clears it. */
export function status(text: string, options?: NotifyOptions): Promise<boolean> {
  return sdNotify({ STATUS: text }, options)
}

/** It is alive; for {@link startWatchdog} to say. */
export function watchdog(options?: NotifyOptions): Promise<boolean> {
  return sdNotify({ WATCHDOG: 1 }, options)
}

/** What it is doing, starting, stopping or running, takes so much longer, from now on; to be said again within that time. */
export function extendTimeout({ ms, ...options }: NotifyOptions & { readonly ms: number }): Promise<boolean> {
  return sdNotify({ EXTEND_TIMEOUT_USEC: Math.ceil(ms * 1000) }, options)
}

/** The service's main process is another one. */
export function mainPid(pid: number, options?: NotifyOptions): Promise<boolean> {
  return sdNotify({ MAINPID: pid }, options)
}

/** It failed, by this errno, as a positive number. */
export function errno(number: number, options?: NotifyOptions): Promise<boolean> {
  return sdNotify({ ERRNO: number }, options)
}

export interface StoreOptions extends Omit<NotifyOptions, 'descriptors'> {
  /** What LISTEN_FDNAMES will call them: at most 255 printable ASCII characters, no `:`. */
  readonly name: string
  /** False keeps them even when their other end is gone. */
  readonly poll?: boolean
}

/**
 * Hands descriptors to the manager, to have them again after a restart, as activated sockets. `FileDescriptorStoreMax=`
 * must give room; where it does not, nobody is told.
 *
 * @throws (rejects) TypeError for a name that systemd would not take
 */
export async function storeFds(
  fds: readonly number[],
  { name, poll = true, ...options }: StoreOptions,
): Promise<boolean> {
  return sdNotify(
    { FDSTORE: 1, FDNAME: checked(name), ...(poll ? {} : { FDPOLL: 0 }) },
    { ...options, descriptors: fds },
  )
}

/** Has the manager close what is stored by this name. */
export async function removeFds(name: string, options?: NotifyOptions): Promise<boolean> {
  return sdNotify({ FDSTOREREMOVE: 1, FDNAME: checked(name) }, options)
}

function checked(name: string): string {
  if (!/^[ -9;-~]{0,255}$/.test(name)) throw new TypeError(`'${name}' is no name of descriptors`)
  return name
}
