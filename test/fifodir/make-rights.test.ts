/** Making fifodirs with all sorts of umasks and rights, so in processes of their own. */
import { chmodSync, chownSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { makeFifodir } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { inOwnProcess, NOBODY } from '../support/own-process.ts'
import { describeAsRoot } from '../support/root.ts'
import { newDirectory } from '../support/scratch.ts'

const UMASKS = [0, 0o22, 0o77, 0o777]

/** The modes of a public fifodir and of one with a group, for every umask; in octal, to be read. */
function modesIn(directory: string, asNobody: boolean): Promise<unknown> {
  return inOwnProcess(
    ({ makeFifodir: make, fs }, parent, umasks) =>
      umasks.map((umask) => {
        const paths = [`${parent}/${umask}`, `${parent}/${umask}-group`] as const
        process.umask(umask)
        make(paths[0])
        make(paths[1], { group: process.getgid?.() as number })
        return paths.map((path) => (fs.statSync(path).mode & 0o7777).toString(8))
      }),
    [directory, UMASKS],
    { asNobody },
  )
}

function nobodysDirectory(): string {
  const directory = newDirectory()
  chownSync(directory, NOBODY, NOBODY)
  return directory
}

describe('the mode of a fifodir', () => {
  const modes = UMASKS.map(() => ['1733', '3730'])

  test('is the same under umask 0, 022, 077 and 0777', async () => {
    expect(await modesIn(newDirectory(), false)).toEqual(modes)
  })

  describeAsRoot('of a user without privileges', () => {
    test('is the same under umask 0, 022, 077 and 0777', async () => {
      expect(await modesIn(nobodysDirectory(), true)).toEqual(modes)
    })
  })
})

describe('a fifodir that could not be made whole', () => {
  test('is removed again where descriptors run out', async () => {
    const path = join(newDirectory(), 'event')
    const code = await inOwnProcess(
      ({ makeFifodir: make, codeOf, fs }, event) => {
        const fds: number[] = []
        codeOf(() => {
          for (;;) fds.push(fs.openSync('/dev/null', 'r'))
        })
        const result = codeOf(() => make(event))
        for (const fd of fds) fs.closeSync(fd)
        return result
      },
      [path],
      { descriptors: 64 },
    )
    expect(code).toBe('EMFILE')
    expect(existsSync(path)).toBe(false)
  })

  describeAsRoot('by a user without privileges', () => {
    test('is removed again where the group is not the user’s to give', async () => {
      const directory = nobodysDirectory()
      const code = await inOwnProcess(
        ({ makeFifodir: make, codeOf }, path) => codeOf(() => make(path, { group: 0 })),
        [`${directory}/event`],
        { asNobody: true },
      )
      expect(code).toBe('EPERM')
      expect(existsSync(`${directory}/event`)).toBe(false)
    })

    test('is not begun in a directory of somebody else', async () => {
      const directory = newDirectory()
      chmodSync(directory, 0o755)
      const code = await inOwnProcess(
        ({ makeFifodir: make, codeOf }, path) => codeOf(() => make(path)),
        [`${directory}/event`],
        { asNobody: true },
      )
      expect(code).toBe('EACCES')
    })
  })
})

describeAsRoot('a directory that belongs to another user', () => {
  test('is refused, and stays as it is, even for root and by force', () => {
    const path = join(newDirectory(), 'event')
    mkdirSync(path, 0o711)
    chownSync(path, NOBODY, NOBODY)
    for (const force of [false, true])
      expect(() => makeFifodir(path, { force })).toThrow(
        `cannot make ${path}: it exists and belongs to another user, uid ${NOBODY} (EACCES)`,
      )
    expect(statSync(path).mode & 0o7777).toBe(0o711)
  })

  test('is refused where root owns it and nobody asks', async () => {
    const directory = newDirectory()
    chmodSync(directory, 0o755)
    makeFifodir(`${directory}/event`)
    const code = await inOwnProcess(
      ({ makeFifodir: make, codeOf }, path) => codeOf(() => make(path, { force: true })),
      [`${directory}/event`],
      { asNobody: true },
    )
    expect(code).toBe('EACCES')
  })
})
