/** A pipe behind Node's back, for the same reason as the other descriptors: see `descriptor.ts`. */
import { check, declare } from './libc.ts'

const pipe2 = declare<(ends: number[], flags: number) => number>('int pipe2(_Out_ int *, int)')

const O_CLOEXEC = 0o2000000

/** Makes a pipe, close-on-exec. Both ends are for `closeDescriptor`. */
export function makePipe(): { readEnd: number; writeEnd: number } {
  const ends = [0, 0]
  check(pipe2(ends, O_CLOEXEC), 'pipe2')
  const [readEnd, writeEnd] = ends as [number, number]
  return { readEnd, writeEnd }
}
