/** Datagrams that are no messages change nothing, and leave nothing open. */
import { describe, expect, test } from 'vitest'
import { notifySocket } from 'fifodir/systemd'
import {
  openUnixSocket,
  ANY_UNIX_ADDRESS,
  bindSocket,
  nameOf,
  SOCK_DGRAM,
} from '../../packages/fifodir/src/posix/socket.ts'
import { untilRead } from '../support/event-loop.ts'
import { linesOf, listen, sendRaw, withDescriptors } from '../support/notifications.ts'
import { NOBODY, inOwnProcess, startOwnProcess, untilPrinted } from '../support/own-process.ts'
import { describeAsRoot } from '../support/root.ts'

const full = `X_LONG=${'x'.repeat(4089)}`

describe('a datagram', () => {
  test.each<[title: string, text: string | Uint8Array, descriptors: number, heard: (readonly string[])[]]>([
    ['of 4,096 bytes is a message', full, 0, [[full]]],
    ['of 4,097 bytes is none', `${full}x`, 3, []],
    ['of 100,000 bytes is none', `READY=1\n${'x'.repeat(99_992)}`, 3, []],
    ['of no bytes is none', '', 3, []],
    ['of line feeds alone is none', '\n\n\r\n', 3, []],
    ['with a NUL in it is none', 'READY=1\0STATUS=up', 3, []],
    ['of NULs alone is none', '\0\0\0', 3, []],
    ['with a NUL at its end is a message', 'READY=1\0', 3, [['READY=1']]],
    ['with 253 descriptors is a message', 'FDSTORE=1', 253, [['FDSTORE=1']]],
    [
      'of bytes that are no text is a message',
      Uint8Array.of(0x41, 0x3d, 0xff, 0xfe, 10, 0x42, 0x3d, 0x31),
      1,
      [['A=', 'B=1']],
    ],
    ['without assignments is a message that assigns nothing', 'READY', 1, [['READY']]],
    [
      'with keys that are names of what all objects have is a message',
      '__proto__=1\ntoString=2',
      0,
      [['__proto__=1', 'toString=2']],
    ],
    ['that says BARRIER=1 with 253 descriptors is none', 'BARRIER=1', 253, []],
  ])('%s', async (_, text, count, heard) => {
    using socket = listen()
    await withDescriptors(count, (descriptors) => sendRaw(socket.address, text, { descriptors }))
    expect(linesOf(socket.heard)).toEqual(heard)
    await sendRaw(socket.address, 'READY=1')
    expect(linesOf(socket.heard.slice(-1)), 'and the next is heard').toEqual([['READY=1']])
  })

  test('whose sender nobody vouches for is no message', async () => {
    const fd = openUnixSocket(SOCK_DGRAM)
    bindSocket(fd, ANY_UNIX_ADDRESS, '')
    await withDescriptors(2, (descriptors) => sendRaw(nameOf(fd), 'READY=1', { descriptors }))
    using socket = listen({ fd }) // from here on the kernel tells the sender
    await untilRead()
    expect(socket.heard).toEqual([])
    await sendRaw(socket.address, 'STATUS=up')
    expect(linesOf(socket.heard)).toEqual([['STATUS=up']])
  })

  test('whose descriptors cannot all be taken is no message, and those that could are closed', async () => {
    const receiver = startOwnProcess(
      ({ systemd, fs, say }) => {
        const socket = systemd.notifySocket()
        const open = () => fs.readdirSync('/proc/self/fd').length
        const before = open()
        socket.messages.subscribe(({ lines }) => {
          say(`${lines.join()} ${open() - before}`)
          if (lines[0] === 'END=1') socket.close()
        })
        say(`${socket.address} `)
      },
      [],
      { descriptors: 64 },
    )
    let address = ''
    receiver.child.stdout?.once('data', (chunk: Buffer) => (address = chunk.toString().trim()))
    await untilPrinted(receiver, ' ')
    await withDescriptors(200, (descriptors) => sendRaw(address, 'READY=1', { descriptors }))
    await sendRaw(address, 'END=1')
    const { code, stdout, stderr } = await receiver.ended
    // the watch has a descriptor of its own
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({
      code: 0,
      stdout: `${address} \nEND=1 1\n`,
      stderr: '',
    })
  })
})

test('a flood does not stop the event loop, nor take memory', async () => {
  using socket = notifySocket()
  let count = 0
  const reading = socket.messages.subscribe(() => count++)
  const flood = startOwnProcess(
    async ({ systemd }, address) => {
      for (let number = 0; number < 20_000; number++) await systemd.sdNotify({ A: number }, { address })
    },
    [socket.address],
  )
  let turns = 0
  const turning = setInterval(() => turns++, 1)
  expect(await flood.ended).toMatchObject({ code: 0, stderr: '' })
  clearInterval(turning)
  await untilRead()
  reading.unsubscribe()
  expect(count).toBe(20_000)
  expect(turns).toBeGreaterThan(100)
})

describeAsRoot('a message of another user', () => {
  test('comes to an abstract name all the same, and shows who sent it', async () => {
    using socket = listen()
    await inOwnProcess(({ systemd }, address) => void systemd.ready({ address }), [socket.address], { asNobody: true })
    expect(socket.heard.map(({ uid, gid, lines }) => [uid, gid, lines])).toEqual([[NOBODY, NOBODY, ['READY=1']]])
  })
})

test('a sender that waits, while its receiver is stopped, is not lost: messages and barrier', async () => {
  const receiver = startOwnProcess(({ systemd, say }) => {
    const socket = systemd.notifySocket()
    socket.messages.subscribe(({ pid, lines }) => {
      say(`${pid} ${lines.join()}`)
      if (lines.includes('STOPPING=1')) socket.close()
    })
    say(`${socket.address} `)
  }, [])
  let printed = ''
  receiver.child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  await untilPrinted(receiver, ' ')
  const address = printed.trim()
  receiver.child.kill('SIGSTOP')
  const senders = Array.from({ length: 3 }, () =>
    startOwnProcess(
      async ({ systemd, say }, to) => {
        for (let count = 0; count < 10; count++) void systemd.status(`${count}`, { address: to })
        const heard = systemd.barrier({ address: to })
        say('all is said')
        await heard
      },
      [address],
    ),
  )
  await Promise.all(senders.map((sender) => untilPrinted(sender, 'all is said')))
  expect(senders.map(({ child }) => child.exitCode)).toEqual([null, null, null])
  receiver.child.kill('SIGCONT')
  for (const sender of senders) expect(await sender.ended).toMatchObject({ code: 0, stderr: '' })
  await sendRaw(address, 'STOPPING=1')
  await receiver.ended
  for (const { pid } of senders) {
    const heard = printed.split('\n').filter((line) => line.startsWith(`${pid} `))
    expect(heard).toEqual(Array.from({ length: 10 }, (_, count) => `${pid} STATUS=${count}`))
  }
})
