/**
 * From this process's write until another one has the event: the observer's `next`, and the peers. This process sleeps
 * before each write, as they do; the clock is the same for all.
 */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Ftrigr, INSTALL_LIBS6 } from './libs6.mjs'
import { interleave, now, percentile, sleep } from './measure.mjs'
import { compile, INSTALL_COMPILER } from './peers.mjs'
import { newDirectory, newFifodir } from './scratch.mjs'
import { openSubscription } from './subscription-end.mjs'
import { ratioAtMost } from './table.mjs'

const ROUNDS = 1500
const END = '~'

export async function deliveryRows() {
  const pollLoop = compile(pathOf('poll-loop.c'), `${newDirectory()}/poll-loop`)
  const receivers = {
    ours: await nodeReceiver('ours'),
    ...(pollLoop && { 'poll loop in C': await pollLoopReceiver(pollLoop) }),
    ...(Ftrigr && { ftrigr: await nodeReceiver('ftrigr') }),
  }
  await sleep(300) // all of them wait now
  const sides = Object.entries(receivers).map(([name, { send }]) => [name, send])
  await interleave(Object.fromEntries(sides), ROUNDS, () => sleep(1))
  const latencies = {}
  for (const [name, receiver] of Object.entries(receivers)) latencies[name] = await receiver.latencies()
  return [
    ...rowsOf(latencies, 'poll loop in C', INSTALL_COMPILER, 3),
    ...rowsOf(latencies, 'ftrigr', INSTALL_LIBS6, 0.4),
  ]
}

function rowsOf({ ours, ...peers }, peer, install, goal) {
  return [50, 99].map((percent) => ({
    figure: `delivery, p${percent}`,
    unit: 'ns',
    ours: percentile(ours, percent),
    peer,
    theirs: percentile(peers[peer], percent),
    install,
    goals: percent === 50 ? [ratioAtMost(goal)] : [],
  }))
}

function nodeReceiver(kind) {
  const fifodir = newFifodir()
  return startReceiver(process.execPath, [pathOf('delivery-receiver.mjs'), kind, fifodir], fifodir)
}

function pollLoopReceiver(program) {
  const directory = newDirectory()
  return startReceiver(program, [`${directory}/ftrig1:poll`], directory)
}

/** Starts a process that reads the one FIFO in `directory`. */
async function startReceiver(program, args, directory) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  process.on('exit', () => child.kill())
  const output = text(child.stdout)
  const subscription = await openSubscription(directory)
  const sent = []
  return {
    send() {
      const event = String.fromCharCode(33 + (sent.length % 64))
      sent.push([event.charCodeAt(0), now()])
      subscription.send(event)
      return []
    },
    /** Ends it. @returns how long each event took; of those that ftrigr gets at once, it tells the last alone */
    async latencies() {
      subscription.send(END)
      subscription.close()
      const came = (await output)
        .trim()
        .split('\n')
        .map((line) => line.split(' ').map(Number))
      let index = 0
      return came.slice(0, -1).map(([event, time]) => {
        while (sent[index]?.[0] !== event) if (index++ === sent.length) throw new Error(`${event} was never sent`)
        return time - sent[index++][1]
      })
    },
  }
}

function pathOf(file) {
  return fileURLToPath(new URL(file, import.meta.url))
}
