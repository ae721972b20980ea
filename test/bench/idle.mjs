/** What waiting costs while nothing happens: CPU time and context switches of all threads, all waiters at the same time. */
import { readdirSync, readFileSync } from 'node:fs'
import { sleep } from './measure.mjs'
import { fifodirCommand, INSTALL_S6, INSTALL_WAIT_ON, inPath, waitOn } from './peers.mjs'
import { newDirectory, newFifodir } from './scratch.mjs'
import { end, start } from './spawn.mjs'
import { atMost } from './table.mjs'

const SETTLE_MS = 2000
const IDLE_MS = 10_000

export async function idleRows() {
  const s6 = inPath('s6-ftrig-wait')
  const peer = waitOn()
  const pids = {
    ours: start([fifodirCommand, 'wait', newFifodir(), 'U']),
    ...(s6 && { 's6-ftrig-wait': start([s6, newFifodir(), 'U']) }),
    ...(peer && { 'wait-on': start([...peer.argv, `${newDirectory()}/never`]) }),
  }
  await sleep(SETTLE_MS)
  const before = costs(pids)
  await sleep(IDLE_MS)
  const after = costs(pids)
  end(Object.values(pids))

  const row = (what, unit, name, install) => ({
    figure: `10 s of waiting, ${what}`,
    unit,
    ours: after.ours[what] - before.ours[what],
    peer: name,
    theirs: after[name] && after[name][what] - before[name][what],
    install,
    goals: [atMost(0, unit)],
  })
  return ['CPU time', 'context switches'].flatMap((what) => {
    const unit = what === 'CPU time' ? 'ns' : 'count'
    return [row(what, unit, 's6-ftrig-wait', INSTALL_S6), row(what, unit, 'wait-on', INSTALL_WAIT_ON)]
  })
}

function costs(pids) {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, costOf(pid)]))
}

/** Of a process and its children: s6-ftrig-wait's subscription is held by one. */
function costOf(pid) {
  const own = readdirSync(`/proc/${pid}/task`).map((thread) => costOfThread(`/proc/${pid}/task/${thread}`))
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim()
  const all = [...own, ...(children === '' ? [] : children.split(' ').map(costOf))]
  const sum = (what) => all.reduce((total, cost) => total + cost[what], 0)
  return { 'CPU time': sum('CPU time'), 'context switches': sum('context switches') }
}

/** schedstat has nanoseconds, where stat has hundredths of a second. */
function costOfThread(path) {
  const switches = readFileSync(`${path}/status`, 'latin1').matchAll(/^\w+_ctxt_switches:\s+(\d+)$/gm)
  return {
    'CPU time': Number(readFileSync(`${path}/schedstat`, 'latin1').split(' ')[0]),
    'context switches': [...switches].reduce((total, [, count]) => total + Number(count), 0),
  }
}
