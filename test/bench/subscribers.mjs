/** Many subscriptions, in processes of their own, which read only when they are told to: nobody runs while others are timed. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { descriptorLimit } from '../../packages/fifodir/dist/posix/descriptor-limit.js'

const HOLDER = fileURLToPath(new URL('fifo-holder.mjs', import.meta.url))

/** What a process needs besides its FIFOs. */
const OTHER_DESCRIPTORS = 200

/** Subscribes `count` times in `fifodir`. */
export async function subscribers(fifodir, count) {
  const each = descriptorLimit() - OTHER_DESCRIPTORS
  const holders = []
  for (let left = count; left > 0; left -= each) holders.push(fork(HOLDER, [fifodir, String(Math.min(left, each))]))
  await Promise.all(holders.map((holder) => once(holder, 'message')))
  return {
    /** Reads whatever has come to all of them. */
    async drain() {
      for (const holder of holders) {
        holder.send('drain')
        await once(holder, 'message')
      }
    },
    async end() {
      for (const holder of holders) {
        holder.disconnect()
        await once(holder, 'exit')
      }
    },
  }
}
