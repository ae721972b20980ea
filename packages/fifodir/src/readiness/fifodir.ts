/** Readiness told to a fifodir. */
import { notify } from '../notify.ts'
import type { Sink } from './carry.ts'

/** Tells by the event `U` in the fifodir at `path`, or by other events. */
export function toFifodir(path: string, events = 'U'): Sink {
  return {
    name: path,
    async tell() {
      notify(path, events)
    },
  }
}
