import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { codeBlocks } from '../support/example.ts'
import { FIFODIR, run } from '../support/process.ts'
import { newDirectory } from '../support/scratch.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

test.each(['demo', 'services'])(
  '%s starts three servers in the order of their needs, and leaves nothing behind',
  async (demo) => {
    const temporary = newDirectory()
    const env = { ...process.env, TMPDIR: temporary, PATH: `${dirname(FIFODIR)}/bin:${process.env['PATH']}` }
    const { code, stdout, stderr } = await run('sh', [join(ROOT, `demo/${demo}.sh`)], { env })
    const starts = `${stderr}${String(stdout)}`
      .match(/^\w+ .*?: (?:starts|is up)/gm)
      ?.map((line) => line.replace(/ \(.*\)/, ''))
    expect(starts).toEqual(['db: starts', 'db: is up', 'api: starts', 'api: is up', 'web: starts', 'web: is up'])
    expect(String(stdout)).toContain('all are up; web says: web, on api, on db\n')
    expect(code).toBe(0)
    expect(readdirSync(temporary)).toEqual([])
  },
)

test.each(['demo', 'services'])('the README shows %s as it is', (demo) => {
  const scripts = codeBlocks(readFileSync(join(ROOT, 'README.md'), 'utf8'), 'sh')
  expect(scripts).toContain(readFileSync(join(ROOT, `demo/${demo}.sh`), 'utf8'))
})
