/**
 * `pnpm bench [--json FILE] [--only NAME]…`: what fifodir costs, side by side with its peers, in one run. Prints a table;
 * FILE gets the same as JSON. Nothing is asserted: a goal that is not met is said to be so.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { machine, versions } from './machine.mjs'
import { now } from './measure.mjs'
import { facts, isMet, table } from './table.mjs'

/** By name; each is loaded when it is its turn, and returns its rows. */
const PARTS = {
  notify: async () => (await import('./notify.mjs')).notifyRows(),
  delivery: async () => (await import('./delivery.mjs')).deliveryRows(),
  subscription: async () => (await import('./subscription.mjs')).subscriptionRows(),
  memory: async () => (await import('./memory.mjs')).memoryRows(),
  pattern: async () => (await import('./pattern.mjs')).patternRows(),
  commands: async () => (await import('./commands.mjs')).commandRows(),
  exit: async () => (await import('./exit.mjs')).exitRows(),
  service: async () => (await import('./service.mjs')).serviceRows(),
  activation: async () => (await import('./activation.mjs')).activationRows(),
  idle: async () => (await import('./idle.mjs')).idleRows(),
}

// with it Node 20 takes 37 ms longer to start: what is timed here must not have it
delete process.env.NODE_EXTRA_CA_CERTS
delete process.env.NODE_OPTIONS
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1)) // which tidies up

const { only = Object.keys(PARTS), json } = readArguments()
const start = now()
const rows = []
for (const name of only) {
  process.stderr.write(`${name} … `)
  const partStart = now()
  rows.push(...(await PARTS[name]()))
  process.stderr.write(`${((now() - partStart) / 1e9).toFixed(1)} s\n`)
}

const machineFacts = machine()
const goals = rows.map(isMet).filter((met) => met !== undefined)
console.log(`${table(rows)}\n`)
console.log(
  `Medians where nothing else is said, all sides taking turns; ${goals.filter(Boolean).length} of ${goals.length} goals met.`,
)
console.log([...Object.values(machineFacts), `${((now() - start) / 1e9).toFixed(0)} s in all`].join(', '))
if (json !== undefined) {
  const report = { date: new Date().toISOString(), machine: machineFacts, versions: versions(), rows: rows.map(facts) }
  writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`)
}
process.exit()

function readArguments() {
  try {
    const { values } = parseArgs({ options: { json: { type: 'string' }, only: { type: 'string', multiple: true } } })
    const unknown = values.only?.find((name) => !Object.hasOwn(PARTS, name))
    if (unknown === undefined) return values
    throw new TypeError(`no part '${unknown}'; there are ${Object.keys(PARTS).join(', ')}`)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    console.error(`bench: ${error.message}`)
    return process.exit(100)
  }
}
