/** What one user may not do to the fifodirs of another. */
import { chownSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Mistake, newPlace } from '../support/mistake.ts'
import { outcome, outcomeOf } from '../support/outcome.ts'
import { NOBODY } from '../support/own-process.ts'
import { describeAsRoot } from '../support/root.ts'
import { entries, snapshot } from '../support/snapshot.ts'
import { startAsNobody } from '../support/unprivileged.ts'

const forbidden: Mistake[] = [
  [
    'make: in a directory of another user',
    ['make', 'new'],
    'cannot make new: permission denied (EACCES); make it where this user may write, or take it over as its owner',
  ],
  [
    'make: over the fifodir of another user',
    ['make', '-f', 'event'],
    'cannot make event: permission denied (EACCES); make it where this user may write, or take it over as its owner',
  ],
  [
    'make: for a group that the user does not belong to',
    ['make', '-g', '0', 'own/event'],
    'cannot make own/event: operation not permitted (EPERM); choose a group that this user belongs to',
  ],
  [
    'notify: may not list',
    ['notify', 'event', 'U'],
    'cannot notify event: permission denied (EACCES); notify as its owner, who alone may list it',
  ],
  [
    'clean: may not list',
    ['clean', 'event'],
    'cannot clean event: permission denied (EACCES); clean it as its owner, who alone may list it',
  ],
  [
    'wait: may not create',
    ['wait', 'private', 'U'],
    'cannot subscribe to private: permission denied (EACCES); its mode lets this user create nothing there: make it with mode 1733, or join its group',
  ],
  [
    'activate: a socket in a directory of another user, and one in its own',
    ['activate', '--listen', 'unix:own/socket', '--listen', 'unix:socket', 'true'],
    'cannot listen on unix:socket: permission denied (EACCES); choose a port from 1024 on, or a directory that this user may write to',
  ],
  [
    "activate: a socket that is to be another user's",
    ['activate', '--listen', 'unix:own/socket,user=0', 'true'],
    'cannot listen on unix:own/socket: operation not permitted (EPERM); only root gives away what it makes: leave out user and group',
  ],
]

describeAsRoot('what another user may not do exits 111 with one line, and leaves nothing behind', () => {
  test.each(forbidden)('%s', async (_, args, message) => {
    const place = newPlace()
    mkdirSync(join(place, 'own'))
    chownSync(join(place, 'own'), NOBODY, NOBODY)
    const before = entries(place)
    const asNobody = startAsNobody(args, { cwd: place })
    expect(await outcomeOf(asNobody.ended)).toEqual({ ended: 111, out: '', err: `fifodir: ${message}\n` })
    expect(entries(place)).toEqual(before)
  })

  test('make: not ours, though we may do everything', async () => {
    const place = newPlace()
    chownSync(join(place, 'event'), NOBODY, NOBODY)
    const before = snapshot(place)
    expect(await outcome(['make', '-f', 'event'], { cwd: place })).toEqual({
      ended: 111,
      out: '',
      err: `fifodir: cannot make event: it exists and belongs to another user, uid ${NOBODY} (EACCES); use it as it is, or make another\n`,
    })
    expect(snapshot(place)).toEqual(before)
  })
})
