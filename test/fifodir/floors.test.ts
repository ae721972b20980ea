/** The floors of the library: imports go down, or sideways on one floor, and files stay small. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const SOURCES = fileURLToPath(new URL('../../packages/fifodir/src', import.meta.url))

const PURE = 1
const SYSTEM = 2
const WAITING = 4

/** Who lives where: a room is a file, or a folder. A new file finds its floor here first. */
const FLOORS: readonly (readonly string[])[] = [
  ['error', 'event', 'tai64n'],
  ['pattern', 'search', 'line-search', 'wait-status', 'status', 'death-tally', 'lifecycle', 'lifecycle-table'],
  ['posix', 'path', 'failure', 'timeout'],
  ['fifo-name', 'write-end', 'read-end', 'reading', 'directory', 'notify', 'notifier', 'subscriber'],
  ['appearance', 'deadline', 'within', 'events', 'match', 'wait'],
  ['readiness', 'systemd', 'activation'],
  ['service'],
  ['index'],
]

interface SourceFile {
  /** Its path below `src`. */
  readonly name: string
  readonly text: string
  /** What it imports: a path below `src`, or the name of a package. */
  readonly imports: readonly string[]
}

const files: readonly SourceFile[] = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => {
    const text = readFileSync(join(SOURCES, name), 'utf8')
    // types of Node's are not imported at run time
    const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^import type .* from 'node:.*'$/gm, '')
    const specifiers = [
      ...code.matchAll(/(?:\bfrom|\bimport|\bimport\(|\brequire\)?\(|import\.meta\.url\)\()\s*['"]([^'"]+)['"]/g),
    ]
    const imports = specifiers.map(([, to = '']) => (to.startsWith('.') ? normalize(join(dirname(name), to)) : to))
    return { name, text, imports }
  })

const floorOf = (name: string): number => {
  const room = name.replace(/\.ts$/, '').split('/')[0] as string
  return FLOORS.findIndex((rooms) => rooms.includes(room))
}

const isOurs = (specifier: string): boolean => specifier.endsWith('.ts')

/** `file imports what` of all the imports that `isWrong`. */
const wrongImports = (isWrong: (file: SourceFile, specifier: string) => boolean): string[] =>
  files.flatMap((file) =>
    file.imports
      .filter((specifier) => isWrong(file, specifier))
      .map((specifier) => `${file.name} imports ${specifier}`),
  )

describe('in the sources of the library', () => {
  test('every file has a floor', () => {
    expect(files.length).toBeGreaterThan(20)
    expect(files.map(({ name }) => name).filter((name) => floorOf(name) < 0)).toEqual([])
  })

  test('no import goes up', () => {
    expect(wrongImports(({ name }, to) => isOurs(to) && floorOf(to) > floorOf(name))).toEqual([])
  })

  test('no import leaves the sources', () => {
    expect(wrongImports((_, to) => isOurs(to) && to.startsWith('..'))).toEqual([])
  })

  test('the pure floors know no system', () => {
    expect(wrongImports(({ name }, to) => to.startsWith('node:') && floorOf(name) < SYSTEM)).toEqual([])
    const globals = files.filter(({ name, text }) => floorOf(name) <= PURE && /\b(process|Buffer)\./.test(text))
    expect(globals.map(({ name }) => name)).toEqual([])
  })

  test('rxjs is known from waiting on', () => {
    expect(wrongImports(({ name }, to) => to.startsWith('rxjs') && floorOf(name) < WAITING)).toEqual([])
  })

  test('what a service needs of systemd/ knows neither rxjs nor node:net, which are slow to load', () => {
    const needed = new Set(['systemd/service.ts'])
    for (const file of needed) for (const to of files.find(({ name }) => name === file)?.imports ?? []) needed.add(to)
    expect([...needed]).toContain('posix/datagram.ts')
    expect([...needed].filter((to) => /rxjs|node:net/.test(to))).toEqual([])
  })

  test('koffi is loaded by one file of posix/ and nobody else', () => {
    const mentions = files.filter(({ imports }) => imports.includes('koffi')).map(({ name }) => name)
    expect(mentions).toEqual(['posix/koffi.ts'])
  })

  test('nothing else is depended upon', () => {
    const known = ['rxjs', 'koffi', '@eslint-community/regexpp']
    expect(wrongImports((_, to) => !isOurs(to) && !to.startsWith('node:') && !known.includes(to))).toEqual([])
  })

  test('every export is named', () => {
    expect(files.filter(({ text }) => /^\s*export\s+(\*|default)/m.test(text)).map(({ name }) => name)).toEqual([])
  })

  test('a file is short: half of them at most 80 lines, none above 400', () => {
    const lines = files.map(({ text }) => text.split('\n').length - 1).toSorted((a, b) => a - b)
    expect(lines[lines.length >> 1]).toBeLessThanOrEqual(80)
    expect(lines.at(-1)).toBeLessThanOrEqual(400)
  })
})
