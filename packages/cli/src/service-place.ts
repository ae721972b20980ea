/** Where a service lives that has no service directory of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FifodirError } from 'fifodir'

/** Makes a service directory for this process alone, which is removed when the process ends. */
export function makeOwnService(): string {
  const path = makeTemporary()
  process.once('exit', () => rmSync(path, { recursive: true, force: true }))
  return path
}

function makeTemporary(): string {
  const parent = tmpdir()
  try {
    return mkdtempSync(join(parent, 'fifodir-run-'))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new FifodirError({
      code: String(error.code),
      operation: 'make',
      path: `a directory in ${parent}`,
      reason: /: (.*?),/.exec(error.message)?.[1] ?? error.message,
      hint: 'name in TMPDIR one that this user may write to, or give -d',
      cause: error,
    })
  }
}
