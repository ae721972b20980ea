/** The kernel keeps few messages that nobody has read: what does not fit waits, in order, and blocks nobody. */
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { barrier, notifySocket, ready, sdNotify } from 'fifodir/systemd'
import { describe, expect, test } from 'vitest'
import { untilRead } from '../../support/event-loop.ts'
import { linesOf, listen } from '../../support/notifications.ts'
import { startOwnProcess, untilPrinted } from '../../support/own-process.ts'
import { newDirectory } from '../../support/scratch.ts'

const numbers = Array.from({ length: 50 }, (_, index) => index)

/** How many there is room for without anybody's reading. */
const ROOM = Number(readFileSync('/proc/sys/net/unix/max_dgram_qlen', 'utf8')) + 1

describe('fifty messages at once', () => {
  test('of the process that receives them are all heard, in order', async () => {
    using socket = listen()
    const sent = numbers.map((number) => sdNotify({ X_NUMBER: number }, { address: socket.address }))
    expect(await Promise.all(sent)).toEqual(numbers.map(() => true))
    expect(await barrier({ address: socket.address })).toBe(true)
    expect(socket.heard.map(({ assignments }) => Number(assignments.get('X_NUMBER')))).toEqual(numbers)
  })

  test('are heard by who comes later, in order, and keep their sender alive until then', async () => {
    using socket = notifySocket()
    const sender = startOwnProcess(
      ({ systemd, say }, address, all) => {
        for (const number of all) void systemd.sdNotify({ X_NUMBER: number }, { address })
        say('called')
      },
      [socket.address, numbers],
    )
    await untilPrinted(sender, 'called')
    expect(sender.child.exitCode).toBe(null)
    const heard: number[] = []
    const reading = socket.messages.subscribe(({ assignments }) => heard.push(Number(assignments.get('X_NUMBER'))))
    expect(await sender.ended).toMatchObject({ code: 0, stderr: '' })
    await untilRead()
    reading.unsubscribe()
    expect(heard).toEqual(numbers)
  })
})

describe('a message that waits', () => {
  /** Fills the queue of a socket that nobody reads. */
  const fill = async (address: string): Promise<void> => {
    for (let count = 0; count < ROOM; count++) await sdNotify({ X_FILLER: count }, { address })
  }

  test('is not sent any more where it is aborted; what waits behind it is', async () => {
    using socket = notifySocket()
    await fill(socket.address)
    const aborting = new AbortController()
    const aborted = sdNotify({ X_NUMBER: 1 }, { address: socket.address, signal: aborting.signal })
    const kept = sdNotify({ X_NUMBER: 2 }, { address: socket.address })
    aborting.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    const heard: (string | undefined)[] = []
    const reading = socket.messages.subscribe(({ assignments }) => heard.push(assignments.get('X_NUMBER')))
    expect(await kept).toBe(true)
    await untilRead()
    reading.unsubscribe()
    expect(heard.filter((number) => number !== undefined)).toEqual(['2'])
  })

  test('has its descriptors, whatever its sender does with its own', async () => {
    using socket = notifySocket()
    await fill(socket.address)
    const fd = openSync('/dev/null', 'r')
    const sent = sdNotify({ FDSTORE: 1 }, { address: socket.address, descriptors: [fd] })
    closeSync(fd)
    const taken: number[] = []
    const reading = socket.messages.subscribe((message) => taken.push(...message.takeDescriptors()))
    await sent
    await untilRead()
    reading.unsubscribe()
    expect(taken).toHaveLength(1)
    for (const one of taken) closeSync(one)
  })

  test('fails where a descriptor to go with it is not open', async () => {
    using socket = notifySocket()
    await fill(socket.address)
    const wrong = sdNotify({ FDSTORE: 1 }, { address: socket.address, descriptors: [0, 99999] })
    await expect(wrong).rejects.toMatchObject({ code: 'EBADF' })
  })

  test('fails when the socket is closed, and so does what waits behind it', async () => {
    const socket = notifySocket()
    await fill(socket.address)
    const waiting = [ready({ address: socket.address }), ready({ address: socket.address, descriptors: [0] })]
    socket.close()
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('goes to who has taken the place of a manager that is gone, where there is one', async () => {
    const path = join(newDirectory(), 'socket')
    const gone = notifySocket({ path })
    await fill(path)
    const waiting = [sdNotify({ X_NUMBER: 1 }, { address: path }), sdNotify({ X_NUMBER: 2 }, { address: path })]
    gone.close()
    using socket = listen({ path })
    expect(await Promise.all(waiting)).toEqual([true, true])
    await untilRead()
    expect(linesOf(socket.heard)).toEqual([['X_NUMBER=1'], ['X_NUMBER=2']])
  })

  test('does not keep later ones for other sockets waiting', async () => {
    using full = notifySocket()
    using socket = listen()
    await fill(full.address)
    const aborting = new AbortController()
    const waiting = ready({ address: full.address, signal: aborting.signal })
    expect(await ready({ address: socket.address })).toBe(true)
    aborting.abort()
    await expect(waiting).rejects.toThrow('aborted')
  })
})
