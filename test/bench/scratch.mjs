/** Directories for the time of the benches: in memory where the system has a place for that, as fifodirs should be. */
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeFifodir } from 'fifodir'

/** Where the directories are made. */
export const place = isWritable('/dev/shm') ? '/dev/shm' : tmpdir()

let root

/** A new empty directory; it is removed when the process exits. */
export function newDirectory() {
  root ??= makeRoot()
  return mkdtempSync(join(root, '_'))
}

function makeRoot() {
  const path = mkdtempSync(join(place, 'fifodir-bench-'))
  process.on('exit', () => rmSync(path, { recursive: true, force: true }))
  return path
}

/** A new fifodir, as good. */
export function newFifodir() {
  const path = join(newDirectory(), 'event')
  makeFifodir(path)
  return path
}

function isWritable(path) {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}
