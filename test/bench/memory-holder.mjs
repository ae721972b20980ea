/** A process: `memory-holder.mjs FIFODIR COUNT` makes COUNT subscriptions, and prints by how much it has grown. */
import { readFileSync } from 'node:fs'
import { events } from 'fifodir'

const [fifodir, count] = process.argv.slice(2)
const observer = { next: () => undefined }

await subscribed(100).end() // what the first ones take once is not theirs
const before = residentBytes()
const all = subscribed(Number(count))
await settled()
console.log(residentBytes() - before)
await all.end()

function subscribed(many) {
  const subscriptions = Array.from({ length: many }, () => events(fifodir).subscribe(observer))
  return {
    end() {
      for (const subscription of subscriptions) subscription.unsubscribe()
      return settled()
    },
  }
}

async function settled() {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    globalThis.gc()
  }
}

function residentBytes() {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))[1]) * 1024
}
