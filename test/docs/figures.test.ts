import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

test('the figures that the README quotes stand in BENCHMARKS.md', () => {
  const [, quoted = ''] = /beside the peers in one run[^`]*`npx[^`]*`[^`]*```\n(.*?)```/s.exec(read('README.md')) ?? []
  expect(quoted.trimEnd().split('\n')).toHaveLength(3)
  for (const line of quoted.trimEnd().split('\n')) expect(read('BENCHMARKS.md')).toContain(line)
})
