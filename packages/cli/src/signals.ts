/** SIGINT, SIGTERM and SIGHUP end a wait: first what it has made is removed, then the process ends by that signal. */

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Until it is called again, `clean` is run before one of these signals ends the process. */
export function endCleanly(clean: (signal: NodeJS.Signals) => void): void {
  for (const signal of ENDING)
    process.once(signal, () => {
      clean(signal)
      for (const each of ENDING) process.removeAllListeners(each) // back to what the system does on it
      process.kill(process.pid, signal)
    })
}
