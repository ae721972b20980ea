/** Whole processes, from their start to their end: the command beside bare node, s6's programs, and wait-on. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { interleave, median } from './measure.mjs'
import { fifodirCommand, INSTALL_S6, INSTALL_WAIT_ON, inPath, waitOn } from './peers.mjs'
import { newDirectory, newFifodir } from './scratch.mjs'
import { timeOfProgram } from './spawn.mjs'
import { subscribers } from './subscribers.mjs'
import { ratioAtMost } from './table.mjs'

const ROUNDS = 30
/** wait-on takes about a second. */
const SLOW_ROUNDS = 5

export async function commandRows() {
  const subscribed = newFifodir()
  const answered = newFifodir()
  const subscriber = await subscribers(subscribed, 1)
  const answerer = fork(fileURLToPath(new URL('answerer.mjs', import.meta.url)), [answered])
  await once(answerer, 'message')

  const ours = (...args) => timeOfProgram([fifodirCommand, ...args])
  const wait = () => ours('wait', answered, 'U')
  const quick = await interleave(
    {
      node: bareNode(),
      notify: () => ours('notify', subscribed, 'U'),
      wait,
      listen: () => ours('listen', answered, 'U', '--', 'true'),
      ...whereInPath('s6-ftrig-notify', subscribed, 'U'),
      ...whereInPath('s6-ftrig-wait', answered, 'U'),
      ...whereInPath('s6-ftrig-listen1', answered, 'U', 'true'),
    },
    ROUNDS,
    () => subscriber.drain(),
  )
  const slow = await interleave({ wait: () => [wait(), wait(), wait()], ...waitOnFile() }, SLOW_ROUNDS)
  answerer.disconnect()
  await subscriber.end()

  const row = (command, samples, peer, install, goal) => ({
    figure: `fifodir ${command}`,
    unit: 'ns',
    ours: median(samples[command]),
    peer,
    theirs: median(samples[peer]),
    install,
    goals: goal === undefined ? [] : [ratioAtMost(goal)],
  })
  return [
    row('notify', quick, 'node', undefined, 1.15),
    row('notify', quick, 's6-ftrig-notify', INSTALL_S6),
    row('wait', quick, 'node', undefined, 1.35),
    row('wait', quick, 's6-ftrig-wait', INSTALL_S6),
    row('wait', slow, 'wait-on', INSTALL_WAIT_ON),
    row('listen', quick, 'node', undefined, 1.35),
    row('listen', quick, 's6-ftrig-listen1', INSTALL_S6),
  ]
}

function bareNode() {
  const empty = `${newDirectory()}/empty.js`
  writeFileSync(empty, '')
  return () => timeOfProgram(['node', empty])
}

function whereInPath(program, ...args) {
  return inPath(program) && { [program]: () => timeOfProgram([program, ...args]) }
}

/** It waits for a file that is there. */
function waitOnFile() {
  const peer = waitOn()
  const file = `${newDirectory()}/ready`
  writeFileSync(file, '')
  return peer && { 'wait-on': () => timeOfProgram([...peer.argv, file]) }
}
