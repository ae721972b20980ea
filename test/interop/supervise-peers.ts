/** The two supervisors, to be told the same. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { SupervisorSignal } from 'fifodir/service'
import { startOwnProcess } from '../support/own-process.ts'

export interface Supervised {
  signal(name: SupervisorSignal): void
  /** Resolves when the supervisor has left. */
  readonly left: Promise<void>
}

export interface Peer {
  supervise(path: string): Supervised
  close(): Promise<void>
}

/** s6-supervise: a process for every service. */
export function theirs(): Peer {
  return {
    supervise(path) {
      const child: ChildProcess = spawn('s6-supervise', [path], { stdio: 'ignore' })
      return {
        signal: (name) => void child.kill(name),
        left: new Promise((resolve) => child.once('exit', () => resolve())),
      }
    },
    close: async () => undefined,
  }
}

/** Ours: one process for all of them. */
export function ours(): Peer {
  const left = new Map<string, () => void>()
  const faults: string[] = []
  const running = startOwnProcess(
    async ({ say, service: { supervise } }) => {
      const { createInterface } = process.getBuiltinModule('readline')
      const supervisors = new Map<string, ReturnType<typeof supervise>>()
      for await (const line of createInterface({ input: process.stdin })) {
        const [path = '', signal] = line.split(' ')
        if (signal !== undefined) supervisors.get(path)?.signal(signal as 'SIGTERM')
        else {
          const supervisor = supervise(path, undefined, {
            onFault: ({ code, message }) => code === 'ETIMEDOUT' || say(`fault: ${message}`),
          })
          supervisors.set(path, supervisor)
          void supervisor.left.then(() => say(path))
        }
      }
    },
    [],
    { input: null },
  )
  const stdin = running.child.stdin
  const stdout = running.child.stdout
  if (!stdin || !stdout) throw new Error('no pipes')
  createInterface({ input: stdout }).on('line', (line) => {
    if (line.startsWith('fault')) faults.push(line)
    left.get(line)?.()
  })
  return {
    supervise(path) {
      const gone = new Promise<void>((resolve) => left.set(path, resolve))
      stdin.write(`${path}\n`)
      return { signal: (name) => void stdin.write(`${path} ${name}\n`), left: gone }
    },
    async close() {
      stdin.end()
      const { code, stderr } = await running.ended
      if (code !== 0 || stderr !== '' || faults.length > 0)
        throw new Error(`ours ended with ${code}: ${stderr}${faults.join('\n')}`)
    },
  }
}
