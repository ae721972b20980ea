/** Programs that are ready when a command says so. */
import { probed } from './probed.ts'
import type { Source } from './when-ready.ts'

/** Ready when `command`, run by `/bin/sh -c` with no input and no output, exits 0. With the wait it ends, too. */
export function fromCheck(command: string): Source {
  return probed((signal) => succeeds(command, signal))
}

async function succeeds(command: string, signal: AbortSignal): Promise<boolean> {
  const { spawn } = await import('node:child_process')
  if (signal.aborted) return false
  const child = spawn('/bin/sh', ['-c', command], { stdio: 'ignore', detached: true })
  // the leader of a group: what the command has started ends with it
  const abort = (): boolean => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL')
  signal.addEventListener('abort', abort)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => {
      signal.removeEventListener('abort', abort)
      resolve(code === 0)
    })
  })
}
