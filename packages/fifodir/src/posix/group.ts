/** Names of groups, as the system's own name service knows them (not only /etc/group). */
import { koffi } from './koffi.ts'
import { declare } from './libc.ts'

const getgrnam = declare<(name: string) => unknown>('void *getgrnam(const char *)')

/** The number of the group called `name`, or undefined where there is none. */
export function groupNumber(name: string): number | undefined {
  const entry = getgrnam(name)
  if (entry === null) return undefined
  // struct group: gr_name, gr_passwd, gr_gid, gr_mem
  const layout = koffi().struct({ name: 'char *', password: 'char *', number: 'uint32_t', members: 'void *' })
  return (koffi().decode(entry, layout) as { number: number }).number
}
