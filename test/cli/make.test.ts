import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { outcome, outcomeOf } from '../support/outcome.ts'
import { FIFODIR, run } from '../support/process.ts'
import { describeAsRoot } from '../support/root.ts'
import { newDirectory, newFifodir } from '../support/scratch.ts'

const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8)

describe('make', () => {
  test('makes every DIR, mode 1733, and says nothing', async () => {
    const cwd = newDirectory()
    expect(await outcome(['make', 'one', 'two'], { cwd })).toEqual({ ended: 0, out: '', err: '' })
    expect([modeOf(join(cwd, 'one')), modeOf(join(cwd, 'two'))]).toEqual(['1733', '1733'])
  })

  test.each(['000', '022', '077', '777'])('makes it so under umask %s', async (umask) => {
    const cwd = newDirectory()
    await run('sh', ['-c', `umask ${umask}; exec "$0" make event`, FIFODIR], { cwd })
    expect(modeOf(join(cwd, 'event'))).toBe('1733')
  })

  test('leaves one that is there as it is', async () => {
    const cwd = newDirectory()
    mkdirSync(join(cwd, 'event'), { mode: 0o750 })
    expect((await outcome(['make', 'event'], { cwd })).ended).toBe(0)
    expect(modeOf(join(cwd, 'event'))).toBe('750')
  })

  test('-f sets the mode of one that is there', async () => {
    const cwd = newDirectory()
    mkdirSync(join(cwd, 'event'), { mode: 0o750 })
    expect((await outcome(['make', '-f', 'event'], { cwd })).ended).toBe(0)
    expect(modeOf(join(cwd, 'event'))).toBe('1733')
  })

  test('goes on where one of several cannot be made, and exits with the first failure', async () => {
    const cwd = newDirectory()
    const { ended, err } = await outcome(['make', 'none/one', 'two', 'none/three'], { cwd })
    expect({ ended, lines: err.split('\n').length - 1, mode: modeOf(join(cwd, 'two')) }).toEqual({
      ended: 111,
      lines: 2,
      mode: '1733',
    })
  })

  test('takes a DIR that begins with a dash after --', async () => {
    const cwd = newDirectory()
    expect((await outcome(['make', '--', '-x'], { cwd })).ended).toBe(0)
    expect(modeOf(join(cwd, '-x'))).toBe('1733')
  })

  test('two at the same time make one fifodir, and both succeed', async () => {
    const cwd = newDirectory()
    for (let round = 0; round < 10; round++) {
      const both = await Promise.all([1, 2].map(() => outcome(['make', 'event'], { cwd })))
      expect(both.map(({ ended }) => ended)).toEqual([0, 0])
      expect(modeOf(join(cwd, 'event'))).toBe('1733')
      rmSync(join(cwd, 'event'), { recursive: true })
    }
  })

  test('--json prints an object for each that is made', async () => {
    const cwd = newDirectory()
    expect((await outcome(['make', '--json', 'a', 'none/b', 'c'], { cwd })).out).toBe('{"dir":"a"}\n{"dir":"c"}\n')
  })
})

describeAsRoot('make -g', () => {
  test.each([
    ['a number', '12345', 12345],
    ['a number that is no group of the system', '4294967294', 4294967294],
    ['a name', 'daemon', 1],
    ['group 0', '0', 0],
  ])('takes %s, and makes the mode 3730', async (_, group, gid) => {
    const dir = join(newDirectory(), 'event')
    expect((await outcome(['make', '-g', group, dir])).ended).toBe(0)
    expect([modeOf(dir), statSync(dir).gid]).toEqual(['3730', gid])
  })

  test('-f gives a public one to the group, and back', async () => {
    const dir = newFifodir()
    await outcome(['make', '-fg', 'daemon', dir])
    expect([modeOf(dir), statSync(dir).gid]).toEqual(['3730', 1])
    await outcome(['make', '--force', dir])
    expect(modeOf(dir)).toBe('1733')
  })

  test('who subscribes there gives its FIFO to the group, whatever its own', async () => {
    const dir = join(newDirectory(), 'event')
    await outcome(['make', '-g', '12345', dir])
    const listing = ['sh', '-c', 'stat -c "%g %a" "$1"/ftrig1* >&2; exec "$0" notify "$1" U', FIFODIR, dir]
    const { err } = await outcomeOf(run(FIFODIR, ['listen', dir, 'U', '--', ...listing]))
    expect(err).toBe('12345 622\n')
  })
})
