/** Real programs that become ready, each in its own way, and then run until they are killed. */
import { createServer } from 'node:net'
import { join } from 'node:path'

/** A way of saying that one is ready. */
export interface Daemon {
  /** As --from has it, in the directory `place`, where its port is `port`. */
  readonly source: (place: string, port: number) => string
  readonly program: readonly string[]
}

const serve = (listen: string, more = ''): readonly string[] => [
  process.execPath,
  '-e',
  `require('node:${more === '' ? 'net' : 'http'}').createServer(${more}).listen(${listen})`,
]

/** By the kind of source. They get PORT, and run in the place. */
export const DAEMONS: Readonly<Record<string, Daemon>> = {
  fd: { source: () => 'fd:4', program: ['sh', '-c', 'echo starting >&4; echo >&4; exec sleep 60'] },
  'standard output': { source: () => 'fd:1', program: ['sh', '-c', 'echo ready; exec sleep 60'] },
  notify: { source: () => 'notify', program: ['sh', '-c', 'systemd-notify --ready; exec sleep 60'] },
  log: {
    source: () => 'log:^listening on [0-9]+$',
    program: ['sh', '-c', 'echo not listening on 1; echo listening on 80 >&2; exec sleep 60'],
  },
  ipc: {
    source: () => 'ipc',
    program: [process.execPath, '-e', `process.send('starting'); process.send('ready'); setInterval(() => 0, 1e6)`],
  },
  tcp: { source: (_, port) => `tcp:${port}`, program: serve('process.env.PORT') },
  'tcp, with a host': { source: (_, port) => `tcp:127.0.0.1:${port}`, program: serve(`process.env.PORT, '127.0.0.1'`) },
  unix: { source: (place) => `unix:${join(place, 'socket')}`, program: serve(`'socket'`) },
  http: {
    source: (_, port) => `http://localhost:${port}/health`,
    program: serve('process.env.PORT', `(request, response) => response.end(request.url === '/health' ? 'ok' : '')`),
  },
  file: { source: (place) => `file:${join(place, 'pid')}`, program: ['sh', '-c', 'echo $$ > pid; exec sleep 60'] },
  check: {
    source: (place) => `check:test -e '${join(place, 'done')}'`,
    program: ['sh', '-c', ': > done; exec sleep 60'],
  },
}

/** A port that nobody listens at. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
