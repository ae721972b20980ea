/** Paths as callers give them. */

/** @throws TypeError for what cannot be a path: not a string, empty, or with a NUL in it */
export function checkPath(path: string): void {
  if (typeof path !== 'string') throw new TypeError(`path must be a string, not ${typeof path}`)
  if (path === '') throw new TypeError('path must not be empty; name a fifodir')
  if (path.includes('\0')) throw new TypeError('path must not have a NUL in it')
}

/** The same place whatever becomes of the working directory; left as it is otherwise: `a/../b` may lead elsewhere than `b`. */
export function absolutePath(path: string): string {
  checkPath(path)
  return path.startsWith('/') ? path : `${process.cwd()}/${path}`
}
