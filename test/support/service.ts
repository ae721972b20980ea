/** Service directories whose programs do what the test says, when it says so. */
import { chmodSync, closeSync, constants, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { FifodirError } from 'fifodir'
import { type Definition, supervise, type Supervisor } from 'fifodir/service'
import { makeFifo } from '../../packages/fifodir/src/posix/fifo.ts'
import { newDirectory } from './scratch.ts'

/** Makes a service directory of `files`; those that begin with `#!` are executable. */
export function newService(files: Readonly<Record<string, string>>): string {
  const service = join(newDirectory(), 'service')
  mkdirSync(service)
  for (const [name, text] of Object.entries(files)) writeFile(join(service, name), text)
  return service
}

export function writeFile(path: string, text: string): void {
  writeFileSync(path, text)
  if (text.startsWith('#!')) chmodSync(path, 0o755)
}

/** A program that does what is written to the FIFO of that name, line by line, as the shell does. */
export function obedient(fifo: string): string {
  return `#!/bin/sh
exec 9<>${fifo}
while read -r line <&9; do eval "$line"; done
`
}

/** A FIFO that an obedient program reads. It takes lines whether that runs already or not. */
export class Orders implements Disposable {
  readonly #fd: number

  constructor(path: string) {
    makeFifo(path, 0o600)
    this.#fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  }

  give(line: string): void {
    writeSync(this.#fd, `${line}\n`)
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd)
  }
}

/** A supervisor in this process, and what it said so far; disposed of, it leaves, and what it ran is killed. */
export interface Watched extends Supervisor, AsyncDisposable {
  readonly events: string
  readonly faults: readonly FifodirError[]
  /** Resolves once the events end in these. */
  until(events: string): Promise<void>
  /** Resolves with the first fault of that code. */
  untilFault(code: string): Promise<FifodirError>
}

/** Supervises a service. */
export function watched(path: string, definition?: Definition): Watched {
  let events = ''
  const faults: FifodirError[] = []
  const looks = new Set<() => void>()
  const look = (): void => {
    for (const one of looks) one()
  }
  const supervisor = supervise(path, definition, {
    onEvents: (more) => {
      events += more
      look()
    },
    onFault: (fault) => {
      faults.push(fault)
      look()
    },
  })
  const until = <Value>(find: () => Value | undefined): Promise<Value> =>
    new Promise((resolve) => {
      const one = (): void => {
        const found = find()
        if (found === undefined) return
        looks.delete(one)
        resolve(found)
      }
      looks.add(one)
      one()
    })
  return {
    path,
    sockets: supervisor.sockets,
    left: supervisor.left,
    signal: (name) => supervisor.signal(name),
    control: (...commands) => supervisor.control(...commands),
    get status() {
      return supervisor.status
    },
    get events() {
      return events
    },
    async [Symbol.asyncDispose]() {
      const { pid } = supervisor.status
      supervisor.signal('SIGQUIT')
      await supervisor.left
      if (pid > 0) killIfThere(-pid) // it leads a process group
    },
    faults,
    until: async (ending) => void (await until(() => events.endsWith(ending) || undefined)),
    untilFault: (code) => until(() => faults.find((fault) => fault.code === code)),
  }
}

/** Kills a process that may be gone. */
export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
