/** What supervising a service takes: memory, and the time from its death to its next start. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { waitFor } from 'fifodir'
import { readStatus, whenReady } from 'fifodir/service'
import { median, now, sleep } from './measure.mjs'
import { INSTALL_S6, inPath } from './peers.mjs'
import { newDirectory } from './scratch.mjs'
import { atMost, ratioAtMost } from './table.mjs'

const SERVICES = 500
const PEERS = 20
const RESTARTS = 15
/** A service that was ready for a second may be started again at once. */
const READY_MS = 1100

export async function serviceRows() {
  const s6 = inPath('s6-supervise')
  const ours = await holder(SERVICES)
  const one = await holder(1)
  const theirs = s6 && (await s6Supervisors(s6, PEERS))
  const times = await restarts({ ours: one.first, ...(theirs && { theirs: theirs.first }) })
  await Promise.all([ours, one, theirs].map((side) => side?.stop()))
  const row = { peer: 's6-supervise', install: INSTALL_S6 }
  return [
    {
      ...row,
      figure: `memory of a service, of ${SERVICES}`,
      unit: 'bytes',
      ours: ours.bytes,
      theirs: theirs?.bytes,
      goals: [atMost(60_000, 'bytes')],
    },
    {
      ...row,
      figure: 'from death to the next start',
      unit: 'ns',
      ours: median(times.ours),
      theirs: times.theirs && median(times.theirs),
      goals: [ratioAtMost(2)],
    },
  ]
}

/** A Node process with `count` services. */
async function holder(count) {
  const directory = newDirectory()
  const program = fileURLToPath(new URL('service-holder.mjs', import.meta.url))
  const argv = ['--expose-gc', program, directory, String(count)]
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  const stop = async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  return { bytes: Number(line), first: `${directory}/first`, stop }
}

/** A process for each service, as s6 has it. */
async function s6Supervisors(program, count) {
  const directory = newDirectory()
  const services = Array.from({ length: count }, (_, index) => `${directory}/service-${index}`)
  const children = services.map((service) => {
    mkdirSync(service)
    writeFileSync(`${service}/run`, '#!/bin/sh\necho >&3\nexec sleep 1000\n', { mode: 0o755 })
    writeFileSync(`${service}/notification-fd`, '3\n')
    return spawn(program, [service], { stdio: 'ignore' })
  })
  await Promise.all(services.map((service) => whenReady(service)))
  const bytes = median(children.map(({ pid }) => privateBytes(pid)))
  const stop = () =>
    Promise.all(
      children.map((child) => {
        child.kill('SIGTERM')
        return once(child, 'exit')
      }),
    )
  return { bytes, first: services[0], stop }
}

function privateBytes(pid) {
  const sums = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1').matchAll(/^Private_\w+:\s+(\d+) kB$/gm)
  return [...sums].reduce((total, [, kilobytes]) => total + Number(kilobytes) * 1024, 0)
}

/** Kills each side's service in turn, and takes the time until it has started again. */
async function restarts(services) {
  const times = Object.fromEntries(Object.keys(services).map((side) => [side, []]))
  for (let round = 0; round < RESTARTS; round++) {
    await sleep(READY_MS)
    for (const [side, service] of Object.entries(services)) {
      const started = waitFor(`${service}/event`, 'd.*u')
      const killed = now()
      process.kill(readStatus(service).status.pid, 'SIGKILL')
      await started
      times[side].push(now() - killed)
      await whenReady(service)
    }
  }
  return times
}
