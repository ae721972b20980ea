/** The state of a service as an Observable: whoever supervises it, and whether anybody does. */
import { type FSWatcher, readFileSync, watch } from 'node:fs'
import { Observable, type Subscriber } from 'rxjs'
import { watchFor } from '../appearance.ts'
import { EVENTS } from '../event.ts'
import { FifodirError } from '../error.ts'
import { attempt, failure } from '../failure.ts'
import { absolutePath } from '../path.ts'
import { closeDescriptor } from '../posix/descriptor.ts'
import { type Watch, watchDescriptor } from '../posix/poll.ts'
import { isSystemError } from '../posix/system-error.ts'
import { type Status, unpackStatus } from '../status.ts'
import { Subscription } from '../subscriber.ts'
import { openControlFifo } from './control.ts'
import { CONTROL, EVENT, STATUS } from './paths.ts'
import { isHeld } from './read-status.ts'

/**
 * - `up`: `run` runs; `ready`: and is ready to serve;
 * - `down`: `run` is dead; `finished`: and so is `finish`: it can be started again.
 */
export type Phase = 'up' | 'ready' | 'down' | 'finished'

/** What is known of a service. */
export interface ServiceStatus {
  /** Whether it has a supervisor: where it has none the rest is what the last one left. */
  readonly supervised: boolean
  /** Undefined where it never had a supervisor. */
  readonly phase: Phase | undefined
  /** `finish` has said that the service has failed for good, and it has not been started since. */
  readonly failed: boolean
  /** What its supervisor has recorded: this phase, or a later one. */
  readonly status: Status | undefined
}

/**
 * The state of the service of the service directory `path`: first as it is, then with every event, and when its supervisor
 * comes or goes, killed or not.
 *
 * Cold. Guarantee: no change after `subscribe()` is missed, as it listens before it looks. A service directory that has no
 * supervisor yet, or does not exist yet, is watched, not polled; the first state comes when its `event/` is there. What
 * changes without an event (what is wanted, whether it is paused) is seen with the next one. Never completes; it keeps the
 * process alive.
 *
 * @returns errors with FifodirError EACCES where `event/` may not be subscribed to or `supervise/` not be searched, and
 *   FIFODIR_STATUS
 * @see s6 2.11.3.2 src/libs6/s6_svlisten_loop.c
 * @example
 * import { statuses, supervise } from 'fifodir/service'
 * import { mkdirSync } from 'node:fs'
 * import { filter, firstValueFrom } from 'rxjs'
 * mkdirSync('sleeper')
 * const supervisor = supervise('sleeper', { command: ['sleep', '1000'] })
 * const { supervised } = await firstValueFrom(statuses('sleeper').pipe(filter(({ phase }) => phase === 'up')))
 * supervised // => true
 * supervisor.signal('SIGTERM')
 */
export function statuses(path: string): Observable<ServiceStatus> {
  const directory = absolutePath(path)
  return new Observable((observer) => {
    const fail = (error: unknown): void => observer.error(failure('read status of', path, error))
    let stopWatching = (): void => undefined
    const begin = (): void => {
      stopWatching = watchFor(`${directory}/${EVENT}`, () => observation.begin(), fail)
    }
    const observation = new Observation(path, directory, observer, begin)
    observer.add(() => {
      stopWatching()
      observation.close()
    })
    begin()
  })
}

/** What an event says of the phase. */
const PHASES: Readonly<Record<string, Phase>> = { u: 'up', U: 'ready', d: 'down', D: 'finished' }

/** Who may look, though not command, hears it leave, but not that it was killed. */
const UNWATCHED: Pick<Watch, 'close'> = { close: () => undefined }

class Observation {
  readonly #path: string
  readonly #directory: string
  readonly #observer: Subscriber<ServiceStatus>
  #subscription: Subscription | undefined
  /** Tells that nobody reads the control FIFO any more; undefined where nobody does. */
  #supervisor: Pick<Watch, 'close'> | undefined
  #phase: Phase | undefined
  #failed = false
  /** Sees `event/` be removed or replaced, with all who listen there. */
  #watcher: FSWatcher | undefined
  readonly #beginAnew: () => void

  constructor(path: string, directory: string, observer: Subscriber<ServiceStatus>, beginAnew: () => void) {
    this.#path = path
    this.#directory = directory
    this.#observer = observer
    this.#beginAnew = beginAnew
  }

  /** Listens, then looks. False where there is nothing to listen at yet. */
  begin(): boolean {
    try {
      const event = `${this.#directory}/${EVENT}`
      this.#subscription = new Subscription(`${this.#path}/${EVENT}`, event, {
        take: (bytes, length) => this.#guard(() => bytes.subarray(0, length).forEach((byte) => this.#take(byte))),
        error: (error) => this.#observer.error(error),
      })
      this.#watcher = this.#watch()
    } catch (error) {
      this.#subscription?.unsubscribe()
      if ((error instanceof FifodirError && error.code === 'ENOENT') || isSystemError(error, 'ENOENT')) return false
      throw error
    }
    this.#guard(() => this.#look())
    return true
  }

  /** Undefined for who may not list the service directory, or has no watch left: then what is there has to stay. */
  #watch(): FSWatcher | undefined {
    try {
      const watcher = watch(this.#directory, (_, name) => {
        if (name === EVENT) this.#lookForIt()
      })
      return watcher.on('error', () => this.#lookForIt())
    } catch (error) {
      if (isSystemError(error, 'EACCES', 'ENOSPC')) return undefined
      throw error
    }
  }

  /** It was removed, or another stands there: waits for one, and listens there. */
  #lookForIt(): void {
    this.close()
    this.#beginAnew()
  }

  close(): void {
    this.#watcher?.close()
    this.#subscription?.unsubscribe()
    this.#supervisor?.close()
    this.#supervisor = undefined
  }

  #take(byte: number): void {
    if (this.#observer.closed) return
    const event = EVENTS[byte] as string
    if (event === 'x') return this.#lose()
    if (event === 's' || this.#supervisor === undefined) return this.#look()
    if (event in PHASES) this.#phase = PHASES[event]
    if (event === 'u' || event === 'O') this.#failed = event === 'O'
    this.#emit(this.#read())
  }

  /** Finds out everything anew. */
  #look(): void {
    this.#supervisor?.close()
    this.#supervisor = this.#findSupervisor()
    const status = this.#read()
    this.#phase = status && phaseOf(status)
    this.#failed = false
    this.#emit(status)
  }

  #lose(): void {
    if (this.#supervisor === undefined) return
    this.#supervisor.close()
    this.#supervisor = undefined
    this.#emit(this.#read())
  }

  /** An error on the writing end of a FIFO is that nobody reads it: the kernel says so when the last one has died. */
  #findSupervisor(): Pick<Watch, 'close'> | undefined {
    try {
      const fd = openControlFifo(`${this.#directory}/${CONTROL}`)
      try {
        return watchDescriptor(fd, { readable: true }, () => this.#guard(() => this.#lose()))
      } finally {
        closeDescriptor(fd)
      }
    } catch (error) {
      if (isSystemError(error, 'ENOENT', 'ENXIO')) return undefined
      if (isSystemError(error, 'EACCES')) return isHeld(this.#directory) ? UNWATCHED : undefined
      throw error
    }
  }

  #read(): Status | undefined {
    try {
      return unpackStatus(readFileSync(`${this.#directory}/${STATUS}`), this.#path)
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return undefined
      throw error
    }
  }

  #emit(status: Status | undefined): void {
    const supervised = this.#supervisor !== undefined
    this.#observer.next({ supervised, phase: this.#phase, failed: this.#failed, status })
  }

  #guard(act: () => void): void {
    try {
      attempt('read status of', this.#path, act)
    } catch (error) {
      if (!(error instanceof FifodirError)) throw error
      this.#observer.error(error)
    }
  }
}

function phaseOf({ pid, finishing, ready }: Status): Phase {
  if (pid !== 0 && !finishing) return ready ? 'ready' : 'up'
  return ready ? 'finished' : 'down'
}
