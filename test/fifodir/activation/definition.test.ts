/** Definitions as text and as objects: what they mean, and what is wrong with them. */
import { openSockets, type SocketDefinition } from 'fifodir/activation'
import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkedDefinitions } from '../../../packages/fifodir/src/activation/definition-check.ts'

const texts: readonly [text: string, definition: SocketDefinition][] = [
  ['tcp:80', { kind: 'tcp', port: 80 }],
  ['tcp:127.0.0.1:0', { kind: 'tcp', host: '127.0.0.1', port: 0 }],
  ['tcp:[::1]:65535', { kind: 'tcp', host: '::1', port: 65535 }],
  ['udp:53', { kind: 'udp', port: 53 }],
  ['web=tcp:80', { kind: 'tcp', name: 'web', port: 80 }],
  ['=tcp:80', { kind: 'tcp', name: '', port: 80 }],
  ['a b;c=tcp:80', { kind: 'tcp', name: 'a b;c', port: 80 }],
  ['tcp:80,backlog=5,reuse-port', { kind: 'tcp', port: 80, backlog: 5, reusePort: true }],
  ['unix:/run/web.sock', { kind: 'unix', path: '/run/web.sock' }],
  ['unix:web.sock', { kind: 'unix', path: 'web.sock' }],
  ['unix:@web', { kind: 'unix', path: '@web' }],
  ['unix:/a=tcp:80', { kind: 'unix', path: '/a=tcp:80' }],
  ['x=unix:/a=tcp:80', { kind: 'unix', name: 'x', path: '/a=tcp:80' }],
  ['unix:/a b:c', { kind: 'unix', path: '/a b:c' }],
  ['unix-dgram:/log,mode=0622', { kind: 'unix-dgram', path: '/log', mode: 0o622 }],
  ['unix-seqpacket:/s,user=www,group=33', { kind: 'unix-seqpacket', path: '/s', user: 'www', group: 33 }],
  ['fifo:/run/f,mode=600', { kind: 'fifo', path: '/run/f', mode: 0o600 }],
]

test.each(texts)('%j is a definition', (text, definition) => {
  expect(checkedDefinitions([text])).toEqual([definition])
  expect(checkedDefinitions([definition])).toEqual([definition])
})

const long = `/${'p'.repeat(107)}`
const KINDS = 'tcp, udp, unix, unix-dgram, unix-seqpacket, fifo'
const NO_KIND = `it starts with none of ${KINDS}; write [NAME=]tcp:[HOST:]PORT or unix:PATH`
const NAME = 'a name is at most 255 characters of printable ASCII, without colons'
const HOST = 'a host is a numeric address, such as 127.0.0.1 or ::1 (as text in brackets: [::1])'
const PATH = 'a path has 1 to 107 bytes, and no NUL in it; use a shorter one'
const OPTIONS = 'there are backlog, mode, user, group, reuse-port'

const wrong: readonly [text: string, why: string][] = [
  ['', NO_KIND],
  ['80', NO_KIND],
  ['http:80', NO_KIND],
  ['TCP:80', NO_KIND],
  ['web=tpc:80', NO_KIND],
  ['a:b=tcp:80', NAME],
  ['é=tcp:80', NAME],
  ['a\nb=tcp:80', NAME],
  [`${'n'.repeat(256)}=tcp:80`, NAME],
  ['tcp:', "'' is not [HOST:]PORT; an IPv6 address goes into brackets"],
  ['tcp:http', "'http' is not [HOST:]PORT; an IPv6 address goes into brackets"],
  ['tcp:::1:80', "'::1:80' is not [HOST:]PORT; an IPv6 address goes into brackets"],
  ['tcp:-1', "'-1' is not [HOST:]PORT; an IPv6 address goes into brackets"],
  ['tcp:65536', 'a port is an integer from 0 to 65535'],
  ['tcp:localhost:80', HOST],
  ['tcp:1.2.3:80', HOST],
  ['tcp::80', HOST],
  ['tcp:[127.0.0.1]:80', HOST],
  ['tcp:[fe80::1%eth0]:80', HOST],
  ['unix:', PATH],
  [`unix:${long}`, PATH],
  ['unix:/a\0b', PATH],
  ['fifo:@f', 'a FIFO is in a file system: its path starts with / or ./'],
  ['unix:@a,mode=600', 'an abstract address has no mode: anybody may connect to it'],
  ['tcp:80,mode=600', 'tcp has no mode'],
  ['udp:80,backlog=5', 'udp has no backlog'],
  ['unix:/a,reuse-port', 'unix has no reusePort'],
  ['fifo:/a,backlog=5', 'fifo has no backlog'],
  ['unix:/a,b', `there is no option 'b'; ${OPTIONS}`],
  ['tcp:80,', `there is no option ''; ${OPTIONS}`],
  ['tcp:80,backlog', "the option backlog cannot be 'backlog'"],
  ['tcp:80,backlog=0', 'a backlog is an integer from 1 on'],
  ['tcp:80,backlog=x', "the option backlog cannot be 'backlog=x'"],
  ['tcp:80,reuse-port=1', "the option reuse-port cannot be 'reuse-port=1'"],
  ['unix:/a,mode=8', "the option mode cannot be 'mode=8'"],
  ['unix:/a,mode=1777', 'a mode is from 0 to 777, in octal digits'],
  ['unix:/a,user=', "the option user cannot be 'user='"],
]

const openDescriptors = (): number => readdirSync('/proc/self/fd').length

describe('a definition that is wrong is refused in one line before anything is opened', () => {
  test.each(wrong)('%j', (text, why) => {
    const before = openDescriptors()
    const error = new TypeError(`cannot listen on ${text}: ${why}`)
    expect(() => openSockets(['tcp:127.0.0.1:0', text])).toThrow(error)
    expect(openDescriptors()).toBe(before)
  })

  const objects: readonly [title: string, definition: unknown, message: string][] = [
    ['no kind', { port: 80 }, `cannot listen on undefined:80: kind is one of ${KINDS}`],
    ['another kind', { kind: 'sctp', port: 80 }, `cannot listen on sctp:80: kind is one of ${KINDS}`],
    ['no port', { kind: 'tcp' }, 'cannot listen on tcp:undefined: a port is an integer from 0 to 65535'],
    ['a port as text', { kind: 'tcp', port: '80' }, 'cannot listen on tcp:80: a port is an integer from 0 to 65535'],
    ['a path for TCP', { kind: 'tcp', port: 80, path: '/a' }, 'cannot listen on tcp:/a: tcp has no path'],
    ['a field too many', { kind: 'tcp', port: 80, ttl: 1 }, 'cannot listen on tcp:80: tcp has no ttl'],
    ['a name with a colon', { kind: 'tcp', port: 80, name: 'a:b' }, `cannot listen on tcp:80: ${NAME}`],
  ]
  test.each(objects)('an object with %s', (_, definition, message) => {
    expect(() => openSockets([definition as SocketDefinition])).toThrow(new TypeError(message))
  })
})
