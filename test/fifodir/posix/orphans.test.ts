/** Orphans are reaped; the children of whoever has started them are left to him. */
import { expect, test } from 'vitest'
import { inOwnProcess } from '../../support/own-process.ts'

test('orphans are reaped, and the children of spawn and of node:child_process end as they would', async () => {
  const result = await inOwnProcess(async ({ posix, fs }) => {
    const events = process.getBuiltinModule('events')
    const children = process.getBuiltinModule('child_process')
    posix.reapOrphans()
    posix.reapOrphans() // once is enough
    const ends: unknown[] = []
    const own = Array.from({ length: 50 }, (_, index) => {
      const ours = posix.spawn('sh', ['-c', `sh -c 'exit 1' & sh -c 'exit 2' & exit ${index}`])
      const theirs = children.spawn('sh', ['-c', `sh -c 'exit 1' & sh -c 'exit 2' & exit ${index}`])
      return Promise.all([ours.ended, events.once(theirs, 'exit')])
    })
    for (const [ours, [theirs]] of await Promise.all(own)) ends.push(['code' in ours && ours.code, theirs])
    /** All children of this process, zombies included. */
    const family = (): string[] =>
      fs
        .readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1')
        .trim()
        .split(' ')
        .filter((pid) => pid !== '')
    while (family().length > 0) await new Promise(setImmediate)
    return ends
  }, [])
  expect(result).toEqual(Array.from({ length: 50 }, (_, index) => [index, index]))
})
