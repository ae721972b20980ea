/** The mode of a subscription's FIFO, under all sorts of umasks, so in processes of their own. */
import { chmodSync, chownSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { events, makeFifodir, notify } from 'fifodir'
import { firstValueFrom } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { inOwnProcess, NOBODY, startOwnProcess } from '../support/own-process.ts'
import { describeAsRoot } from '../support/root.ts'
import { fifosIn, newFifodir, untilSubscribed } from '../support/scratch.ts'

const UMASKS = [0, 0o22, 0o77, 0o777]

/** For every umask: the mode of the FIFO in octal, and the event that came through it. */
function subscribedUnder(umasks: readonly number[], fifodir: string, asNobody: boolean): Promise<unknown> {
  return inOwnProcess(
    async ({ events: of, fs }, path, masks) => {
      const received = []
      for (const umask of masks) {
        process.umask(umask)
        const event = new Promise((resolve) => {
          const subscription = of(path).subscribe((one) => {
            subscription.unsubscribe()
            resolve(one)
          })
        })
        // the descriptor that leads to it tells its name also to whoever may not list the directory
        const fds = fs.readdirSync('/proc/self/fd').map((fd) => `/proc/self/fd/${fd}`)
        const own = fds.find((fd) => fs.existsSync(fd) && fs.readlinkSync(fd).startsWith(path)) as string
        fs.writeFileSync(own, 'U')
        received.push([(fs.statSync(own).mode & 0o7777).toString(8), await event])
      }
      return received
    },
    [fifodir, umasks],
    { asNobody },
  )
}

describe('the FIFO of a subscription', () => {
  test('is of mode 0622 under umask 0, 022, 077 and 0777', async () => {
    expect(await subscribedUnder(UMASKS, newFifodir(), false)).toEqual(UMASKS.map(() => ['622', 'U']))
  })
})

describeAsRoot('a subscriber without privileges', () => {
  function publicFifodir(): string {
    const fifodir = newFifodir()
    chmodSync(join(fifodir, '..'), 0o755)
    return fifodir
  }

  test('has a FIFO of mode 0622 under umask 0, 022, 077 and 0777', async () => {
    expect(await subscribedUnder(UMASKS, publicFifodir(), true)).toEqual(UMASKS.map(() => ['622', 'U']))
  })

  test('hears a notifier that is another user without privileges', async () => {
    // nobody notifies root's FIFO in nobody's own directory: it must be 0622 for that
    const fifodir = publicFifodir()
    chownSync(fifodir, NOBODY, NOBODY)
    const received = firstValueFrom(events(fifodir))
    const delivery = await inOwnProcess(({ notify: send }, path) => send(path, 'U'), [fifodir], { asNobody: true })
    expect(delivery).toMatchObject({ delivered: 1, denied: 0 })
    expect(await received).toBe('U')
  })

  test('is told why it may not subscribe', async () => {
    const fifodir = publicFifodir()
    chmodSync(fifodir, 0o1711)
    const message = await inOwnProcess(
      ({ events: of }, path) =>
        new Promise((resolve) => of(path).subscribe({ error: ({ message }) => resolve(message) })),
      [fifodir],
      { asNobody: true },
    )
    expect(message).toBe(
      `cannot subscribe to ${fifodir}: permission denied (EACCES); its mode lets this user create nothing there: make it with mode 1733, or join its group`,
    )
  })

  test('may subscribe to a fifodir of its group, and its FIFO has that group', async () => {
    const fifodir = publicFifodir()
    makeFifodir(fifodir, { group: NOBODY, force: true })
    const subscriber = startOwnProcess(
      ({ events: of, say }, path) => {
        const subscription = of(path).subscribe((event) => {
          subscription.unsubscribe()
          say(event)
        })
      },
      [fifodir],
      { asNobody: true },
    )
    await untilSubscribed(fifodir)
    const [name] = fifosIn(fifodir) as [string]
    expect(statSync(join(fifodir, name))).toMatchObject({ uid: NOBODY, gid: NOBODY })
    notify(fifodir, 'U')
    expect((await subscriber.ended).stdout.toString()).toBe('U\n')
    expect(fifosIn(fifodir)).toEqual([])
  })
})
