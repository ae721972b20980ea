/** A file that its maker removes: it, and nothing else that has taken its place. */
import { lstatSync, unlinkSync } from 'node:fs'
import { isSystemError } from '../posix/system-error.ts'

/** Remembers what is at `path` now. Returns what removes it, where it is there still and may be removed. */
export function ownPath(path: string): () => void {
  const { dev, ino } = lstatSync(path, { bigint: true })
  return () => {
    try {
      const found = lstatSync(path, { bigint: true, throwIfNoEntry: false })
      if (found?.dev === dev && found.ino === ino) unlinkSync(path)
    } catch (error) {
      if (!isSystemError(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT')) throw error // it stays, stale
    }
  }
}
