/** Events and patterns are the bytes of the arguments, whatever these are. Arguments that are no text go through the shell. */
import { join } from 'node:path'
import { makeFifodir, notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { begin, outcome, type Outcome, outcomeOf } from '../support/outcome.ts'
import { openReader, plantFifo } from '../support/planted.ts'
import { FIFODIR, run, start } from '../support/process.ts'
import { fifosIn, newDirectory, newFifodir, untilSubscribed } from '../support/scratch.ts'

/** Runs the command with shell words for arguments: `$1` is `dir`. */
function inShell(words: string, dir: string): Promise<Outcome> {
  return outcomeOf(run('sh', ['-c', `exec "$0" ${words}`, FIFODIR, dir]))
}

const allBytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)

describe('events', () => {
  test.each([
    ['é is two events', 'é', '\xc3\xa9'],
    ['an astral character is four', '😀', '\xf0\x9f\x98\x80'],
    ['U+FFFD is itself', '\uFFFD', '\xef\xbf\xbd'],
    ['a newline is one', 'a\nb', 'a\nb'],
  ])('%s', async (_, events, bytes) => {
    const dir = newFifodir()
    using reader = openReader(plantFifo(dir))
    expect((await outcome(['notify', dir, events])).ended).toBe(0)
    expect(reader.drain()).toBe(bytes)
  })

  test.each([
    ['a byte that is no text', '\\377', '\xff'],
    ['text around such bytes', 'é\\377\\376😀', '\xc3\xa9\xff\xfe\xf0\x9f\x98\x80'],
    ['a surrogate, encoded', '\\355\\240\\200', '\xed\xa0\x80'],
    ['too long an encoding', '\\300\\200', '\xc0\x80'],
    ['a character cut short', '\\360\\237\\230', '\xf0\x9f\x98'],
  ])('%s is sent as it is', async (_, printf, bytes) => {
    const dir = newFifodir()
    using reader = openReader(plantFifo(dir))
    expect((await inShell(`notify "$1" "$(printf '${printf}')"`, dir)).ended).toBe(0)
    expect(reader.drain()).toBe(bytes)
  })

  test('all 256 are printed as they are, each with a newline', async () => {
    const dir = newFifodir()
    const listening = begin(['listen', '-n', '256', dir])
    await untilSubscribed(dir)
    notify(dir, allBytes)
    const lines = [...allBytes].map((byte) => `${String.fromCharCode(byte)}\n`)
    expect((await listening.outcome).out).toBe(lines.join(''))
  })

  test('in JSON they are characters up to U+00FF', async () => {
    const dir = newFifodir()
    const waiting = begin(['wait', '--json', dir, '@'], {})
    await untilSubscribed(dir)
    notify(dir, Uint8Array.of(0, 0xff, 0x0a, 0x40))
    expect(JSON.parse(Buffer.from((await waiting.outcome).out, 'latin1').toString())).toMatchObject({
      event: '@',
      sequence: '\0\xff\n@',
    })
  })
})

describe('patterns', () => {
  test.each([
    ['é is its two bytes', 'é', 'x\xc3\xa9', '\xa9\n'],
    ['a bracket takes bytes, not characters', '[é]$', '\xc3', '\xc3\n'],
    ['event 0 is matched by .', '^..$', '\0\0', '\0\n'],
    ['event 0 comes before what is waited for', 'U', '\0\0U', 'U\n'],
  ])('%s', async (_, pattern, message, out) => {
    const dir = newFifodir()
    const waiting = begin(['wait', dir, pattern])
    await untilSubscribed(dir)
    notify(dir, message)
    expect(await waiting.outcome).toEqual({ ended: 0, out, err: '' })
  })

  test('a byte that is no text is waited for as it is', async () => {
    const dir = newFifodir()
    const waiting = start('sh', [
      '-c',
      `exec "$0" wait --sequence "$1" "$(printf '\\377[\\200-\\220]é')"`,
      FIFODIR,
      dir,
    ])
    await untilSubscribed(dir)
    notify(dir, 'x\xff\x85\xc3\xa9')
    expect((await outcomeOf(waiting.ended)).out).toBe('x\xff\x85\xc3\xa9\n')
  })
})

describe('directories', () => {
  test('DIR may be any text, and is printed as it is', async () => {
    const cwd = newDirectory()
    const dir = 'é\t\n 😀'
    makeFifodir(join(cwd, dir))
    const waiting = begin(['wait', dir, 'a', dir, 'b'], { cwd })
    await untilSubscribed(join(cwd, dir), 2)
    notify(join(cwd, dir), 'ab')
    const { out } = await waiting.outcome
    expect(Buffer.from(out, 'latin1').toString()).toBe(`${dir}\ta\n${dir}\tb\n`)
  })

  test.each(['make', 'clean', 'notify', 'wait', 'listen'])('%s: DIR that is no text exits 100', async (command) => {
    const dir = newFifodir()
    const words = `${command} "$1/$(printf '\\377')" ${command === 'make' || command === 'clean' ? '' : 'U'}`
    expect(await inShell(words, dir)).toEqual({
      ended: 100,
      out: '',
      err: `fifodir: DIR is not UTF-8: "${dir}/\\udcff"; name it by another path; see 'fifodir ${command} --help'\n`,
    })
    expect(fifosIn(dir)).toEqual([])
  })
})
