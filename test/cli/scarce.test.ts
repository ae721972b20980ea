/** Where something runs out: room on the file system, descriptors. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Outcome, outcomeOf } from '../support/outcome.ts'
import { FIFODIR, run } from '../support/process.ts'
import { newDirectory, newFifodir } from '../support/scratch.ts'

const mayMount = spawnSync('unshare', ['--mount', 'true']).status === 0

/** Runs a script, with `$0` for the command, in a tmpfs of its own that nobody else sees. */
function inTmpfs(options: string, script: string): Promise<Outcome> {
  const inside = `mount -t tmpfs -o ${options} tmpfs "$PWD" && cd "$PWD" || exit; ${script}`
  return outcomeOf(run('unshare', ['--mount', 'sh', '-c', inside, FIFODIR], { cwd: newDirectory() }))
}

describe.skipIf(!mayMount)(`a full tmpfs${mayMount ? '' : ' (this user may not mount one)'}`, () => {
  // one inode is the root's
  test('make exits 111 where there is no inode left, and leaves nothing behind', async () => {
    expect(await inTmpfs('nr_inodes=2', '"$0" make one && "$0" make two; echo $? *')).toEqual({
      ended: 0,
      out: '111 one\n',
      err: 'fifodir: cannot make two: no space left on device (ENOSPC); make room on its file system (a directory takes an inode)\n',
    })
  })

  test('wait exits 111 where there is no inode left, and leaves nothing behind', async () => {
    expect(await inTmpfs('nr_inodes=2', '"$0" make one && "$0" wait one U -- touch two; echo $?; find .')).toEqual({
      ended: 0,
      out: '111\n.\n./one\n',
      err: 'fifodir: cannot subscribe to one: no space left on device (ENOSPC); make room on its file system (a FIFO takes an inode), or raise the limit of file watches\n',
    })
  })

  test('listen exits 111 where the second of two finds no inode, without starting PROG', async () => {
    const script = '"$0" make one && "$0" listen one U one d -- touch two; echo $?; find .'
    expect(await inTmpfs('nr_inodes=3', script)).toMatchObject({ out: '111\n.\n./one\n' })
  })

  test('one that is full of data serves all the same, as a fifodir holds none', async () => {
    const script = 'dd if=/dev/zero of=fill 2>&-; "$0" make one; "$0" listen one U -- "$0" notify one U; echo $?'
    expect(await inTmpfs('size=64k', script)).toEqual({ ended: 0, out: 'U\n0\n', err: '' })
  })
})

describe('the limit of open descriptors', () => {
  // node itself and koffi start with fewer than 40, and not with 10
  const limited = (args: readonly string[]): Promise<Outcome> =>
    outcomeOf(run('sh', ['-c', 'ulimit -n 40 && exec "$0" "$@"', FIFODIR, ...args]))
  const message = (dir: string): string =>
    `fifodir: cannot subscribe to ${dir}: too many open files (EMFILE); raise the limit of open files (ulimit -n)\n`

  test.each([['wait'], ['listen']])('%s exits 111 where it is reached, and leaves nothing behind', async (command) => {
    const dir = newFifodir()
    const pairs = Array.from({ length: 40 }, () => [dir, 'U']).flat()
    const args = [command, ...pairs, '--', 'touch', `${dir}/new`]
    expect(await limited(args)).toEqual({ ended: 111, out: '', err: message(dir) })
    expect(readdirSync(dir)).toEqual([])
  })

  test('notify needs one descriptor at a time, however many are subscribed', async () => {
    const dir = newFifodir()
    const pairs = Array.from({ length: 60 }, () => [dir, 'U']).flat()
    const notifying = ['sh', '-c', 'ulimit -n 40 && exec "$0" notify -v "$1" U >&2', FIFODIR, dir]
    const { ended, err } = await outcomeOf(run(FIFODIR, ['listen', '-q', ...pairs, '--', ...notifying]))
    expect({ ended, err }).toEqual({ ended: 0, err: 'delivered 60, full 0, stale 0, denied 0, foreign 0\n' })
  })
})
