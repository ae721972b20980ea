/** What only root can set up: other users, mounts, device nodes. */
import { describe } from 'vitest'

/** A suite that only root can run. On CI not being root is a failure; elsewhere the suite is skipped, and says why. */
export function describeAsRoot(title: string, suite: () => void): void {
  if (process.geteuid?.() !== 0 && process.env['CI'] === undefined) describe.skip(`${title} (not root)`, suite)
  else describe(title, suite)
}
