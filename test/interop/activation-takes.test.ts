/** Programs of others take the sockets that we open: libsystemd from C and Python, systemd's own, and Node's by ours. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSockets, type OpenSocket, type Passed } from 'fifodir/activation'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OUR_ROWS, type Row, ROWS } from '../support/listen-rows.ts'
import { describeWithPeer } from '../support/peers.ts'
import { run, type Running } from '../support/process.ts'
import { startNode, startProvided } from '../support/provided.ts'
import { newDirectory } from '../support/scratch.ts'
import { untilPrinted } from '../support/own-process.ts'

/** Everything that can be handed over. */
const DEFINITIONS = (directory: string): string[] => [
  'http=tcp:127.0.0.1:0',
  'six=tcp:[::1]:0',
  'udp:127.0.0.1:0',
  `=unix:${directory}/stream`,
  `log=unix-dgram:${directory}/datagram`,
  `log=unix-seqpacket:@fifodir-test-${process.pid}`,
  `queue=fifo:${directory}/fifo`,
]

/** What a server that serves one client at `socket` says to it. */
async function said(socket: OpenSocket): Promise<string> {
  const client = connect('port' in socket.address ? socket.address : { path: '' })
  let text = ''
  client.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await once(client, 'close')
  return text
}

/** What is printed by a server, once it has served the first of its sockets, and what it said. */
async function served(start: (sockets: readonly Passed[]) => Running): Promise<{ lines: string[]; answer: string }> {
  using opened = openSockets(DEFINITIONS(newDirectory()))
  const server = start(opened.sockets)
  const answer = await said(opened.sockets[0] as OpenSocket)
  const { code, stdout, stderr } = await server.ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return { lines: stdout.toString().trim().split('\n'), answer }
}

const C = `
#include <systemd/sd-daemon.h>
#include <stdio.h>
#include <fcntl.h>
#include <unistd.h>
#include <netinet/in.h>
#include <sys/socket.h>
int main(void) {
  char **names;
  int n = sd_listen_fds_with_names(1, &names);
  for (int i = 0; i < n; i++) {
    int fd = SD_LISTEN_FDS_START + i;
    printf("%d '%s' inet=%d inet6=%d stream=%d dgram=%d unix=%d fifo=%d nonblock=%d\\n", fd, names[i],
      sd_is_socket_inet(fd, AF_INET, 0, -1, 0), sd_is_socket_inet(fd, AF_INET6, 0, -1, 0),
      sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1), sd_is_socket(fd, AF_UNSPEC, SOCK_DGRAM, 0),
      sd_is_socket(fd, AF_UNIX, 0, -1), sd_is_fifo(fd, NULL), !!(fcntl(fd, F_GETFL) & O_NONBLOCK));
  }
  printf("%d\\n", sd_listen_fds(0));
  fflush(stdout);
  int client = accept(SD_LISTEN_FDS_START, NULL, NULL);
  return write(client, "hello from C", 12) != 12;
}`

describeWithPeer('a program in C, with libsystemd', 'gcc libsystemd-dev', ['cc'], () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'fifodir-test-c-'))
    writeFileSync(join(directory, 'server.c'), C)
    execFileSync('cc', ['-o', join(directory, 'server'), join(directory, 'server.c'), '-lsystemd'])
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  test('takes all the kinds of sockets that we open, and serves', async () => {
    expect(await served((sockets) => startProvided(sockets, join(directory, 'server'), []))).toEqual({
      lines: [
        "3 'http' inet=1 inet6=0 stream=1 dgram=0 unix=0 fifo=0 nonblock=0",
        "4 'six' inet=0 inet6=1 stream=1 dgram=0 unix=0 fifo=0 nonblock=0",
        "5 'unknown' inet=1 inet6=0 stream=0 dgram=1 unix=0 fifo=0 nonblock=0",
        "6 '' inet=0 inet6=0 stream=1 dgram=0 unix=1 fifo=0 nonblock=0",
        "7 'log' inet=0 inet6=0 stream=0 dgram=1 unix=1 fifo=0 nonblock=0",
        "8 'log' inet=0 inet6=0 stream=0 dgram=0 unix=1 fifo=0 nonblock=0",
        "9 'queue' inet=0 inet6=0 stream=0 dgram=0 unix=0 fifo=1 nonblock=0",
        '0',
      ],
      answer: 'hello from C',
    })
  })
})

const PYTHON = '/usr/bin/python3'

const SERVER = `
import socket
from systemd import daemon
print(sorted(daemon.listen_fds_with_names().items()), flush=True)
client = socket.socket(fileno=3).accept()[0]
client.sendall(b'hello from Python')`

/** What sd_listen_fds_with_names says in each of the environments that standard input has as JSON. */
const ORACLE = `
import ctypes, errno, json, os, sys
lib = ctypes.CDLL('libsystemd.so.0')
out = []
for row in json.loads(sys.argv[1]):
    for name in ('PID', 'PIDFDID', 'FDS', 'FDNAMES'):
        os.environ.pop('LISTEN_' + name, None)
        if name in row:
            os.environ['LISTEN_' + name] = str(os.getpid()) if row[name] == 'SELF' else row[name]
    names = ctypes.POINTER(ctypes.c_char_p)()
    n = lib.sd_listen_fds_with_names(0, ctypes.byref(names))
    out.append([names[i].decode() for i in range(n)] if n >= 0 else errno.errorcode[-n])
print(json.dumps(out))`

describeWithPeer('a program in Python, with libsystemd', 'python3-systemd', [PYTHON.slice('/usr/bin/'.length)], () => {
  test('takes all the kinds of sockets that we open, and serves', async () => {
    const { lines, answer } = await served((sockets) => startProvided(sockets, PYTHON, ['-c', SERVER]))
    expect(lines).toEqual(["[(3, 'http'), (4, 'six'), (5, 'unknown'), (6, ''), (7, 'log'), (8, 'log'), (9, 'queue')]"])
    expect(answer).toBe('hello from Python')
  })

  async function oracle(rows: readonly Row[]): Promise<[title: string, result: unknown][]> {
    const fds = [0, 1, 2].map(() => openSync('/dev/null', 'r'))
    const { stdout, stderr } = await run(PYTHON, ['-c', ORACLE, JSON.stringify(rows.map(([, row]) => row))], {
      stdio: ['ignore', 'pipe', 'pipe', ...fds],
      env: { ...process.env, LISTEN_PID: undefined, PYTHONUTF8: '1' },
    })
    for (const fd of fds) closeSync(fd)
    expect(stderr).toBe('')
    const results = JSON.parse(stdout.toString()) as unknown[]
    return rows.map(([title], index) => [title, results[index]])
  }

  test('gives in every environment the result that listenFds() gives', async () => {
    expect(await oracle(ROWS)).toEqual(ROWS.map(([title, , result]) => [title, result]))
  })

  test('differs where INTEROP.md says so', async () => {
    const differing = await oracle(OUR_ROWS.filter(([, variables]) => variables.PIDFDID === undefined))
    expect(Object.fromEntries(differing)).toEqual({
      'a count in octal digits': ['unknown'],
      'a count in hexadecimal digits': ['unknown'],
      'a count with a sign': ['unknown'],
      'a count with a space before': ['unknown'],
      'a backslash in a name': 'EINVAL',
    })
  })
})

describeWithPeer('systemd-socket-activate', 'systemd', ['systemd-socket-activate'], () => {
  test('takes our sockets, and hands them on when somebody comes', async () => {
    using opened = openSockets(DEFINITIONS(newDirectory()))
    const activator = startProvided(opened.sockets, 'systemd-socket-activate', [
      process.execPath,
      '--input-type=module',
      '-e',
      NODE,
    ])
    await untilPrinted(activator, 'Received 7 descriptors via the environment', 'stderr')
    expect(await said(opened.sockets[0] as OpenSocket)).toBe('hello from Node')
    expect((await activator.ended).code).toBe(0)
  })
})

const NODE = `
  import { createServer } from 'node:net'
  import { activated, listenFds } from 'fifodir/systemd'
  console.log(listenFds().map(({ fd, name, type }) => [fd, name, type].join(' ')).join('\\n'))
  const server = createServer((client) => { client.end('hello from Node'); server.close() })
  server.listen(activated() ?? 0)`

describe('a Node server', () => {
  test('takes all the kinds of sockets that we open, and serves', async () => {
    expect(await served((sockets) => startNode(sockets, NODE))).toEqual({
      lines: [
        '3 http stream',
        '4 six stream',
        '5 unknown datagram',
        '6  stream',
        '7 log datagram',
        '8 log seqpacket',
        '9 queue fifo',
      ],
      answer: 'hello from Node',
    })
  })
})
