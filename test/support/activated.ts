/** `activate` at work: what clients say to it, and what they are told. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { untilPrinted } from './own-process.ts'
import { type Running, startFifodir } from './process.ts'

/** From here the packages resolve. */
export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url))

/** Serves one client on the first socket, says what it was given, and ends. */
export const NODE_SERVER: readonly string[] = [
  process.execPath,
  '--input-type=module',
  '-e',
  `import { createServer } from 'node:net'
  import { activated, listenFds } from 'fifodir/systemd'
  const given = listenFds().map(({ fd, name, type }) => [fd, name, type].join(' '))
  const server = createServer((client) => { client.end([process.pid, ...given].join()); server.close() })
  server.listen(activated() ?? 0)`,
]

/** Starts `activate` in the root of the repository, from which the packages resolve; resolves once it listens. */
export async function startActivate(
  args: readonly string[],
  options: Parameters<typeof startFifodir>[1] = {},
): Promise<Running> {
  const running = startFifodir(['activate', '-v', ...args], { cwd: ROOT, ...options })
  await untilPrinted(running, 'listening on', 'stderr')
  return running
}

/** All that is said to a client, to the end of its connection. */
export async function told(client: Socket | string): Promise<string> {
  const socket = typeof client === 'string' ? connect(client) : client
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await once(socket, 'close')
  return text
}
