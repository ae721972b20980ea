/** What can be wrong with a definition, as far as it can be known before anything is opened. */
import { inetAddress } from '../posix/inet.ts'
import { KINDS, labelOf, type SocketDefinition } from './definition.ts'
import { parseSocket } from './definition-text.ts'

const NAME = /^[ -9;-~]{0,255}$/
/** `struct sockaddr_un` has 108 bytes: a path ends with a NUL, an abstract name begins with one. */
const LONGEST_PATH = 107
const LARGEST_ID = 0xfffffffe

type Check = (value: unknown) => boolean

const isInteger =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
const isOwner: Check = (value) => (typeof value === 'string' ? value !== '' : isInteger(0, LARGEST_ID)(value))
const isPath: Check = (value) =>
  typeof value === 'string' && value !== '' && !value.includes('\0') && Buffer.byteLength(value) <= LONGEST_PATH

/** Every field, what it can be, and that in words. */
const FIELDS: Record<string, readonly [Check, string]> = {
  kind: [(value) => (KINDS as readonly unknown[]).includes(value), `kind is one of ${KINDS.join(', ')}`],
  name: [
    (value) => typeof value === 'string' && NAME.test(value),
    'a name is at most 255 characters of printable ASCII, without colons',
  ],
  host: [
    (value) => typeof value === 'string' && inetAddress(value, 0) !== undefined,
    'a host is a numeric address, such as 127.0.0.1 or ::1 (as text in brackets: [::1])',
  ],
  port: [isInteger(0, 65535), 'a port is an integer from 0 to 65535'],
  reusePort: [(value) => typeof value === 'boolean', 'reusePort is true or false'],
  backlog: [isInteger(1, 0x7fffffff), 'a backlog is an integer from 1 on'],
  path: [isPath, `a path has 1 to ${LONGEST_PATH} bytes, and no NUL in it; use a shorter one`],
  mode: [isInteger(0, 0o777), 'a mode is from 0 to 777, in octal digits'],
  user: [isOwner, 'a user is a name, or a number from 0 to 4294967294'],
  group: [isOwner, 'a group is a name, or a number from 0 to 4294967294'],
}

const LOCAL = ['kind', 'name', 'path', 'mode', 'user', 'group']
const INTERNET = ['kind', 'name', 'host', 'port', 'reusePort']
/** What each kind is described by. */
const OF_KIND: Record<string, readonly string[]> = {
  tcp: [...INTERNET, 'backlog'],
  udp: INTERNET,
  unix: [...LOCAL, 'backlog'],
  'unix-dgram': LOCAL,
  'unix-seqpacket': [...LOCAL, 'backlog'],
  fifo: LOCAL,
}
const REQUIRED = ['kind', 'port', 'path']
/** What an address that is in no file system has not. */
const OF_FILES = ['mode', 'user', 'group']

/**
 * The definitions that `given` are, objects or texts.
 *
 * @throws TypeError for the first that is wrong, in one line: which, and why
 */
export function checkedDefinitions(given: readonly (string | SocketDefinition)[]): SocketDefinition[] {
  return given.map((each) => {
    const definition = typeof each === 'string' ? parseSocket(each) : each
    const fault = faultOf(definition)
    if (fault === undefined) return definition
    throw new TypeError(`cannot listen on ${typeof each === 'string' ? each : labelOf(each)}: ${fault}`)
  })
}

function faultOf(definition: SocketDefinition): string | undefined {
  const fields = new Map<string, unknown>(Object.entries(definition).filter(([, value]) => value !== undefined))
  const { kind } = definition
  const own = OF_KIND[kind] ?? ['kind']
  const isAbstract = 'path' in definition && String(definition.path).startsWith('@')
  for (const required of REQUIRED) {
    const [check, words] = FIELDS[required] as readonly [Check, string]
    if (own.includes(required) && !check(fields.get(required))) return words
  }
  if (isAbstract && kind === 'fifo') return 'a FIFO is in a file system: its path starts with / or ./'
  for (const [field, value] of fields) {
    const [check, words] = FIELDS[field] ?? []
    if (check === undefined || words === undefined || !own.includes(field)) return `${kind} has no ${field}`
    if (isAbstract && OF_FILES.includes(field)) return `an abstract address has no ${field}: anybody may connect to it`
    if (!check(value)) return words
  }
  return undefined
}
