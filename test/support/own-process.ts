/** Functions run by a Node process of their own, with the library as it was built. */
import { fileURLToPath } from 'node:url'
import { type Running, start } from './process.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The user that owns nothing. */
export const NOBODY = 65534

type Library = typeof import('fifodir')

/** What the function gets beside its arguments, as nothing from around it comes along. */
export interface Tools extends Library {
  readonly systemd: typeof import('fifodir/systemd')
  readonly fs: typeof import('node:fs')
  readonly service: typeof import('fifodir/service')
  readonly posix: typeof import('fifodir/posix')
  readonly readiness: typeof import('fifodir/readiness')
  /** The code of the error that `act` throws. */
  readonly codeOf: (act: () => unknown) => string | undefined
  /** Prints a line at once. */
  readonly say: (line: string) => void
}

export interface OwnProcessOptions {
  /** Its limit on open descriptors (`ulimit -n`). */
  readonly descriptors?: number
  /** Runs as user and group `NOBODY`, without other groups: for root alone. */
  readonly asNobody?: boolean
  readonly nodeOptions?: readonly string[]
  /** Null leaves its standard input open. */
  readonly input?: null
}

type Program<Args extends unknown[]> = (tools: Tools, ...args: Args) => unknown

/** The parts of the library beside the first. */
const PARTS = ['posix', 'readiness', 'service', 'systemd'] as const

/** The result is printed as JSON; koffi is loaded before the rights to read it may be dropped. */
function sourceOf(program: unknown, args: readonly unknown[], asNobody: boolean): string {
  const drop = `
    library.events('/dev/null/none').subscribe({ error() {} })
    process.setgroups([])
    process.setgid(${NOBODY})
    process.setuid(${NOBODY})`
  // only what it names: to read them all takes more descriptors than some of them may have
  const parts = PARTS.filter((part) => new RegExp(`\\b${part}\\b`).test(String(program)))
  const imports = parts.map((part) => `import * as ${part} from 'fifodir/${part}'`).join('\n')
  return `
    import fs from 'node:fs'
    import * as library from 'fifodir'
    ${imports}
    ${asNobody ? drop : ''}
    const codeOf = (act) => { try { act() } catch (error) { return error.code ?? error.name } }
    const say = (line) => fs.writeSync(1, line + '\\n')
    const result = await (${String(program)})({ ...library, fs, ${parts.join(', ')}${parts.length > 0 ? ',' : ''} codeOf, say }, ...${JSON.stringify(args)})
    if (result !== undefined) process.stdout.write(JSON.stringify(result))`
}

/** Starts `program` in a process of its own. */
export function startOwnProcess<Args extends unknown[]>(
  program: Program<Args>,
  args: [...Args],
  { descriptors, asNobody = false, nodeOptions = [], ...rest }: OwnProcessOptions = {},
): Running {
  const source = sourceOf(program, args, asNobody)
  const argv = [...nodeOptions, '--input-type=module', '-e', source]
  const options = { cwd: ROOT, ...rest }
  if (descriptors === undefined) return start(process.execPath, argv, options)
  return start('sh', ['-c', `ulimit -n ${descriptors} && exec "$0" "$@"`, process.execPath, ...argv], options)
}

/** Runs `program` in a process of its own, to its end, and returns what it returned. */
export async function inOwnProcess<Args extends unknown[]>(
  program: Program<Args>,
  args: [...Args],
  options?: OwnProcessOptions,
): Promise<unknown> {
  const { code, signal, stdout, stderr } = await startOwnProcess(program, args, options).ended
  if (code !== 0) throw new Error(`ended with ${code ?? signal}: ${stderr}`)
  return stdout.length === 0 ? undefined : JSON.parse(stdout.toString())
}

/** Resolves once `running`, just started, has printed `text`. */
export function untilPrinted(running: Running, text: string, on: 'stdout' | 'stderr' = 'stdout'): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = ''
    running.child[on]?.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      if (printed.includes(text)) resolve()
    })
    running.ended.then(({ stderr }) => reject(new Error(`ended without printing ${text}: ${stderr}`)), reject)
  })
}
