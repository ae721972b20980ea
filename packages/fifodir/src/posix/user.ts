/** Names of users, as the system's own name service knows them (not only /etc/passwd). */
import { koffi } from './koffi.ts'
import { declare } from './libc.ts'

const getpwnam = declare<(name: string) => unknown>('void *getpwnam(const char *)')

/** The number of the user called `name`, or undefined where there is none. */
export function userNumber(name: string): number | undefined {
  const entry = getpwnam(name)
  if (entry === null) return undefined
  // struct passwd: pw_name, pw_passwd, pw_uid, and more
  const layout = koffi().struct({ name: 'char *', password: 'char *', number: 'uint32_t' })
  return (koffi().decode(entry, layout) as { number: number }).number
}
