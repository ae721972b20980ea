/** The ends of children: one listener for all of them. */
import { constants } from 'node:os'
import { exitCode, terminationSignal } from '../wait-status.ts'
import { declare } from './libc.ts'

const waitpid = declare<(pid: number, status: number[], options: number) => number>(
  'int waitpid(int, _Out_ int *, int)',
)

const WNOHANG = 1

/** How a process ended: with an exit code, or by a signal. */
export type Exit = ({ readonly code: number } | { readonly signal: string }) & {
  /** The same as wait(2) has it, 16 bits. */
  readonly waitStatus: number
}

export interface Child {
  readonly pid: number
  /** Resolves when it has ended; does not keep this process alive. */
  readonly ended: Promise<Exit>
}

/** Those that have not ended yet, and whom it concerns. */
const children = new Map<number, (exit: Exit) => void>()

/** The child of this process whose number is `pid`. */
export function childOf(pid: number): Child {
  const ended = new Promise<Exit>((resolve) => {
    if (children.size === 0) process.on('SIGCHLD', reap)
    children.set(pid, resolve)
    reap() // it may have ended before anybody listened
  })
  return { pid, ended }
}

/** Whether somebody waits for the end of the child `pid` here. */
export function isAwaited(pid: number): boolean {
  return children.has(pid)
}

function reap(): void {
  for (const [pid, resolve] of children) {
    const status = [0]
    if (waitpid(pid, status, WNOHANG) !== pid) continue
    children.delete(pid)
    resolve(exitOf(status[0] as number))
  }
  if (children.size === 0) process.removeListener('SIGCHLD', reap)
}

/** How a process ended whose end wait(2) tells so. */
export function exitOf(waitStatus: number): Exit {
  const number = terminationSignal(waitStatus)
  if (number === 0) return { code: exitCode(waitStatus), waitStatus }
  const [signal = `signal ${number}`] = Object.entries(constants.signals).find(([, value]) => value === number) ?? []
  return { signal, waitStatus }
}
