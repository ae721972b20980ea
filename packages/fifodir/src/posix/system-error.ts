/** System errors, in the one shape that Node gives them: `code`, `errno` (negative), `syscall`, `path`. */
import { getSystemErrorMap } from 'node:util'

export interface SystemError extends Error {
  readonly code: string
  readonly errno: number
}

/** The system error of an errno that a foreign call left, as Node would have thrown it. */
export function systemError(errno: number, syscall: string, path?: string): SystemError {
  const [code, text] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, `errno ${errno}`]
  const error = new Error(`${code}: ${text}, ${syscall}${path === undefined ? '' : ` '${path}'`}`)
  return Object.assign(error, { code, errno: -errno, syscall, path })
}

/** Whether `error` is a system error, and, where codes are given, one of them. */
export function isSystemError(error: unknown, ...codes: string[]): error is SystemError {
  if (!(error instanceof Error) || typeof (error as Partial<SystemError>).errno !== 'number') return false
  return codes.length === 0 || codes.includes((error as SystemError).code)
}

/** The system's own words for an error: `no such file or directory`. */
export function reasonOf(error: SystemError): string {
  return getSystemErrorMap().get(error.errno)?.[1] ?? error.message
}
