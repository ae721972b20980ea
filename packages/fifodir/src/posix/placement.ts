/** Descriptors under the numbers that the next program is to find them at. */
import { readdirSync } from 'node:fs'
import { duplicateDescriptor } from './descriptor.ts'
import { check, declare } from './libc.ts'
import { isSystemError } from './system-error.ts'

const fcntl = declare<(fd: number, command: number, type: 'int', value: number) => number>('int fcntl(int, int, ...)')
const dup2 = declare<(fd: number, number: number) => number>('int dup2(int, int)')
const close = declare<(fd: number) => number>('int close(int)')

const F_SETFD = 2
const FD_CLOEXEC = 1

const STANDARD = { 0: 0, 1: 1, 2: 2 }

/**
 * Copies of what `descriptors` names, the standard ones included, where none of the numbers stands in another's way.
 *
 * @returns by the number that it is wanted at; a descriptor that stays where it is is not copied
 */
export function copies(descriptors: Readonly<Record<number, number>>): [number: number, copy: number][] {
  closeOthersOnExec()
  const wanted = Object.entries({ ...STANDARD, ...descriptors }).map(([number, fd]) => [Number(number), fd] as const)
  const beyond = Math.max(...wanted.map(([number]) => number)) + 1
  const made: [number, number][] = []
  try {
    for (const [number, fd] of wanted) made.push([number, number === fd ? fd : duplicateDescriptor(fd, beyond)])
  } catch (error) {
    closeCopies(made)
    throw error
  }
  return made
}

export function closeCopies(made: readonly (readonly [number: number, copy: number])[]): void {
  for (const [number, fd] of made) if (number !== fd) close(fd)
}

/**
 * Calls `act` while descriptors stand, inheritable, where `descriptors` wants them, though Node has its own there:
 * everything is back at its place when it returns.
 */
export function placed<Result>(descriptors: Readonly<Record<number, number>>, act: () => Result): Result {
  const made = copies(descriptors)
  const beyond = Math.max(...made.flat()) + 1
  const moved: [number: number, own: number][] = []
  try {
    for (const [number, fd] of made) {
      if (number === fd) check(fcntl(fd, F_SETFD, 'int', 0), 'fcntl')
      else {
        moved.push([number, aside(number, beyond)])
        check(dup2(fd, number), 'dup2')
      }
    }
    return act()
  } finally {
    for (const [number, own] of moved) {
      if (own === NOTHING) close(number)
      else putBack(own, number)
    }
    closeCopies(made)
  }
}

const NOTHING = -1

/** A copy of what is at `number`, or NOTHING. */
function aside(number: number, beyond: number): number {
  try {
    return duplicateDescriptor(number, beyond)
  } catch (error) {
    if (isSystemError(error, 'EBADF')) return NOTHING
    throw error
  }
}

function putBack(own: number, number: number): void {
  dup2(own, number)
  if (number > 2) fcntl(number, F_SETFD, 'int', FD_CLOEXEC)
  close(own)
}

let marked = false

/**
 * Once is enough: what is opened later is opened close-on-exec.
 *
 * @see Node 20.20.2 src/node.cc: it marks descriptors that it inherited, 0 to 2 included, and beyond 15 only up to the
 *   first gap
 */
function closeOthersOnExec(): void {
  if (marked) return
  for (const fd of openDescriptors()) if (fd > 2) fcntl(fd, F_SETFD, 'int', FD_CLOEXEC)
  marked = true
}

function openDescriptors(): number[] {
  try {
    return readdirSync('/dev/fd').map(Number)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [] // no /proc: Node's own marks are all that there is
    throw error
  }
}
