/** The state of a service in words, as s6-svstat has them. */
import { exitOf } from 'fifodir/posix'
import type { RecordedStatus, Status } from 'fifodir/service'

type Recorded = RecordedStatus & { readonly status: Status }

/** `up (pid 123) 5 seconds, ready 4 seconds`. @see s6 2.11.3.2 src/supervision/s6-svstat.c */
export function describeStatus({ supervised, normallyUp, status }: Recorded, now: Date = new Date()): string {
  const { pid, finishing, paused, wantedUp, ready, since, readySince } = status
  const isUp = pid !== 0 && !finishing
  const seconds = (from: Date): string => {
    const count = Math.max(0, Math.floor((now.getTime() - from.getTime()) / 1000))
    return `${count} seconds` // also where it is 1, as s6-svstat says
  }
  const parts = [
    `${isUp ? `up (pid ${pid})` : `down (${describeExit(status)})`} ${seconds(since)}`,
    isUp !== normallyUp && `normally ${normallyUp ? 'up' : 'down'}`,
    isUp && paused && 'paused',
    isUp !== wantedUp && `want ${wantedUp ? 'up' : 'down'}`,
    ready && `ready ${seconds(readySince)}`,
    !supervised && 'no supervisor',
  ]
  return parts.filter((part) => part !== false).join(', ')
}

/** The state as an object. */
export function statusObject({ supervised, normallyUp, status }: Recorded): object {
  const { pid, finishing, since, readySince, ready, waitStatus, ...rest } = status
  const { waitStatus: _, ...exit } = exitOf(waitStatus)
  return {
    supervised,
    up: pid !== 0 && !finishing,
    ready,
    pid: pid === 0 ? null : pid,
    since,
    readySince: ready ? readySince : null,
    finishing,
    normallyUp,
    ...rest,
    exit,
  }
}

function describeExit({ waitStatus }: Status): string {
  const exit = exitOf(waitStatus)
  return 'signal' in exit ? `signal ${exit.signal}` : `exitcode ${exit.code}`
}
