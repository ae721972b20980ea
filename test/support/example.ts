/** Examples from the documentation as programs: what stands after `// =>` must be what comes out. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newDirectory } from './scratch.ts'
import { type Ended, run } from './process.ts'

const PACKAGES = { fifodir: '../../packages/fifodir', rxjs: '../../node_modules/rxjs' }

/** The examples in TSDoc comments: what follows `@example`, up to the next tag or the end. */
export function examplesInComments(source: string): string[] {
  return [...source.matchAll(/^ *\* @example\n((?: *\*(?!\/)(?! @).*\n)+)/gm)].map(([, body = '']) =>
    body.replaceAll(/^ *\* ?/gm, ''),
  )
}

/** The code blocks of a Markdown text in `language`. */
export function codeBlocks(markdown: string, language: string): string[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, name, body = '']) =>
    name === language ? [body] : [],
  )
}

/** Runs an example as a module, in an empty directory from which the packages resolve. */
export function runExample(code: string): Promise<Ended> {
  const directory = newDirectory()
  mkdirSync(join(directory, 'node_modules'))
  for (const [name, path] of Object.entries(PACKAGES))
    symlinkSync(fileURLToPath(new URL(path, import.meta.url)), join(directory, 'node_modules', name))
  writeFileSync(join(directory, 'example.mjs'), checked(code))
  return run(process.execPath, ['example.mjs'], { cwd: directory })
}

/** The example with each `expression // => value`, on one line or two, turned into an assertion. */
function checked(code: string): string {
  const body = code.replaceAll(
    /^( *)(.+?)\s*\/\/ => (.+)$/gm,
    (_, indent: string, expression: string, value: string) => {
      return `${indent};__equal(${expression}, ${value})`
    },
  )
  return `import { deepStrictEqual as __equal } from 'node:assert'\n${body}`
}
