/**
 * What this process was before it became Node, as the first lines of the command noted it: what a program is to find that
 * takes over from it. Node cannot tell any more; see first.sh.
 */
import { type Handover, type Strings, withVariables } from 'fifodir/posix'

/**
 * The environment, descriptors, limit and ignored signals that the command was started with, byte for byte. Empty where
 * nothing was noted (no /proc, no cat or base64): the program then finds things as Node has left them. The environment is
 * left out where it is above 96 kB, as libc has it still, but for names that dash drops.
 */
export const BEFORE: Handover = noted()

function noted(): Handover {
  const { FIFODIR_BEFORE: text, FIFODIR_DESCRIPTORS: numbers = '' } = process.env
  delete process.env['FIFODIR_BEFORE']
  delete process.env['FIFODIR_DESCRIPTORS']
  const [pid, ...descriptors] = numbers.split(' ').map(Number)
  if (text === undefined || pid !== process.pid) return {} // somebody else's
  const noted = Buffer.from(text, 'base64').toString('latin1')
  const openFiles = /^Max open files +(\d+)/m.exec(noted)?.[1]
  if (openFiles === undefined) return {} // the shell could not read it: there is no cat, no base64
  const at = noted.lastIndexOf('\0Limit ') + 1
  return {
    environment: noted.startsWith('Name:') ? undefined : variables(noted.slice(0, at)),
    descriptors: Object.fromEntries(descriptors.map((fd) => [fd, fd])),
    ignoredSignals: signalsOf(BigInt(`0x${/^SigIgn:\s*(\w+)/m.exec(noted.slice(at))?.[1] ?? '0'}`)),
    openFiles: Number(openFiles),
  }
}

/** Each with a NUL behind it. */
function variables(text: string): Uint8Array[] {
  return text
    .split('\0')
    .slice(0, -1)
    .map((variable) => Buffer.from(variable, 'latin1'))
}

/** The standard signals of a mask; those above 31 are the C library's own affair. */
function signalsOf(mask: bigint): number[] {
  return Array.from({ length: 31 }, (_, index) => index + 1).filter((number) => (mask >> BigInt(number - 1)) & 1n)
}

/** The environment with variables set; those set to undefined are not in it. */
export function environmentWith(changes: Readonly<Record<string, string | undefined>>): Strings {
  return withVariables(changes, BEFORE.environment)
}

/** Whether it was started with this descriptor open. */
export function isInherited(fd: number): boolean {
  return fd <= 2 || BEFORE.descriptors?.[fd] !== undefined
}
