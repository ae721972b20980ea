/** How many descriptors this process may have open. */
import { readFileSync } from 'node:fs'
import { isSystemError } from './system-error.ts'

/** What every Unix grants at least, and all that is known where the limit cannot be read. */
const AT_LEAST = 256

/** The soft limit on open descriptors, from /proc where there is one: asking libc would load koffi. */
export function descriptorLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1')
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? AT_LEAST)
  } catch (error) {
    if (isSystemError(error)) return AT_LEAST
    throw error
  }
}
