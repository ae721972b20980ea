/** The peers of the interop tests: real programs from Debian's packages. */
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe } from 'vitest'

/**
 * A suite that needs `programs` (or files, by their paths) of the Debian package `name`. On CI a missing one is a failure; elsewhere the suite is
 * skipped, and its title says what to install.
 */
export function describeWithPeer(title: string, name: string, programs: readonly string[], suite: () => void): void {
  const missing = programs.filter((program) => !(program.includes('/') ? existsSync(program) : isInPath(program)))
  if (missing.length > 0 && process.env['CI'] === undefined)
    describe.skip(`${title} (no ${missing.join(', ')}: apt-get install ${name})`, suite)
  else describe(title, suite)
}

function isInPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => isExecutable(join(directory, program)))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}
