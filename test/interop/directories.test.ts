/** Directories made by s6 serve us, and the other way round. */
import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { notify } from 'fifodir'
import { expect, test } from 'vitest'
import { begin, outcomeOf } from '../support/outcome.ts'
import { describeWithPeer } from '../support/peers.ts'
import { FIFODIR, run, start } from '../support/process.ts'
import { newDirectory, newFifodir, untilSubscribed } from '../support/scratch.ts'

/** Mode and group of what `program` makes, under a umask. */
async function made(umask: string, program: string, args: readonly string[], existing?: number): Promise<string> {
  const dir = join(newDirectory(), 'event')
  if (existing !== undefined) {
    mkdirSync(dir)
    chmodSync(dir, existing)
  }
  const { code, stderr } = await run('sh', ['-c', `umask ${umask}; exec "$0" "$@"`, program, ...args, dir])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { mode, gid } = statSync(dir)
  return `${(mode & 0o7777).toString(8)} ${gid}`
}

describeWithPeer('s6-mkfifodir', 's6', ['s6-mkfifodir', 's6-ftrig-notify', 's6-ftrig-wait'], () => {
  const gid = String(process.getgid?.())

  test.each(['000', '022', '077', '777'].flatMap((umask) => [[umask, []] as const, [umask, ['-g', gid]] as const]))(
    'makes what we make, under umask %s, %j',
    async (umask, args) => {
      const theirs = await made(umask, 's6-mkfifodir', args)
      expect(await made(umask, FIFODIR, ['make', ...args])).toBe(theirs)
    },
  )

  test.each([
    ['leaves one that exists as it is', []],
    ['sets its mode again with -f', ['-f']],
    ['sets its mode and group again with -f and -g', ['-f', '-g', gid]],
  ])('%s, as we do', async (_, args) => {
    const theirs = await made('022', 's6-mkfifodir', args, 0o750)
    expect(await made('022', FIFODIR, ['make', ...args], 0o750)).toBe(theirs)
  })

  test('makes one that serves us', async () => {
    const dir = join(newDirectory(), 'event')
    await run('s6-mkfifodir', [dir])
    const waiting = begin(['wait', dir, 'U'])
    await untilSubscribed(dir)
    expect(notify(dir, 'U').delivered).toBe(1)
    expect(await waiting.outcome).toEqual({ ended: 0, out: 'U\n', err: '' })
  })

  test('one that we made serves s6', async () => {
    const dir = newFifodir()
    const waiting = start('s6-ftrig-wait', [dir, 'U'])
    await untilSubscribed(dir)
    await run('s6-ftrig-notify', [dir, 'U'])
    expect(await outcomeOf(waiting.ended)).toEqual({ ended: 0, out: 'U\n', err: '' })
  })
})
