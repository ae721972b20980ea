/** A worker thread with `count` subscriptions: posts every event with its subscription's number; `q` and `x` end it. */
import { parentPort, workerData } from 'node:worker_threads'
import { events } from 'fifodir'

const { fifodir, count } = workerData
for (let number = 0; number < count; number++) {
  const subscription = events(fifodir).subscribe((event) => {
    parentPort.postMessage(`${number}${event}`)
    if (event === 'q') subscription.unsubscribe()
    if (event === 'x') process.exit()
  })
}
parentPort.postMessage('listening')
