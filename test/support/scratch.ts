/** Directories that live as long as one test. */
import { mkdtempSync, readdirSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeFifodir } from 'fifodir'
import { onTestFinished } from 'vitest'

/** A new empty directory. */
export function newDirectory(parent: string = tmpdir()): string {
  const directory = mkdtempSync(join(parent, 'fifodir-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A directory that no busy one leads to: who waits for something to appear wakes with every change beside the way. */
export function newQuietDirectory(): string {
  return newDirectory('/var/tmp')
}

/** A new fifodir. */
export function newFifodir(parent: string = newDirectory()): string {
  const path = join(parent, 'event')
  makeFifodir(path)
  return path
}

/** The FIFOs of all who are subscribed in `fifodir`. */
export function fifosIn(fifodir: string): string[] {
  return readdirSync(fifodir).filter((name) => name.startsWith('ftrig1:@'))
}

/** Resolves once `holds` is true of the entries of `directory`: looks whenever it changes. */
export function untilEntries(directory: string, holds: (names: readonly string[]) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (!holds(readdirSync(directory))) return
      watcher.close()
      resolve()
    }
    const watcher = watch(directory, look)
    watcher.on('error', reject)
    look()
  })
}

/** Resolves once `count` subscribers listen in `fifodir`. */
export function untilSubscribed(fifodir: string, count = 1): Promise<void> {
  return untilEntries(fifodir, (names) => names.filter((name) => name.startsWith('ftrig1:@')).length === count)
}
