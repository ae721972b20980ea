/** systemd's protocol: ready is `READY=1` to a NOTIFY_SOCKET. */
import { readFileSync } from 'node:fs'
import { debounceTime, filter, map, Observable, startWith, take, takeUntil, timer } from 'rxjs'
import { isSystemError } from '../posix/system-error.ts'
import { barrier } from '../systemd/barrier.ts'
import { isReady, type NotifyMessage } from '../systemd/message.ts'
import { sdNotify } from '../systemd/notify.ts'
import type { NotifySocket } from '../systemd/notify-socket.ts'
import type { Sink } from './carry.ts'
import type { Source } from './when-ready.ts'

/** Who says that it is ready may have more to say, and a barrier for us to release: the socket stays until it is quiet. */
const QUIET_MS = 1000

/** And no longer than that, whatever it goes on to say: watchdog messages have no end. */
const LATEST_MS = 5000

/** How long a manager may take to handle what it was told, as systemd-notify has it. */
const BARRIER_MS = 5000

/**
 * Ready when somebody who may says `READY=1` to `socket`: the process `pid` and what it has started, this user, or root.
 * Anybody in the network namespace can send to an abstract name. Closes the socket with the subscription; where it was
 * ready, when nothing has come for a second, as whoever said so may wait for a barrier.
 */
export function fromNotifySocket(socket: NotifySocket, pid: number): Source {
  return new Observable<void>((observer) => {
    let isHeard = false
    observer.add(() => (isHeard ? closeWhenQuiet(socket) : socket.close()))
    const mayTell = (sender: NotifyMessage): boolean =>
      sender.uid === 0 || sender.uid === process.geteuid?.() || descends(sender.pid, pid)
    const ready = socket.messages.pipe(
      filter((message) => isReady(message) && mayTell(message)),
      map(() => void (isHeard = true)),
      take(1),
    )
    observer.add(ready.subscribe(observer))
  })
}

function closeWhenQuiet(socket: NotifySocket): void {
  const close = (): void => socket.close()
  socket.messages
    .pipe(startWith(undefined), debounceTime(QUIET_MS), take(1), takeUntil(timer(LATEST_MS)))
    .subscribe({ complete: close, error: close })
}

/** Whether `pid` is `ancestor` or was started by it, as far as can still be seen. */
function descends(pid: number, ancestor: number): boolean {
  for (let each = pid; each > 1; each = parentOf(each)) if (each === ancestor) return true
  return false
}

/** 0 where it is gone. */
function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]) // what is in the brackets may hold anything
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ESRCH')) return 0
    throw error
  }
}

export interface NotifySinkOptions {
  /** The program that is ready, which becomes the service's main process: `MAINPID=`. */
  readonly pid?: number | undefined
  /** In place of the environment's NOTIFY_SOCKET. */
  readonly address?: string | undefined
}

/**
 * Tells the service manager by `READY=1`, and waits until it has handled that, at most 5 s: whoever tells may end then, and
 * is heard even so.
 *
 * @see s6 2.15.1.0 src/supervision/s6-notify-socket-from-fd.c; differs: the address has its exact length
 */
export function toNotifySocket({ pid, address }: NotifySinkOptions = {}): Sink {
  const to = { ...(address !== undefined && { address }), ...(pid !== undefined && { pid }) }
  return {
    name: 'notify',
    async tell() {
      await sdNotify({ READY: 1, ...(pid !== undefined && { MAINPID: pid }) }, to)
      await barrier({ ...to, timeoutMs: BARRIER_MS })
    },
  }
}
