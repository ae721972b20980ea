/** Signals to this process. */
import { constants } from 'node:os'
import { BEFORE } from './before.ts'

/** Has `act` called on each of these signals. What it was told to ignore, as by nohup, it ignores. */
export function onSignals<Name extends NodeJS.Signals>(names: readonly Name[], act: (signal: Name) => void): void {
  for (const name of names) {
    const isIgnored = BEFORE.ignoredSignals?.includes(constants.signals[name]) === true
    process.on(name, isIgnored ? () => undefined : () => act(name))
  }
}

/** Those that end a wait: first what it has made is removed, then the process ends by that signal. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Before one of these signals ends the process `clean` is run. */
export function endCleanly(clean: (signal: NodeJS.Signals) => void): void {
  onSignals(ENDING, (signal) => {
    clean(signal)
    for (const each of ENDING) process.removeAllListeners(each) // back to what the system does on it
    process.kill(process.pid, signal)
  })
}
