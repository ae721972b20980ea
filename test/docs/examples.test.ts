import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { codeBlocks, examplesInComments, runExample } from '../support/example.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe('every example in the documentation of the library runs and gives what it says', () => {
  const sources = readdirSync(`${ROOT}/packages/fifodir/src`, { recursive: true, encoding: 'utf8' })
  const examples = sources
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      examplesInComments(readFileSync(`${ROOT}/packages/fifodir/src/${file}`, 'utf8')).map(
        (code) => [file, code] as const,
      ),
    )
  expect(examples.length).toBeGreaterThan(10)
  test.each(examples)('%s', async (_, code) => {
    expect(await runExample(code)).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('every JavaScript example in the README runs and gives what it says', () => {
  test.each(codeBlocks(readFileSync(`${ROOT}/README.md`, 'utf8'), 'js'))('%s', async (code) => {
    expect(await runExample(code)).toMatchObject({ code: 0, stderr: '' })
  })
})

test('an example that does not give what it says fails', async () => {
  expect((await runExample('1 + 1 // => 3')).code).toBe(1)
})
