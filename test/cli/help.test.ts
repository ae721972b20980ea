import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Command } from '../../packages/cli/src/command.ts'
import { COMMANDS } from '../../packages/cli/src/program.ts'
import { outcome } from '../support/outcome.ts'

describe.each(COMMANDS.map((command): [string, Command] => [command.name, command]))('%s --help', (name, command) => {
  const help = (): ReturnType<typeof outcome> => outcome([name, '--help'])
  const lines = async (): Promise<string[]> =>
    Buffer.from((await help()).out, 'latin1')
      .toString()
      .split('\n')

  test('exits 0 and says nothing on standard error', async () => {
    expect(await help()).toMatchObject({ ended: 0, err: '' })
  })

  test('begins with the usage, and mentions every option and the exit codes', async () => {
    const text = await lines()
    expect(text[0]).toBe(`Usage: fifodir ${name} ${command.usage}`)
    for (const { short, long, value = '' } of command.options) {
      const option = `  ${short ? `-${short}, ` : ''}--${long}${value && ` <${value}>`} `
      expect(text.some((line) => line.startsWith(option))).toBe(true)
    }
    expect(text.some((line) => /^Exit: .*100 wrong usage; 111 a system call failed/.test(line))).toBe(true)
  })

  test('has an example, and no line of more than 120 columns', async () => {
    const text = await lines()
    expect(text.some((line) => line.startsWith(`  fifodir ${name} `))).toBe(true)
    expect(text.filter((line) => line.length > 120)).toEqual([])
  })

  test('is what -h and help print, also after operands and before mistakes', async () => {
    const text = await help()
    const others = [
      [name, '-h'],
      ['help', name],
      ...(command.takesProgram === 'as operands' ? [] : [[name, 'a', 'b', '--help']]),
      [name, '--help', '--no-such'],
    ]
    for (const args of others) expect(await outcome(args)).toEqual(text)
  })
})

describe('fifodir --help', () => {
  test('exits 0 and names every command with what it does', async () => {
    const { ended, out, err } = await outcome(['--help'])
    expect({ ended, err }).toEqual({ ended: 0, err: '' })
    for (const { name, summary } of COMMANDS)
      expect(out.replaceAll(/\s+/g, ' ')).toMatch(new RegExp(` ${name} .*${summary}`))
  })

  test('names the exit codes', async () => {
    expect((await outcome(['--help'])).out).toMatch(/^Exit codes: 0 done, 1 .*, 99 .*, 100 .*, 111 /m)
  })
})

test.each(['--version', '-V'])('fifodir %s prints the version of the package', async (option) => {
  const manifest = readFileSync(new URL('../../packages/cli/package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(manifest) as { version: string }
  expect(await outcome([option])).toEqual({ ended: 0, out: `${version}\n`, err: '' })
})

test("the help for PROG's own options is PROG's", async () => {
  const { ended, out } = await outcome(['listen', '-t', '1', '--appear', '/none/event', 'U', '--', 'expr', '--help'])
  expect({ ended, ours: out.includes('fifodir') }).toEqual({ ended: 99, ours: false })
})
