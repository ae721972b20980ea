/** What starting the command loads: no more than it needs, as that is most of what it costs. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { begin } from '../support/outcome.ts'
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
