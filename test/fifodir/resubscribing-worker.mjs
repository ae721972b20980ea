/** A worker thread that has subscribed and unsubscribed ten times, one by one and at once: posts what Node warned of. */
import { parentPort, workerData } from 'node:worker_threads'
import { events } from 'fifodir'

const warnings = []
process.on('warning', (warning) => warnings.push(String(warning)))

const subscribe = () => events(workerData).subscribe()
for (let count = 0; count < 10; count++) {
  subscribe().unsubscribe()
  await new Promise(setImmediate) // the number is free again, and comes again
}
for (const subscription of Array.from({ length: 10 }, subscribe)) subscription.unsubscribe()
await new Promise(setImmediate)
parentPort.once('message', () => parentPort.close())
parentPort.postMessage(warnings)
