/** Subscribers that are processes of their own, and can be killed; who survives a run is used again in the next. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('fixtures/reporter.mjs', import.meta.url))

export interface Reporter {
  /** Unsubscribes, and resolves with all that it has received. */
  report(): Promise<string>
  /** Resolves when it is dead. */
  kill(): Promise<void>
}

const idle: ChildProcess[] = []

async function ask(child: ChildProcess, what: string): Promise<string> {
  const answer = once(child, 'message')
  child.send(what)
  return ((await answer) as [string])[0]
}

/** A process that is subscribed in `fifodir`. */
export async function newReporter(fifodir: string): Promise<Reporter> {
  const child = idle.pop() ?? fork(PROGRAM)
  await ask(child, fifodir)
  return {
    async report() {
      const received = await ask(child, '')
      idle.push(child)
      return received
    },
    async kill() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Ends those that are left. */
export async function endReporters(): Promise<void> {
  const ended = idle.map((child) => once(child, 'exit'))
  for (const child of idle.splice(0)) child.disconnect()
  await Promise.all(ended)
}
