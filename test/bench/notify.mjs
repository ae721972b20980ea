/** One event to many subscribers: ours, with write ends kept and without, and libs6's, on the same directory. */
import { unlinkSync, writeFileSync } from 'node:fs'
import { notify, Notifier } from 'fifodir'
import { ftrigwNotifyb, INSTALL_LIBS6 } from './libs6.mjs'
import { interleave, median, timeOf } from './measure.mjs'
import { newFifodir } from './scratch.mjs'
import { subscribers } from './subscribers.mjs'
import { ratioAtMost } from './table.mjs'

/** By how many are subscribed: calls in a row, rounds, and what of the peer's time is the goal, by figure. */
const SIZES = [
  { count: 1, calls: 100, rounds: 60, goals: { Notifier: 0.6 } },
  { count: 10, calls: 50, rounds: 60, goals: { Notifier: 0.45, 'notify()': 1.3 } },
  { count: 100, calls: 10, rounds: 60, goals: { Notifier: 0.4, 'notify()': 1.3 } },
  { count: 1000, calls: 2, rounds: 40, goals: { Notifier: 0.4, 'notify()': 1.3 } },
  { count: 10_000, calls: 1, rounds: 15, goals: { Notifier: 0.4, 'notify()': 1.3 } },
]

/** A Notifier need not read a directory again that has not changed: the second one is for where it has, each time. */
const FIGURES = [
  { name: 'Notifier', when: 'unchanged' },
  { name: 'Notifier, after a change', when: 'changed' },
  { name: 'notify()', when: 'unchanged' },
]

export async function notifyRows() {
  const measured = []
  for (const size of SIZES) measured.push({ ...size, ...(await measure(size)) })
  return FIGURES.flatMap(({ name, when }) =>
    measured.map(({ count, goals, [when]: samples }) => ({
      figure: `${name}, to ${count.toLocaleString('en-US')}`,
      unit: 'ns',
      ours: median(samples[name]),
      peer: 'ftrigw_notifyb',
      theirs: median(samples.ftrigw_notifyb),
      install: INSTALL_LIBS6,
      goals: goals[name] === undefined ? [] : [ratioAtMost(goals[name])],
    })),
  )
}

async function measure({ count, calls, rounds }) {
  const fifodir = newFifodir()
  const all = await subscribers(fifodir, count)
  const notifier = new Notifier(fifodir)
  /** So many calls in a row are timed as one; all of them must have reached everybody. */
  const timeOfCalls = (send, times) => {
    let delivered = 0
    const time = timeOf(() => (delivered += send()), times)
    if (delivered !== times * count) throw new Error(`${delivered} delivered, not ${times * count}`)
    return time
  }
  const peer = ftrigwNotifyb && {
    ftrigw_notifyb: () => timeOfCalls(() => ftrigwNotifyb(fifodir, 'e'), calls),
  }
  const unchanged = await interleave(
    {
      Notifier: () => timeOfCalls(() => notifier.notify('e').delivered, calls),
      'notify()': () => timeOfCalls(() => notify(fifodir, 'e').delivered, calls),
      ...peer,
    },
    rounds,
    () => all.drain(),
  )
  const changed = await interleave(
    {
      'Notifier, after a change'() {
        change(fifodir)
        return timeOfCalls(() => notifier.notify('e').delivered, 1)
      },
      ...peer,
    },
    rounds / 2,
    () => all.drain(),
  )
  notifier.close()
  await all.end()
  return { unchanged, changed }
}

/** What is made and removed is no subscription, but the directory is another. */
function change(fifodir) {
  const path = `${fifodir}/change`
  writeFileSync(path, '')
  unlinkSync(path)
}
