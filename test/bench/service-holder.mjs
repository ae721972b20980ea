/** Supervises as many services as it is told, below a directory, and says how much memory that takes. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { supervise, whenReady } from 'fifodir/service'

const [directory, count] = process.argv.slice(2)

const privateBytes = () => {
  globalThis.gc()
  const sums = readFileSync('/proc/self/smaps_rollup', 'latin1').matchAll(/^Private_\w+:\s+(\d+) kB$/gm)
  return [...sums].reduce((total, [, kilobytes]) => total + Number(kilobytes) * 1024, 0)
}

/** A service directory like any other. */
async function start(name) {
  const service = `${directory}/${name}`
  mkdirSync(service)
  writeFileSync(`${service}/run`, '#!/bin/sh\necho >&3\nexec sleep 1000\n', { mode: 0o755 })
  writeFileSync(`${service}/notification-fd`, '3\n')
  const supervisor = supervise(service)
  await whenReady(service)
  return supervisor
}

const first = await start('first') // what is there once
const before = privateBytes()
const others = []
for (let index = 1; index < Number(count); index++) others.push(await start(`service-${index}`))
console.log((privateBytes() - before) / Math.max(1, others.length))
process.on('SIGTERM', () => {
  for (const supervisor of [first, ...others]) supervisor.signal('SIGTERM')
})
