/** What starting the command loads: no more than it needs, as that is most of what it costs. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { begin } from '../support/outcome.ts'
import { FIFODIR, start } from '../support/process.ts'
import { newDirectory, newFifodir, untilSubscribed } from '../support/scratch.ts'

/** Run before the command; writes down what has been loaded at its end. What is bundled is known by what it does when it is loaded or used. */
const probe = (report: string): string => `
  const loaded = new Set()
  const note = (object, name, what) => Object.defineProperty(object, name, {
    configurable: true,
    get() { loaded.add(what) },
    set(value) { loaded.add(what); Object.defineProperty(this, name, { value, writable: true }) },
  })
  note(Symbol, 'observable', 'rxjs') // it looks for this
  note(require('node:events').prototype, 'registeredArguments', 'commander') // of its commands
  process.on('exit', () => {
    const fs = require('node:fs')
    for (const name of ['net', 'child_process']) if (process.moduleLoadList.includes('NativeModule ' + name)) loaded.add(name)
    if (fs.readFileSync('/proc/self/maps', 'latin1').includes('koffi')) loaded.add('koffi')
    fs.writeFileSync(${JSON.stringify(report)}, [...loaded].join(' '))
  })`

/** Runs the command. @returns what of interest it has loaded, by name */
async function loadedBy(args: readonly string[], during?: () => Promise<void>): Promise<string[]> {
  const directory = newDirectory()
  const [required, report] = [join(directory, 'probe.cjs'), join(directory, 'report')]
  writeFileSync(required, probe(report))
  const running = begin(args, { env: { ...process.env, NODE_OPTIONS: `--require ${required}` } })
  await during?.()
  expect((await running.outcome).err).toBe('')
  return readFileSync(report, 'utf8').split(' ').toSorted()
}

describe('starting', () => {
  test.each([
    ['make', []],
    ['clean', []],
    ['notify', ['U']],
  ])('%s loads neither commander, rxjs, koffi nor net', async (command, operands) => {
    expect(await loadedBy([command, newFifodir(), ...operands])).toEqual([''])
  })

  test('make -g loads koffi for a name, and not for a number', async () => {
    const name = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim()
    expect(await loadedBy(['make', '-g', name, join(newDirectory(), 'event')])).toEqual(['koffi'])
    expect(await loadedBy(['make', '-g', String(process.getgid?.()), join(newDirectory(), 'event')])).toEqual([''])
  })

  test.each([
    ['wait', ['--json', '-t', '20s'], []],
    ['listen', ['-n', '1'], []],
    ['listen', [], ['--', 'true']],
  ])('%s %j %j loads what its FIFO takes, and not commander', async (command, options, program) => {
    const dir = newFifodir()
    const loaded = await loadedBy([command, ...options, dir, 'U', ...program], async () => {
      await untilSubscribed(dir)
      notify(dir, 'U')
    })
    expect(loaded).toEqual(['koffi', 'net', 'rxjs'])
  })

  test('help loads commander', async () => {
    expect(await loadedBy(['notify', '--help'])).toContain('commander')
  })
})

describe("koffi's addon", () => {
  const dist = dirname(FIFODIR)
  const real = dirname(createRequire(FIFODIR).resolve('koffi'))

  /** A place where the command is installed beside a koffi of our making, which says so when its loader is asked. */
  function installed(): { command: string; koffi: string } {
    const place = newDirectory()
    for (const file of ['fifodir.cjs', 'waits.cjs', 'rest.cjs']) copyFileSync(join(dist, file), join(place, file))
    const koffi = join(place, 'node_modules/koffi')
    mkdirSync(koffi, { recursive: true })
    const loader = `process.stderr.write('asked'); module.exports = require(${JSON.stringify(real)})`
    writeFileSync(join(koffi, 'index.js'), loader)
    return { command: join(place, 'fifodir.cjs'), koffi }
  }

  /** What a wait says on standard error until its event came, its code included. */
  async function waitWith(command: string): Promise<string> {
    const dir = newFifodir()
    const { ended } = start(process.execPath, [command, 'wait', dir, 'U'])
    await untilSubscribed(dir)
    notify(dir, 'U')
    const { code, stderr } = await ended
    return `${stderr} ${code}`
  }

  test('is found without its loader where it is installed', async () => {
    const { command, koffi } = installed()
    symlinkSync(join(real, '../@koromix'), join(koffi, '../@koromix'))
    expect(await waitWith(command)).toBe(' 0')
  })

  test.each([
    ['is not there', () => undefined],
    ['is not an addon', (addon: string) => writeFileSync(addon, 'for another libc')],
    ['is of another version', (addon: string) => writeFileSync(addon, otherVersion())],
  ])('is left to its loader where it %s', async (_, plant) => {
    const { command, koffi } = installed()
    const { platform, arch } = process
    const directory = join(koffi, `../@koromix/koffi-${platform}-${arch}/${platform}_${arch}`)
    mkdirSync(directory, { recursive: true })
    plant(join(directory, 'koffi.node'))
    expect(await waitWith(command)).toBe('asked 0')
  })

  /** The addon as it is, but for its version. */
  function otherVersion(): Buffer {
    const { platform, arch } = process
    const addon = readFileSync(join(real, `../@koromix/koffi-${platform}-${arch}/${platform}_${arch}/koffi.node`))
    const { version } = JSON.parse(readFileSync(join(real, 'package.json'), 'utf8')) as { version: string }
    for (let at = addon.indexOf(`${version}\0`); at >= 0; at = addon.indexOf(`${version}\0`, at + 1))
      addon.write('0.0.0', at)
    return addon
  }
})
