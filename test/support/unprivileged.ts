/** The command as the user that owns nothing runs it: for tests that run as root. */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { NOBODY } from './own-process.ts'
import { FIFODIR, type Running, start } from './process.ts'
import { newDirectory } from './scratch.ts'

/** Starts the command as `NOBODY`; a copy of it, as the repository may lie where that user may not read. */
export function startAsNobody(args: readonly string[], options: Parameters<typeof start>[2] = {}): Running {
  const place = newDirectory()
  chmodSync(place, 0o755)
  const command = join(place, 'fifodir.cjs')
  for (const file of ['fifodir.cjs', 'waits.cjs', 'rest.cjs'])
    copyFileSync(join(dirname(FIFODIR), file), join(place, file))
  const koffi = realpathSync(createRequire(FIFODIR).resolve('koffi'))
  const modules = koffi.slice(0, koffi.lastIndexOf('/koffi/'))
  execFileSync('cp', ['-RL', modules, join(place, 'node_modules')])
  return start(process.execPath, [command, ...args], { ...options, uid: NOBODY, gid: NOBODY })
}
