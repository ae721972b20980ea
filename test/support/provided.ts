/** Programs that are given sockets as `provide` says, their output collected. */
import { type OpenSocket, provide, type Passed, type ProvisionOptions } from 'fifodir/activation'
import { fileURLToPath } from 'node:url'
import { type Running, start } from './process.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Starts `program` with `sockets`; in the root of the repository, from which the packages resolve. */
export function startProvided(
  sockets: readonly Passed[],
  program: string,
  args: readonly string[],
  options: ProvisionOptions = {},
): Running {
  const provision = provide(program, args, sockets, options)
  const text = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString()
  const env = Object.fromEntries(
    provision.environment.map((variable) => {
      const [name = '', ...value] = text(variable).split('=')
      return [name, value.join('=')]
    }),
  )
  const stdio = ['ignore' as const, 'pipe' as const, 'pipe' as const, ...Object.values(provision.descriptors)]
  return start(text(provision.program), provision.args.map(text), { cwd: ROOT, env, stdio })
}

/** Starts a Node program with `sockets`. */
export function startNode(sockets: readonly Passed[], source: string, ...args: readonly string[]): Running {
  return startProvided(sockets, process.execPath, ['--input-type=module', '-e', source, ...args])
}

/** The port that a socket has. */
export function portOf(socket: OpenSocket | undefined): number {
  if (socket === undefined || !('port' in socket.address)) throw new TypeError('it has no port')
  return socket.address.port
}
