/**
 * Where s6 and fifodir differ: a test for each row of INTEROP.md, which names them. What it says of s6 is measured here,
 * with the version that is installed: 2.11.3.2, Debian's.
 */
import { chownSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { outcome, type Outcome, outcomeOf } from '../support/outcome.ts'
import { NOBODY } from '../support/own-process.ts'
import { describeWithPeer } from '../support/peers.ts'
import { freshPath, openReader, plantFifo } from '../support/planted.ts'
import { type Ended, FIFODIR, run, type Running, start, startFifodir } from '../support/process.ts'
import { fifosIn, newFifodir, untilSubscribed } from '../support/scratch.ts'
import { startAsNobody } from '../support/unprivileged.ts'

const programs = ['s6-cleanfifodir', 's6-ftrig-listen1', 's6-ftrig-notify', 's6-ftrig-wait']

/** Asks both subscribers, in a fifodir each, for `pattern`, or z, and sends both `message`; then z to s6's, so that it ends. */
async function bothWait(pattern: string, message: string): Promise<{ s6: string; ours: string }> {
  const [theirDir, ourDir] = [newFifodir(), newFifodir()]
  const s6 = start('s6-ftrig-wait', [theirDir, `${pattern}|z`])
  const ours = startFifodir(['wait', ourDir, `${pattern}|z`])
  await Promise.all([untilSubscribed(theirDir), untilSubscribed(ourDir)])
  for (const dir of [theirDir, ourDir]) expect(notify(dir, message).delivered).toBe(1)
  notify(theirDir, 'z')
  return { s6: (await outcomeOf(s6.ended)).out, ours: (await outcomeOf(ours.ended)).out }
}

describeWithPeer('row by row:', 's6', programs, () => {
  describe('anchors', () => {
    test.each([
      ['^ab', 'ab', 'b'],
      ['(^)', 'a', 'a'],
      ['U$', 'U', 'U'],
    ])('%s is never found by s6; here it is found in %s', async (pattern, message, event) => {
      expect(await bothWait(pattern, message)).toEqual({ s6: 'z\n', ours: `${event}\n` })
    })
  })

  describe('grouping', () => {
    test('U$ is never found by s6 in Ud, one message; here it is found at U', async () => {
      expect(await bothWait('U$', 'Ud')).toEqual({ s6: 'z\n', ours: 'U\n' })
    })

    test('a.* ends at c for s6 in abc, one message, as it searches once a read; here at a', async () => {
      expect(await bothWait('a.*', 'abc')).toEqual({ s6: expect.stringMatching(/^[cz]\n$/) as string, ours: 'a\n' })
    })

    test('b is found by both in abc, one message', async () => {
      expect(await bothWait('b', 'abc')).toEqual({ s6: 'b\n', ours: 'b\n' })
    })
  })

  describe('event 0', () => {
    test.each([
      ['before what is waited for', 'U', '\0U'],
      ['within what is waited for', 'a.U', 'a\0U'],
    ])('%s hides the rest from s6, for good; here it is an event as any other', async (_, pattern, message) => {
      const [theirDir, ourDir] = [newFifodir(), newFifodir()]
      const s6 = start('s6-ftrig-wait', ['-t', '1000', theirDir, pattern])
      const ours = startFifodir(['wait', ourDir, pattern])
      await Promise.all([untilSubscribed(theirDir), untilSubscribed(ourDir)])
      for (const dir of [theirDir, theirDir, ourDir]) expect(notify(dir, message).delivered).toBe(1)
      expect(await outcomeOf(s6.ended)).toMatchObject({ ended: 1, out: '' })
      expect(await outcomeOf(ours.ended)).toEqual({ ended: 0, out: 'U\n', err: '' })
    })
  })

  describe('printed', () => {
    test('s6 prints the last event of the match, and so do we; with --sequence all since the last match', async () => {
      expect(await bothWait('u.U', 'xusU')).toEqual({ s6: 'U\n', ours: 'U\n' })
      const dir = newFifodir()
      const waiting = startFifodir(['wait', '--sequence', dir, 'u.U'])
      await untilSubscribed(dir)
      notify(dir, 'xusU')
      expect((await outcomeOf(waiting.ended)).out).toBe('xusU\n')
    })
  })

  describe('time-out', () => {
    test('s6-ftrig-wait and s6-ftrig-listen1 exit 1; wait and listen exit 99', async () => {
      const dir = newFifodir()
      const codes = await Promise.all([
        run('s6-ftrig-wait', ['-t', '500', dir, 'U']),
        run('s6-ftrig-listen1', ['-t', '500', dir, 'U', 'true']),
        outcome(['wait', '-t', '1', dir, 'U']),
        outcome(['listen', '-t', '1', dir, 'U', '--', 'true']),
      ])
      expect(codes.map((one: Ended | Outcome) => ('code' in one ? one.code : one.ended))).toEqual([1, 1, 99, 99])
    })
  })

  describe('cleaning', () => {
    test('s6-cleanfifodir removes nothing, and exits 0; clean removes what is stale', async () => {
      const dir = newFifodir()
      plantFifo(dir)
      expect(await run('s6-cleanfifodir', [dir])).toMatchObject({ code: 0, stderr: '' })
      expect(fifosIn(dir)).toHaveLength(1)
      expect((await outcome(['clean', dir])).ended).toBe(0)
      expect(fifosIn(dir)).toEqual([])
    })
  })

  describe('full pipe', () => {
    test('s6-ftrig-notify drops the message in silence; notify drops it and says so', async () => {
      const dir = newFifodir()
      using reader = openReader(plantFifo(dir))
      while (notify(dir, 'x'.repeat(4096)).full === 0);
      expect(await run('s6-ftrig-notify', [dir, 'U'.repeat(4096)])).toMatchObject({ code: 0, stderr: '' })
      const { ended, err } = await outcome(['notify', dir, 'U'.repeat(4096)])
      expect({ ended, err }).toEqual({ ended: 0, err: expect.stringContaining('the pipe was full') as string })
      expect(reader.drain()).not.toContain('U')
    })
  })

  describe('planted link', () => {
    test('s6-ftrig-notify writes to what it leads to; notify does not, and says so', async () => {
      const dir = newFifodir()
      const target = join(dirname(dir), 'target')
      writeFileSync(target, '')
      symlinkSync(target, freshPath(dir))
      const { err } = await outcome(['notify', dir, 'ours'])
      expect([readFileSync(target, 'utf8'), err]).toEqual(['', expect.stringContaining('no FIFO') as string])
      expect((await run('s6-ftrig-notify', [dir, 'theirs'])).code).toBe(0)
      expect(readFileSync(target, 'utf8')).toBe('theirs')
    })
  })

  describe('FIFO name', () => {
    test('s6 draws from 64 characters, we from 62 of them; each notifies both', async () => {
      const dir = newFifodir()
      const drawn = join(dir, `ftrig1:@${'0'.repeat(24)}:-_aZ09`)
      using reader = openReader(plantFifo(dir, drawn))
      expect(notify(dir, 'o').delivered).toBe(1)
      expect((await run('s6-ftrig-notify', [dir, 't'])).code).toBe(0)
      expect(reader.drain()).toBe('ot')
    })
  })

  describe.runIf(process.geteuid?.() === 0)('FIFO mode', () => {
    /** Starts a subscriber, with a umask of 022, in a fifodir that is nobody's. @returns the mode of its FIFO too */
    async function subscribed(program: readonly string[]): Promise<{ dir: string; mode: string; waiting: Running }> {
      const dir = newFifodir()
      chownSync(dirname(dir), NOBODY, NOBODY)
      chownSync(dir, NOBODY, NOBODY)
      const waiting = start('sh', ['-c', 'umask 022; exec "$@"', 'sh', ...program, dir, '[NR]'])
      await untilSubscribed(dir)
      const mode = (statSync(join(dir, fifosIn(dir)[0] as string)).mode & 0o777).toString(8)
      return { dir, mode, waiting }
    }
    const s6NotifyAsNobody = (dir: string): Promise<Ended> =>
      run('s6-ftrig-notify', [dir, 'N'], { uid: NOBODY, gid: NOBODY })

    test('under umask 022 s6 subscribes with 600: a notifier of another user exits 0 and is not heard', async () => {
      const { dir, mode, waiting } = await subscribed(['s6-ftrig-wait'])
      expect(mode).toBe('600')
      expect(await s6NotifyAsNobody(dir)).toMatchObject({ code: 0, stderr: '' })
      notify(dir, 'R') // root is
      expect((await outcomeOf(waiting.ended)).out).toBe('R\n')
    })

    test('under umask 022 we subscribe with 622: s6-ftrig-notify of another user is heard', async () => {
      const { dir, mode, waiting } = await subscribed([process.execPath, FIFODIR, 'wait'])
      expect(mode).toBe('622')
      expect(await s6NotifyAsNobody(dir)).toMatchObject({ code: 0, stderr: '' })
      expect(await outcomeOf(waiting.ended)).toEqual({ ended: 0, out: 'N\n', err: '' })
    })

    test("notify as another user says that s6's subscriber did not get it", async () => {
      const { dir, waiting } = await subscribed(['s6-ftrig-wait'])
      const { ended, err } = await outcomeOf(startAsNobody(['notify', '-r', dir, 'N']).ended)
      expect(ended).toBe(1)
      expect(err).toContain(`1 did not get it in ${dir}: no permission to write; see to the subscriber's umask`)
      notify(dir, 'R')
      expect((await outcomeOf(waiting.ended)).out).toBe('R\n')
    })
  })
})
