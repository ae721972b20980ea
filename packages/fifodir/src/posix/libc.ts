/** Functions of libc by their C prototypes, and their errno as the system errors that Node throws itself. */
import { koffi } from './koffi.ts'
import { systemError } from './system-error.ts'

/** Declares a function of libc; nothing is loaded before its first call. */
export function declare<Signature extends (...args: never[]) => unknown>(prototype: string): Signature {
  let target: Signature | undefined
  const call = (...args: Parameters<Signature>): unknown => {
    target ??= koffi().load(null).func(prototype) as unknown as Signature
    return target(...args)
  }
  return call as Signature
}

/** Throws the system error that errno tells of where `result` says that the call failed. */
export function check(result: number, syscall: string, path?: string): number {
  if (result < 0) throw systemError(koffi().errno(), syscall, path)
  return result
}
