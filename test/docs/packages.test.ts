import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { expect, test } from 'vitest'
import { run } from '../support/process.ts'
import { newDirectory } from '../support/scratch.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const tool = (name: string) => join(ROOT, 'node_modules/.bin', name)

const CONSUMER = `
import { events, FifodirError, makeFifodir, match, notify, Notifier, waitFor } from 'fifodir'
import { exec } from 'fifodir/posix'
import { notifySocket } from 'fifodir/systemd'
import { ready } from 'fifodir/systemd/service'

makeFifodir('event')
const up: Promise<{ event: string; sequence: string }> = waitFor('event', /u.*U/, { timeoutMs: 5000 })
const delivered: number = notify('event', 'uU').delivered
const subscription = events('event').pipe(match('U')).subscribe(({ event }: { event: string }) => event)
new Notifier('event').close()
const socket = notifySocket()
const told: Promise<boolean> = ready({ address: socket.address })
socket.messages.subscribe(({ pid }: { pid: number }) => socket.close())
void told
subscription.unsubscribe()
const run: (program: string, args?: readonly string[]) => never = exec
const code: string = new FifodirError({ code: 'E', operation: 'make', reason: 'r' }).code
up.then(({ sequence }) => console.log(delivered, sequence, code, typeof run))
`

test('both packages, packed, install into an empty project and work there, types included', {
  timeout: 120_000,
}, async () => {
  const project = newDirectory()
  for (const name of ['fifodir', 'cli'])
    expect(
      await run('npx', ['-y', 'pnpm@10', 'pack', '--pack-destination', project], { cwd: join(ROOT, 'packages', name) }),
    ).toMatchObject({ code: 0 })
  const tarballs = readdirSync(project).map((name) => `./${name}`)
  expect(tarballs).toHaveLength(2)

  writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }')
  const add = await run('npx', ['-y', 'pnpm@10', 'add', '--prefer-offline', ...tarballs, 'rxjs@7.8.2'], {
    cwd: project,
  })
  expect(add, String(add.stdout)).toMatchObject({ code: 0 })

  for (const tarball of tarballs) {
    const { messages } = await publint({
      pack: { tarball: new Uint8Array(readFileSync(join(project, tarball))).buffer },
      strict: true,
    })
    // it knows no command but those of env's; ours is sh first
    const isOurs = ({ code }: { code: string }): boolean => code === 'BIN_FILE_NOT_EXECUTABLE'
    expect(messages.filter((message) => !isOurs(message))).toEqual([])
    if (!tarball.includes('cli'))
      expect(await run(tool('attw'), ['--profile', 'esm-only', tarball], { cwd: project })).toMatchObject({ code: 0 })
  }

  writeFileSync(join(project, 'consumer.ts'), CONSUMER)
  symlinkSync(join(ROOT, 'node_modules/@types'), join(project, 'node_modules/@types'))
  const tsc = [
    '--strict',
    '--exactOptionalPropertyTypes',
    '--module',
    'nodenext',
    '--lib',
    'es2023,esnext.disposable',
    '--types',
    'node',
    'consumer.ts',
  ]
  expect(String((await run(tool('tsc'), tsc, { cwd: project })).stdout)).toBe('')
  expect(String((await run(process.execPath, ['consumer.js'], { cwd: project })).stdout)).toBe('1 uU E function\n')

  const required = "const { makeFifodir } = require('fifodir'); makeFifodir('other'); console.log('made')"
  const node = await run(process.execPath, ['--input-type=commonjs', '--no-warnings', '-e', required], { cwd: project })
  expect(String(node.stdout)).toBe('made\n')

  const script = 'fifodir listen -t 10s other U -- fifodir notify other U'
  const env = { ...process.env, PATH: `${project}/node_modules/.bin:${process.env['PATH']}` }
  expect(String((await run('sh', ['-c', script], { cwd: project, env })).stdout)).toBe('U\n')
})
