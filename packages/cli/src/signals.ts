/** SIGINT, SIGTERM and SIGHUP end a wait: first what it has made is removed, then the process ends by that signal. */
import { constants } from 'node:os'
import { BEFORE } from './before.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Before one of these signals ends the process `clean` is run. What it was told to ignore, as by nohup, it ignores. */
export function endCleanly(clean: (signal: NodeJS.Signals) => void): void {
  const isIgnored = (signal: NodeJS.Signals): boolean =>
    BEFORE.ignoredSignals?.includes(constants.signals[signal]) === true
  const end = (signal: NodeJS.Signals): void => {
    clean(signal)
    for (const each of SIGNALS) process.removeAllListeners(each) // back to what the system does on it
    process.kill(process.pid, signal)
  }
  for (const signal of SIGNALS) process.on(signal, isIgnored(signal) ? () => undefined : end)
}
