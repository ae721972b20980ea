/** Waiting for something to appear in the file system: watched, never polled. */
import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { isSystemError } from './posix/system-error.ts'

/**
 * Calls `look` now, and again whenever an entry on the way to `path` changes, until it returns true or the returned
 * function is called. Every directory on the way is watched, from the root on, as any of them may be replaced. No change
 * is missed: a directory is watched after the one that holds it, and the last look is younger than all the watches.
 *
 * @param path absolute
 * @param fail takes what `look` throws, and what the watch reports: ENOSPC where the user has too many of them
 */
export function watchFor(path: string, look: () => boolean, fail: (error: unknown) => void): () => void {
  let watchers: FSWatcher[] = []
  let over = false

  const unwatch = (): void => {
    for (const watcher of watchers) watcher.close()
    watchers = []
  }
  const stop = (): void => {
    over = true
    unwatch()
  }
  const giveUp = (error: unknown): void => {
    stop()
    fail(error)
  }
  const watchEntry = (directory: string, entry: string): void => {
    const watcher = watch(directory, (_, name) => {
      if (name === null || name === entry) lookAfter(watchAll)
    })
    watchers.push(watcher)
    watcher.on('error', giveUp)
  }
  /** Throws where the last directory of the way, so far, may not be watched. */
  const watchAll = (): void => {
    unwatch()
    let refused: unknown
    for (const [directory, entry] of wayTo(path)) {
      try {
        watchEntry(directory, entry)
        refused = undefined
      } catch (error) {
        if (isSystemError(error, 'ENOENT')) break
        if (!isSystemError(error, 'EACCES')) throw error
        refused = error // it may let through, though
      }
    }
    if (refused !== undefined) throw refused
  }
  const lookAfter = (prepare: () => void): void => {
    if (over) return
    try {
      prepare()
      if (look()) stop()
    } catch (error) {
      giveUp(error)
    }
  }
  lookAfter(() => undefined)
  lookAfter(watchAll)
  return stop
}

/** The directories that lead to `path`, from the root on, each with the entry in it that leads on. */
function wayTo(path: string): [directory: string, entry: string][] {
  const directory = dirname(path)
  return directory === path ? [] : [...wayTo(directory), [directory, basename(path)]]
}
