/**
 * Descriptors watched by Node's own event loop: the only user of koffi's `node.poll`, whose rules are kept here.
 *
 * - Where libuv cannot poll a descriptor the process is aborted: so the kernel is asked first.
 * - The same where a descriptor is polled twice: so a duplicate is polled, which is nobody else's. It also keeps the
 *   number from being closed, and given to somebody else, under libuv's feet.
 * - The callback runs outside of JavaScript's turns: what it throws, and the promises that it settles, may be seen only
 *   when something else happens. So it does nothing but ask for a turn.
 * - What the garbage collector finds it closes: so there is a list.
 * - After `close()` any other call reads freed memory: so there are none.
 *
 * @see koffi 3.3.4 src/koffi/src/uv.cc; its types are wrong about the callback's arguments, which are not used
 */
import { atExit } from './at-exit.ts'
import { closeDescriptor, duplicateDescriptor } from './descriptor.ts'
import { koffi } from './koffi.ts'
import { check, declare } from './libc.ts'

const epollCreate = declare<(flags: number) => number>('int epoll_create1(int)')
const epollControl = declare<(epoll: number, operation: number, fd: number, event: Uint8Array) => number>(
  'int epoll_ctl(int, int, int, uint8_t *)',
)

const EPOLL_CLOEXEC = 0o2000000
const EPOLL_CTL_ADD = 1

/** What is to be watched for; an error or the other side's end is either. */
export interface Interest {
  readonly readable?: boolean
  readonly writable?: boolean
}

/** A descriptor that is being watched; it keeps the process alive, as long as it is not told otherwise. */
export interface Watch extends Disposable {
  /** A number of the watch's own for what is watched, open until {@link close}. */
  readonly fd: number
  /** Nothing is called any more; idempotent. */
  close(): void
  ref(): void
  unref(): void
}

/** What the garbage collector is not to find. */
const live = new Set<Watch>()

/**
 * Calls `onReady` in a turn of its own whenever the descriptor is ready, until {@link Watch.close}: again and again, where
 * it stays so. Sets O_NONBLOCK on what the descriptor leads to.
 *
 * @param fd anything that the kernel can poll: sockets, pipes, pidfds. It stays its owner's, who may close it any time;
 *   what it leads to is open as long as the watch is
 * @throws a system error: EBADF, EPERM (the kernel cannot poll it, as files), EMFILE
 */
export function watchDescriptor(fd: number, interest: Interest, onReady: () => void): Watch {
  const own = duplicatePollable(fd)
  let turn: NodeJS.Immediate | undefined
  const handle = koffi().node.poll(own, interest, () => {
    turn ??= setImmediate(() => {
      turn = undefined
      onReady()
    })
  })
  const close = (): void => {
    if (!live.delete(watch)) return
    stay()
    clearImmediate(turn)
    handle.close()
    closeDescriptor(own)
  }
  const watch: Watch = {
    fd: own,
    close,
    ref: () => void (live.has(watch) && handle.ref()),
    unref: () => void (live.has(watch) && handle.unref()),
    [Symbol.dispose]: close,
  }
  live.add(watch)
  const stay = atExit(close)
  return watch
}

/** Asks a short-lived epoll: what `fd` leads to tells nothing (a pidfd is a regular file, since Linux 6.9). */
function duplicatePollable(fd: number): number {
  const own = duplicateDescriptor(fd)
  try {
    const epoll = check(epollCreate(EPOLL_CLOEXEC), 'epoll_create1')
    try {
      check(epollControl(epoll, EPOLL_CTL_ADD, own, new Uint8Array(16)), 'epoll_ctl')
    } finally {
      closeDescriptor(epoll)
    }
    return own
  } catch (error) {
    closeDescriptor(own)
    throw error
  }
}
