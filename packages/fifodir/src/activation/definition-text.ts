/**
 * Definitions as text, one word each: `[NAME=]KIND:ADDRESS[,OPTION]…`, where ADDRESS is `[HOST:]PORT` or `PATH`. Options are
 * set off by commas, as in socat: an argument and a line of a file then look alike, without quotes.
 */
import { KINDS, type SocketDefinition } from './definition.ts'

/** The first kind with a colon behind it is the kind; a name is what stands before it. */
const DEFINITION = new RegExp(`^(?:(.*?)=)??(${KINDS.join('|')}):([^,]*)((?:,.*)?)$`, 's')
const HOST_AND_PORT = /^(?:\[(?<v6>[^\]]*:[^\]]*)\]:|(?<v4>[^:]*):)?(?<port>\d{1,5})$/
const OPTION = /^([a-z-]+)(?:=(.*))?$/s

/** The value of each option, or undefined where it can not be one. */
const OPTIONS: Record<string, readonly [field: string, read: (value: string | undefined) => unknown]> = {
  backlog: ['backlog', (value = '') => number(/^\d{1,10}$/, 10, value)],
  mode: ['mode', (value = '') => number(/^[0-7]{1,4}$/, 8, value)],
  user: ['user', (value = '') => nameOrNumber(value)],
  group: ['group', (value = '') => nameOrNumber(value)],
  'reuse-port': ['reusePort', (value) => (value === undefined ? true : undefined)],
}

/**
 * The definition that `text` is.
 *
 * @throws TypeError where it is none
 */
export function parseSocket(text: string): SocketDefinition {
  const [, name, kind, address = '', options = ''] = DEFINITION.exec(text) ?? []
  if (kind === undefined)
    throw wrong(text, `it starts with none of ${KINDS.join(', ')}; write [NAME=]tcp:[HOST:]PORT or unix:PATH`)
  const place = kind === 'tcp' || kind === 'udp' ? hostAndPort(text, address) : { path: address }
  const fields = options
    .split(',')
    .slice(1)
    .map((option) => field(text, option))
  // which of them belong to the kind is found out together with all else
  return { kind, ...(name !== undefined && { name }), ...place, ...Object.fromEntries(fields) } as SocketDefinition
}

function hostAndPort(text: string, address: string): { host?: string; port: number } {
  const { v4, v6, port } = HOST_AND_PORT.exec(address)?.groups ?? {}
  if (port === undefined) throw wrong(text, `'${address}' is not [HOST:]PORT; an IPv6 address goes into brackets`)
  const host = v6 ?? v4
  return { ...(host !== undefined && { host }), port: Number(port) }
}

function field(text: string, option: string): [string, unknown] {
  const [, key = '', value] = OPTION.exec(option) ?? []
  const [name, read] = OPTIONS[key] ?? []
  if (name === undefined || read === undefined)
    throw wrong(text, `there is no option '${option}'; there are ${Object.keys(OPTIONS).join(', ')}`)
  const result = read(value)
  if (result === undefined) throw wrong(text, `the option ${key} cannot be '${option}'`)
  return [name, result]
}

function number(form: RegExp, base: number, value: string): number | undefined {
  return form.test(value) ? Number.parseInt(value, base) : undefined
}

function nameOrNumber(value: string): string | number | undefined {
  if (value === '') return undefined
  return /^\d+$/.test(value) ? Number(value) : value
}

function wrong(text: string, why: string): TypeError {
  return new TypeError(`cannot listen on ${text}: ${why}`)
}
