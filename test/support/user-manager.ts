/**
 * A real service manager: `systemd --user`, in a cgroup and a mount namespace of its own, with units of its own. It tells
 * when it is up as any service does: over a NOTIFY_SOCKET, which is ours.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isReady, notifySocket } from 'fifodir/systemd'
import { filter, firstValueFrom } from 'rxjs'
import { describe } from 'vitest'

const SYSTEMD = '/lib/systemd/systemd'
const UNITS = 'config/systemd/user'
const LIBRARY = fileURLToPath(new URL('../../packages/fifodir/dist/systemd/index.js', import.meta.url))

/** In a mount namespace of its own: a system that was booted with systemd, as far as the manager can see. */
const SCRIPT = `
  set -e
  echo $$ > "$CGROUP/cgroup.procs"
  exec setpriv --pdeathsig KILL unshare --mount --cgroup --propagation private sh -ec '
    mkdir -p /run/systemd
    mount -t tmpfs tmpfs /run/systemd
    mkdir /run/systemd/system
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    exec env -i PATH="$PATH" HOME="$PLACE" XDG_RUNTIME_DIR="$PLACE/run" XDG_CONFIG_HOME="$PLACE/config" \\
      NOTIFY_SOCKET="$NOTIFY_SOCKET" SYSTEMD_LOG_TARGET=console ${SYSTEMD} --user --unit=basic.target
  '`

/** A suite that needs a manager: skipped where there can be none, and its title says why. */
export function describeWithManager(title: string, suite: () => void): void {
  const reason = whyNot()
  if (reason === undefined) describe(title, suite)
  else describe.skip(`${title} (${reason})`, suite)
}

/** Which systemd it is: 252, …; 0 where there is none. */
export function managerVersion(): number {
  const { stdout } = spawnSync(SYSTEMD, ['--version'], { encoding: 'utf8' })
  return Number(/^systemd (\d+)/.exec(stdout)?.[1] ?? 0)
}

function whyNot(): string | undefined {
  if (process.geteuid?.() !== 0) return 'not root'
  const missing = [SYSTEMD, '/usr/bin/systemctl', '/usr/bin/nsenter'].find((program) => !existsSync(program))
  if (missing !== undefined) return `no ${missing}: apt-get install systemd util-linux`
  const root = cgroupRoot()
  if (root === undefined) return 'no cgroup2 is mounted here'
  const probe = join(root, `fifodir-probe-${process.pid}`)
  try {
    mkdirSync(probe)
    rmdirSync(probe)
  } catch (error) {
    return `no cgroup can be made here: ${(error as Error).message}`
  }
  const mounting = spawnSync('unshare', [
    '--mount',
    '--cgroup',
    '--propagation',
    'private',
    'mount',
    '-t',
    'cgroup2',
    'x',
    '/mnt',
  ])
  return mounting.status === 0 ? undefined : `cgroup2 cannot be mounted here: ${String(mounting.stderr).trim()}`
}

/** Where cgroup2 is mounted. */
function cgroupRoot(): string | undefined {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
  return /^\S+ (\S+) cgroup2 /m.exec(mounts)?.[1]
}

/** A manager that runs. */
export class UserManager {
  /** The library, for programs that are run from anywhere. */
  static readonly library: string = LIBRARY

  readonly pid: number
  /** Its directory, and its services' own. */
  readonly place: string
  readonly #cgroup: string
  readonly #ended: Promise<unknown>

  private constructor(pid: number, place: string, cgroup: string, ended: Promise<unknown>) {
    this.pid = pid
    this.place = place
    this.#cgroup = cgroup
    this.#ended = ended
  }

  /** Starts a manager, and resolves once it is up. */
  static async start(): Promise<UserManager> {
    const place = mkdtempSync(join(tmpdir(), 'fifodir-manager-'))
    const cgroup = join(cgroupRoot() as string, `fifodir-test-${process.pid}`)
    mkdirSync(cgroup)
    mkdirSync(join(place, 'run'), { mode: 0o700 })
    mkdirSync(join(place, UNITS), { recursive: true })
    using socket = notifySocket()
    const env = { PATH: process.env['PATH'], CGROUP: cgroup, PLACE: place, NOTIFY_SOCKET: socket.address }
    const child = spawn('sh', ['-c', SCRIPT], { env, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
    let log = ''
    child.stderr.on('data', (text: Buffer) => (log += text.toString()))
    const ended = once(child, 'close')
    const manager = new UserManager(child.pid as number, place, cgroup, ended)
    const up = firstValueFrom(
      socket.messages.pipe(
        filter(({ pid }) => pid === child.pid),
        filter(isReady),
      ),
    )
    const isUp = await Promise.race([up.then(() => true), ended.then(() => false)])
    if (isUp) return manager
    await manager.stop()
    throw new Error(`systemd --user ended: ${log}`)
  }

  /** Runs `systemctl`, and returns what it prints. */
  ctl(...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(
      'nsenter',
      ['-t', String(this.pid), '-m', '-C', 'env', `XDG_RUNTIME_DIR=${this.place}/run`, 'systemctl', '--user', ...args],
      { encoding: 'utf8', env: { PATH: process.env['PATH'] } },
    )
    if (status !== 0) throw new Error(`systemctl ${args.join(' ')}: ${status} ${stderr}`)
    return stdout.trim()
  }

  /** A property of a unit, as `systemctl show` has it. */
  show(unit: string, property: string): string {
    return this.ctl('show', '--value', '-p', property, unit)
  }

  /**
   * Defines `name.service`: a Node program `code`, which finds the library as `sd` and `node:fs` as `fs`, with `settings`,
   * lines of its section.
   */
  define(name: string, code: string, ...settings: readonly string[]): string {
    const program = join(this.place, `${name}.mjs`)
    const node = process.execPath
    writeFileSync(program, `import fs from 'node:fs'\nimport * as sd from '${LIBRARY}'\n${code}`)
    const unit = ['[Service]', 'Type=notify', `ExecStart=${node} ${program}`, 'TimeoutStopSec=5', ...settings, '']
    writeFileSync(join(this.place, UNITS, `${name}.service`), unit.join('\n'))
    this.ctl('daemon-reload')
    return `${name}.service`
  }

  /** Ends it, and all that it has started: nothing of it is left. */
  async stop(): Promise<void> {
    writeFileSync(join(this.#cgroup, 'cgroup.kill'), '1')
    await Promise.all([this.#ended, untilEmpty(this.#cgroup)])
    removeCgroup(this.#cgroup)
    rmSync(this.place, { recursive: true })
  }
}

/** Resolves once no process is in `cgroup` any more. */
function untilEmpty(cgroup: string): Promise<void> {
  return new Promise((resolve) => {
    const events = join(cgroup, 'cgroup.events')
    const look = (): void => {
      if (readFileSync(events, 'utf8').includes('populated 1')) return
      watcher.close()
      resolve()
    }
    const watcher = watch(events, look)
    look()
  })
}

function removeCgroup(cgroup: string): void {
  for (const entry of readdirSync(cgroup, { withFileTypes: true }))
    if (entry.isDirectory()) removeCgroup(join(cgroup, entry.name))
  rmdirSync(cgroup)
}
