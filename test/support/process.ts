/** Real processes: the command as it was built, and others beside it. */
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** The built command. */
export const FIFODIR: string = fileURLToPath(new URL('../../packages/cli/dist/fifodir.cjs', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: Buffer
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly pid: number
  readonly ended: Promise<Ended>
}

/** Starts a program with its output collected; it is killed where it outlives the test. An input of null is left open. */
export function start(
  program: string,
  args: readonly string[],
  options: SpawnOptions & { input?: string | Uint8Array | null } = {},
): Running {
  const { input, ...spawnOptions } = options
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], ...spawnOptions })
  onTestFinished(() => void (child.exitCode ?? child.signalCode ?? child.kill('SIGKILL')))
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stdin?.on('error', () => undefined) // it may end without reading all of its input
  if (input === undefined) child.stdin?.end()
  else if (input !== null) child.stdin?.end(input)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      resolve({ code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() })
    })
  })
  return { child, pid: child.pid as number, ended }
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], options?: Parameters<typeof start>[2]): Promise<Ended> {
  return start(program, args, options).ended
}

/** Starts the command. */
export function startFifodir(args: readonly string[], options?: Parameters<typeof start>[2]): Running {
  return start(FIFODIR, args, options)
}

/** Runs the command to its end. */
export function fifodir(args: readonly string[], options?: Parameters<typeof start>[2]): Promise<Ended> {
  return startFifodir(args, options).ended
}
