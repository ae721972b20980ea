/**
 * Ready to exit: what is waited for happens, until the waiter's process is gone. All waiters have been waiting for a
 * while. wait-on polls and then looks whether it stays so, at its defaults, so it is met at any point of its period.
 */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { interleave, median, now, sleep } from './measure.mjs'
import { fifodirCommand, INSTALL_S6, INSTALL_WAIT_ON, inPath, waitOn } from './peers.mjs'
import { newDirectory, newFifodir } from './scratch.mjs'
import { start, waitForEnd } from './spawn.mjs'
import { openSubscription } from './subscription-end.mjs'
import { ahead, atMost } from './table.mjs'

const ROUNDS = 20
/** wait-on takes one to two seconds. */
const SLOW_ROUNDS = 7
const WAIT_ON_PERIOD_MS = 250

export async function exitRows() {
  const ours = () => timeToExit([fifodirCommand, 'wait'])
  const s6 = inPath('s6-ftrig-wait')
  const peer = waitOn()
  const quick = await interleave({ ours, ...(s6 && { 's6-ftrig-wait': () => timeToExit([s6]) }) }, ROUNDS)
  const slow = await interleave(
    {
      ours: () => thrice(ours),
      ...(peer && {
        'wait-on, a file': () => waitOnFile(peer),
        'wait-on, a port': () => thrice(() => waitOnPort(peer)),
      }),
    },
    SLOW_ROUNDS,
  )
  const row = (samples, name, install, goal) => ({
    figure: 'ready to exit',
    unit: 'ns',
    ours: median(samples.ours),
    peer: name,
    theirs: median(samples[name]),
    install,
    goals: [goal],
  })
  return [
    row(quick, 's6-ftrig-wait', INSTALL_S6, atMost(5e6, 'ns')),
    row(slow, 'wait-on, a file', INSTALL_WAIT_ON, ahead(30)),
    row(slow, 'wait-on, a port', INSTALL_WAIT_ON, ahead(30)),
  ]
}

async function thrice(measure) {
  return [await measure(), await measure(), await measure()]
}

async function timeToExit(command) {
  const fifodir = newFifodir()
  const argv = [...command, fifodir, 'U']
  const pid = start(argv)
  const subscription = await openSubscription(fifodir)
  await sleep(100)
  const time = await timeUntilEnd(pid, argv, () => subscription.send('U'))
  subscription.close()
  return time
}

async function waitOnFile({ argv }) {
  const file = `${newDirectory()}/ready`
  const pid = start([...argv, file])
  await settled()
  return timeUntilEnd(pid, argv, () => writeFileSync(file, ''))
}

async function waitOnPort({ argv }) {
  const port = await freePort()
  const server = createServer()
  const pid = start([...argv, `tcp:127.0.0.1:${port}`])
  await settled()
  // the kernel takes the connections
  const time = await timeUntilEnd(pid, argv, () => once(server.listen(port, '127.0.0.1'), 'listening'))
  server.close()
  return time
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** It takes wait-on 300 ms to start; then, at points of its period that are spread evenly. */
function settled() {
  phase = (phase + GOLDEN) % 1
  return sleep(600 + phase * WAIT_ON_PERIOD_MS)
}

const GOLDEN = 0.618
let phase = 0

async function timeUntilEnd(pid, argv, happen) {
  const begin = now()
  await happen()
  waitForEnd(pid, argv.join(' '))
  return now() - begin
}
