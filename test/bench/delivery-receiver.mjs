/**
 * A process: `delivery-receiver.mjs ours|ftrigr FIFODIR` subscribes there, until '~' comes; then it prints each event and
 * when it came.
 */
import { writeFileSync } from 'node:fs'
import { events } from 'fifodir'
import koffi from 'koffi'
import { Ftrigr } from './libs6.mjs'
import { now } from './measure.mjs'

const END = '~'.charCodeAt(0)
const RECEIVERS = { ours: receiveOurs, ftrigr: receiveFtrigr }

const [receiver, fifodir] = process.argv.slice(2)
const came = []
RECEIVERS[receiver]()

/** Notes an event. @returns whether there are more to come */
function note(event) {
  came.push([event, now()])
  return event !== END
}

function receiveOurs() {
  const subscription = events(fifodir).subscribe((event) => {
    if (note(event.charCodeAt(0))) return
    subscription.unsubscribe()
    print()
  })
}

/** As a C program would: it blocks in poll, which costs less than to go through Node's loop. */
function receiveFtrigr() {
  const poll = koffi.load(null).func('int poll(_Inout_ void *fds, unsigned long count, int timeout)')
  const session = new Ftrigr()
  const id = session.subscribe(fifodir, '.')
  const descriptor = Buffer.alloc(8)
  descriptor.writeInt32LE(session.fd, 0)
  descriptor.writeInt16LE(1, 4) // POLLIN
  for (let more = true; more; ) {
    poll(descriptor, 1, -1)
    const event = session.check(id)
    if (event !== undefined) more = note(event)
  }
  session.unsubscribe(id)
  session.end()
  print()
}

function print() {
  writeFileSync(1, came.map((each) => `${each.join(' ')}\n`).join(''))
}
