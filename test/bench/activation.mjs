/**
 * What the first client of a service waits that is started for it: from its connect to its answer. The service is a
 * program in C, which takes a millisecond to start; what it takes without anybody between is measured beside it.
 */
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openSockets } from 'fifodir/activation'
import { spawn } from 'fifodir/posix'
import { interleave, median, now, sleep, until } from './measure.mjs'
import { compile, fifodirCommand, INSTALL_COMPILER, inPath } from './peers.mjs'
import { newDirectory } from './scratch.mjs'
import { end, start, waitForEnd } from './spawn.mjs'
import { atMost } from './table.mjs'

const ROUNDS = 30
const INSTALL = 'apt-get install systemd'

export async function activationRows() {
  const server = compile(fileURLToPath(new URL('one-answer.c', import.meta.url)), `${newDirectory()}/one-answer`)
  const peer = inPath('systemd-socket-activate')
  const samples =
    server === undefined
      ? {}
      : await interleave(
          {
            alone: () => startAlone(server),
            activate: () => timeToAnswer((path) => [fifodirCommand, 'activate', '--listen', `unix:${path}`, server]),
            lazy: () => timeToAnswer((path) => [fifodirCommand, ...LAZY, `unix:${path}`, server], true),
            ...(peer && { 'systemd-socket-activate': () => timeToAnswer((path) => [peer, '-l', path, server]) }),
          },
          ROUNDS,
        )
  const alone = median(samples.alone)
  const install = server === undefined ? INSTALL_COMPILER : INSTALL
  const theirs = median(samples['systemd-socket-activate'])
  const beyond = (time) => (time === undefined ? undefined : Math.max(0, time - alone))
  const rows = (figure, ours, goals) => [
    { figure, unit: 'ns', ours, peer: 'systemd-socket-activate', theirs, install },
    {
      figure: `${figure}, beyond its start`,
      unit: 'ns',
      ours: beyond(ours),
      peer: 'systemd-socket-activate',
      theirs: beyond(theirs),
      install,
      goals,
    },
  ]
  return [
    ...rows('first client, activate', median(samples.activate), [atMost(5e6, 'ns')]),
    ...rows('first client, run --lazy', median(samples.lazy), [atMost(5e6, 'ns')]),
  ]
}

const LAZY = ['run', '-q', '--lazy', '--listen']

/** The service, with a client that has come already. */
async function startAlone(server) {
  const path = `${newDirectory()}/socket`
  const opened = openSockets([`unix:${path}`])
  const client = connect(path)
  await once(client, 'connect')
  const begin = now()
  const { ended } = spawn(server, [], { descriptors: { 3: opened.sockets[0].fd } })
  await once(client, 'data')
  const time = now() - begin
  client.destroy()
  const alive = setInterval(() => undefined, 1000) // what was spawned does not keep Node going
  await ended
  clearInterval(alive)
  opened.close()
  return time
}

/** @param argvFor what listens at a path, and starts the service; `stays` where it goes on after that */
async function timeToAnswer(argvFor, stays = false) {
  const path = `${newDirectory()}/socket`
  const argv = argvFor(path)
  const pid = start(argv)
  await until(() => existsSync(path) || undefined, `socket of ${argv.join(' ')}`)
  await sleep(100) // it waits
  const begin = now()
  const client = connect(path)
  await once(client, 'data')
  const time = now() - begin
  client.destroy()
  if (stays) end([pid])
  else waitForEnd(pid, argv.join(' '))
  return time
}
