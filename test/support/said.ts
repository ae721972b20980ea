/** What a process says on standard error while it runs. */
import type { Running } from './process.ts'

/** Resolves with what `pattern` has found, once `running`, just started, has said that; rejects where it ends before. */
export function untilSaid(running: Running, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let said = ''
    running.child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const found = pattern.exec(said)
      if (found) resolve(found)
    })
    running.ended.then(() => reject(new Error(`ended without saying ${pattern}: ${said}`)), reject)
  })
}
