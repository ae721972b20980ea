/** What a subscription takes: of the process that holds 10,000 of ours, and of s6-ftrigrd, which holds up to 1,000. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ftrigr, INSTALL_LIBS6 } from './libs6.mjs'
import { interleave, median } from './measure.mjs'
import { newFifodir } from './scratch.mjs'
import { atMost } from './table.mjs'

const ROUNDS = 3
const OURS = 10_000
const THEIRS = 1_000

export async function memoryRows() {
  const samples = await interleave({ ours, ...(Ftrigr && { theirs }) }, ROUNDS)
  return [
    {
      figure: 'memory of a subscription',
      unit: 'bytes',
      ours: median(samples.ours),
      peer: 's6-ftrigrd',
      theirs: median(samples.theirs),
      install: INSTALL_LIBS6,
      goals: [atMost(5000, 'bytes')],
    },
  ]
}

function ours() {
  const holder = fileURLToPath(new URL('memory-holder.mjs', import.meta.url))
  const args = ['--expose-gc', holder, newFifodir(), String(OURS)]
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' })) / OURS
}

function theirs() {
  const fifodir = newFifodir()
  const session = new Ftrigr()
  session.unsubscribe(session.subscribe(fifodir, 'U'))
  const before = residentBytes(session.pid)
  const ids = Array.from({ length: THEIRS }, () => session.subscribe(fifodir, 'U'))
  const after = residentBytes(session.pid)
  for (const id of ids) session.unsubscribe(id)
  session.end()
  return (after - before) / THEIRS
}

function residentBytes(pid) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) * 1024
}
