/** When it is time. */

/** Calls `act` after `ms`, once the event loop has read all that had come by then. Returns what prevents it. */
export function afterReading(ms: number, act: () => void): () => void {
  let immediate: NodeJS.Immediate | undefined
  const timer = setTimeout(() => {
    immediate = setImmediate(act)
  }, ms)
  return () => {
    clearTimeout(timer)
    clearImmediate(immediate)
  }
}

/** Calls `act` in a later turn, `ms` from now: at once where that is 0, where a timer would take a millisecond. */
export function after(ms: number, act: () => void): () => void {
  if (ms > 0) {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  }
  const immediate = setImmediate(act)
  return () => clearImmediate(immediate)
}
