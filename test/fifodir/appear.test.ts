/** A fifodir that does not exist yet, waited for. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { events, FifodirError, makeFifodir, notify } from 'fifodir'
import { describe, expect, test } from 'vitest'
import { untilRead } from '../support/event-loop.ts'
import { inOwnProcess, startOwnProcess, untilPrinted } from '../support/own-process.ts'
import { describeAsRoot } from '../support/root.ts'
import { fifosIn, newDirectory, untilSubscribed } from '../support/scratch.ts'

/** Waits for the fifodir at `path` to appear, and for one event in it; ends on that, or on an error. */
function firstEvent(path: string): { event: Promise<string>; readonly unsubscribe: () => void } {
  let unsubscribe = (): void => undefined
  const event = new Promise<string>((resolve, reject) => {
    const subscription = events(path, { appear: true }).subscribe({
      next(one) {
        subscription.unsubscribe()
        resolve(one)
      },
      error: reject,
    })
    unsubscribe = () => subscription.unsubscribe()
  })
  return { event, unsubscribe: () => unsubscribe() }
}

/** Makes the fifodir, and once it is subscribed to, sends the event that ends the test. */
async function makeAndNotify(path: string): Promise<void> {
  makeFifodir(path)
  await untilSubscribed(path)
  notify(path, 'U')
}

/** How many directories this process watches, as the kernel knows it. */
function watches(): number {
  const infos = readdirSync('/proc/self/fdinfo').map((fd) => join('/proc/self/fdinfo', fd))
  const inotify = infos
    .filter((info) => existsSync(info))
    .flatMap((info) => readFileSync(info, 'utf8').match(/^inotify wd/gm))
  return inotify.filter((line) => line !== null).length
}

describe('a fifodir that is to appear', () => {
  test('is subscribed to at once where it is there already', async () => {
    const path = join(newDirectory(), 'event')
    makeFifodir(path)
    const { event } = firstEvent(path)
    expect(notify(path, 'U').delivered).toBe(1)
    expect(await event).toBe('U')
  })

  test('is subscribed to when it is made', async () => {
    const path = join(newDirectory(), 'event')
    const { event } = firstEvent(path)
    await makeAndNotify(path)
    expect(await event).toBe('U')
    expect(fifosIn(path)).toEqual([])
  })

  test.each(['step by step', 'in one go'])('may lack its parents, too, which are made %s', async (how) => {
    const root = newDirectory()
    const path = join(root, 'a', 'b', 'c', 'event')
    const { event } = firstEvent(path)
    if (how === 'in one go') mkdirSync(join(root, 'a', 'b', 'c'), { recursive: true })
    else
      for (const parent of ['a', 'a/b', 'a/b/c']) {
        mkdirSync(join(root, parent))
        await untilRead() // lets the watch see it
      }
    await makeAndNotify(path)
    expect(await event).toBe('U')
  })

  test('may have been put together elsewhere, and moved there', async () => {
    const root = newDirectory()
    const { event } = firstEvent(join(root, 'svc', 'event'))
    mkdirSync(join(root, 'new'))
    makeFifodir(join(root, 'new', 'event'))
    renameSync(join(root, 'new'), join(root, 'svc'))
    await untilSubscribed(join(root, 'svc', 'event'))
    notify(join(root, 'svc', 'event'), 'U')
    expect(await event).toBe('U')
  })

  test('may appear by a link', async () => {
    const root = newDirectory()
    const { event } = firstEvent(join(root, 'current', 'event'))
    mkdirSync(join(root, 'release'))
    makeFifodir(join(root, 'release', 'event'))
    symlinkSync('release', join(root, 'current'))
    await untilSubscribed(join(root, 'release', 'event'))
    notify(join(root, 'release', 'event'), 'U')
    expect(await event).toBe('U')
  })

  test.each([
    ['its parent was', 'a/b'],
    ['the parent of its parent was', 'a'],
  ])('may appear although %s removed and made again meanwhile', async (_, gone) => {
    const root = newDirectory()
    mkdirSync(join(root, 'a', 'b'), { recursive: true })
    const { event } = firstEvent(join(root, 'a', 'b', 'event'))
    rmSync(join(root, gone), { recursive: true })
    mkdirSync(join(root, 'a', 'b'), { recursive: true })
    await makeAndNotify(join(root, 'a', 'b', 'event'))
    expect(await event).toBe('U')
  })

  test.each([
    ['its parent was', 'a/b'],
    ['the parent of its parent was', 'a'],
  ])('may appear although %s moved away and made again meanwhile', async (_, gone) => {
    const root = newDirectory()
    mkdirSync(join(root, 'a', 'b'), { recursive: true })
    const { event } = firstEvent(join(root, 'a', 'b', 'event'))
    renameSync(join(root, gone), join(root, 'old'))
    mkdirSync(join(root, 'a', 'b'), { recursive: true })
    await makeAndNotify(join(root, 'a', 'b', 'event'))
    expect(await event).toBe('U')
  })

  test('may appear where a link on the way led elsewhere before', async () => {
    const root = newDirectory()
    for (const release of ['old', 'new']) mkdirSync(join(root, release))
    makeFifodir(join(root, 'new', 'event'))
    symlinkSync('old', join(root, 'current'))
    const { event } = firstEvent(join(root, 'current', 'event'))
    symlinkSync('new', join(root, 'next'))
    renameSync(join(root, 'next'), join(root, 'current'))
    await untilSubscribed(join(root, 'new', 'event'))
    notify(join(root, 'new', 'event'), 'U')
    expect(await event).toBe('U')
  })
})

describe('the watch', () => {
  test('ends when the fifodir has appeared', async () => {
    const path = join(newDirectory(), 'event')
    const { unsubscribe } = firstEvent(path)
    expect(watches()).toBeGreaterThan(0)
    makeFifodir(path)
    await untilSubscribed(path)
    await expect.poll(watches).toBe(0)
    unsubscribe()
    expect(readdirSync(path)).toEqual([])
  })

  test('ends with unsubscribe(): what appears later is not subscribed to', async () => {
    const path = join(newDirectory(), 'event')
    const { unsubscribe } = firstEvent(path)
    unsubscribe()
    expect(watches()).toBe(0)
    makeFifodir(path)
    await untilRead()
    expect(readdirSync(path)).toEqual([])
  })

  test('does not wait for what cannot come: a file stands in the way', async () => {
    const directory = newDirectory()
    writeFileSync(join(directory, 'file'), '')
    for (const path of [join(directory, 'file'), join(directory, 'file', 'event')])
      await expect(firstEvent(path).event).rejects.toMatchObject({ code: 'ENOTDIR', operation: 'subscribe to', path })
    expect(watches()).toBe(0)
  })

  test('that cannot be set is the failure of the subscription', async () => {
    const code = await inOwnProcess(
      ({ events: of, codeOf, fs }, path) => {
        of('/dev/null/none').subscribe({ error: () => undefined }) // whatever loads late is loaded
        codeOf(() => {
          for (;;) fs.openSync('/dev/null', 'r')
        })
        return new Promise((resolve) => {
          of(path, { appear: true }).subscribe({
            error: (error: FifodirError) => resolve([error.name, error.code, error.operation]),
          })
        })
      },
      [join(newDirectory(), 'event')],
      { descriptors: 64 },
    )
    expect(code).toEqual(['FifodirError', 'EMFILE', 'subscribe to'])
  })
})

describeAsRoot('for another user', () => {
  test('a fifodir that is still being made, mode 0700, is waited for', async () => {
    const directory = newDirectory()
    chmodSync(directory, 0o755)
    const path = join(directory, 'event')
    mkdirSync(path, 0o700)
    const subscriber = startOwnProcess(
      ({ events: of, say }, fifodir) => {
        const subscription = of(fifodir, { appear: true }).subscribe((event) => {
          subscription.unsubscribe()
          say(event)
        })
        say('waiting')
      },
      [path],
      { asNobody: true },
    )
    await untilPrinted(subscriber, 'waiting')
    chmodSync(path, 0o1733)
    await untilSubscribed(path)
    notify(path, 'U')
    expect((await subscriber.ended).stdout.toString()).toBe('waiting\nU\n')
  })

  test.each([
    ['that is not for everybody', 0o755, 0o1700],
    ['behind a directory that may not be entered', 0o700, 0o1733],
  ])('a fifodir %s is an error, not waited for', async (_, parentMode, mode) => {
    const directory = newDirectory()
    chmodSync(directory, parentMode)
    const path = join(directory, 'event')
    mkdirSync(path)
    chmodSync(path, mode)
    const facts = await inOwnProcess(
      ({ events: of }, fifodir) =>
        new Promise((resolve) => {
          of(fifodir, { appear: true }).subscribe({
            error: (error: FifodirError) => resolve([error.name, error.code, error.operation, error.path]),
          })
        }),
      [path],
      { asNobody: true },
    )
    expect(facts).toEqual(['FifodirError', 'EACCES', 'subscribe to', path])
  })
})
