import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FifodirError, makeFifodir } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { newDirectory } from '../support/scratch.ts'

/** A group of this user that is not the one it would give anyway, where there is one. */
function aGroup(): { name: string; gid: number } {
  const groups = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , gid]) => ({ name, gid: Number(gid) }))
  const own = groups.filter(({ gid }) => process.geteuid?.() === 0 || process.getgroups?.().includes(gid))
  const group = own.find(({ gid }) => gid !== process.getegid?.()) ?? own[0]
  if (group === undefined) throw new Error('this user is in no group that has a name')
  return group
}

const modeOf = (path: string): number => statSync(path).mode & 0o7777

describe('a fifodir', () => {
  test('is an empty directory of mode 1733: all may subscribe, its owner alone may list it', () => {
    const path = join(newDirectory(), 'event')
    expect(makeFifodir(path)).toBeUndefined()
    expect(statSync(path).isDirectory()).toBe(true)
    expect(modeOf(path)).toBe(0o1733)
  })

  test.each(['name', 'gid'] as const)('of a group, given by its %s, is of mode 3730 and has the group', (by) => {
    const path = join(newDirectory(), 'event')
    const group = aGroup()
    makeFifodir(path, { group: group[by] })
    expect({ mode: modeOf(path), gid: statSync(path).gid }).toEqual({ mode: 0o3730, gid: group.gid })
  })
})

describe('a directory that is this user’s already', () => {
  function existing(mode: number): string {
    const path = join(newDirectory(), 'event')
    mkdirSync(path)
    chmodSync(path, mode)
    return path
  }

  test('is left as it is', () => {
    const path = existing(0o711)
    makeFifodir(path, { group: aGroup().gid })
    expect({ mode: modeOf(path), gid: statSync(path).gid }).toEqual({ mode: 0o711, gid: process.getegid?.() })
  })

  test('becomes a fifodir by force', () => {
    const path = existing(0o711)
    makeFifodir(path, { force: true })
    expect(modeOf(path)).toBe(0o1733)
  })

  test('gets the group by force', () => {
    const path = existing(0o1733)
    const { gid } = aGroup()
    makeFifodir(path, { group: gid, force: true })
    expect({ mode: modeOf(path), gid: statSync(path).gid }).toEqual({ mode: 0o3730, gid })
  })

  test('may be a link to one', () => {
    const path = existing(0o1733)
    symlinkSync(path, `${path}-link`)
    makeFifodir(`${path}-link`)
    expect(modeOf(path)).toBe(0o1733)
  })
})

describe('no fifodir can be made', () => {
  function failureOf(path: string): FifodirError {
    try {
      makeFifodir(path)
    } catch (error) {
      expect(error).toBeInstanceOf(FifodirError)
      return error as FifodirError
    }
    throw new Error('it was made')
  }

  test('without a parent directory', () => {
    const path = join(newDirectory(), 'missing', 'event')
    expect(failureOf(path)).toMatchObject({
      code: 'ENOENT',
      operation: 'make',
      path,
      hint: 'make its parent directory first',
    })
  })

  test('where a file stands, which stays as it was', () => {
    const path = join(newDirectory(), 'event')
    writeFileSync(path, 'precious')
    expect(failureOf(path)).toMatchObject({ code: 'ENOTDIR', operation: 'make', path })
    expect(readFileSync(path, 'utf8')).toBe('precious')
  })

  test('inside a file', () => {
    const path = join(newDirectory(), 'file')
    writeFileSync(path, '')
    expect(failureOf(`${path}/event`)).toMatchObject({ code: 'ENOTDIR' })
  })

  test('for a group that does not exist: nothing is touched', () => {
    const path = join(newDirectory(), 'event')
    expect(() => makeFifodir(path, { group: 'no-such-group' })).toThrow(
      new RangeError("no such group: no-such-group; name one of the system's, or give its number"),
    )
    for (const group of [-1, 1.5, Number.NaN, 2 ** 32 - 1])
      expect(() => makeFifodir(path, { group })).toThrow(RangeError)
    expect(existsSync(path)).toBe(false)
  })
})
