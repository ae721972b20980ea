/** What is to be undone when a thread ends in an orderly way: a worker's descriptors are the process's, and outlive it. */

const live = new Set<() => void>()

function undoAll(): void {
  for (const undo of live) undo()
}

/** Has `undo` called at the end of the thread, by itself or by `process.exit()`. Returns what has it called no more. */
export function atExit(undo: () => void): () => void {
  if (live.size === 0) process.on('exit', undoAll)
  live.add(undo)
  return () => {
    live.delete(undo)
    if (live.size === 0) process.removeListener('exit', undoAll)
  }
}
