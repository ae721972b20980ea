/** Promise 5: idle means idle. */
import { notify } from 'fifodir'
import { notifySocket } from 'fifodir/systemd'
import { expect, test } from 'vitest'
import { startOwnProcess, untilPrinted } from '../support/own-process.ts'
import { describeWithPeer } from '../support/peers.ts'
import { type Running } from '../support/process.ts'
import { newDirectory, newFifodir, newQuietDirectory, untilSubscribed } from '../support/scratch.ts'
import { systemCallsOf } from '../support/strace.ts'

/** A process that waits for `U` that many times in `fifodir`, and, where it is told to, for a fifodir to appear. */
async function startWaiter(fifodir: string, count: number, appear: boolean): Promise<Running> {
  const waiter = startOwnProcess(
    ({ waitForAll, say }, path, patterns, toAppear) => {
      const waits = Array.from({ length: patterns }, () => [path, 'U'] as const)
      const missing = toAppear ? [[`${path}-missing`, 'U'] as const] : []
      void waitForAll([...waits, ...missing], { timeoutMs: 86_400_000, appear: toAppear })
      setImmediate(() => setImmediate(() => say('waiting')))
    },
    [fifodir, count, appear],
  )
  await untilPrinted(waiter, 'waiting')
  await untilSubscribed(fifodir, count)
  return waiter
}

describeWithPeer('promise 5: a process that waits', 'strace', ['strace'], () => {
  test('makes no system call while nothing comes: once, a hundred times, for a fifodir to appear', async () => {
    const fifodirs = [newFifodir(), newFifodir(), newFifodir(newQuietDirectory())] as const
    const waiters = await Promise.all([
      startWaiter(fifodirs[0], 1, false),
      startWaiter(fifodirs[1], 100, false),
      startWaiter(fifodirs[2], 1, true),
    ])
    expect(await Promise.all(waiters.map(({ pid }) => systemCallsOf(pid)))).toEqual([[], [], []])
    expect(fifodirs.map((fifodir) => notify(fifodir, 'x').delivered)).toEqual([1, 100, 1])
    for (const waiter of waiters) waiter.child.kill('SIGKILL')
    await Promise.all(waiters.map(({ ended }) => ended))
  })

  test('makes none while nothing happens to the twenty services that it supervises, and observes', async () => {
    const place = newDirectory()
    const running = startOwnProcess(
      async ({ service: { statuses, supervise, whenReady }, fs, say }, parent) => {
        const paths = Array.from({ length: 20 }, (_, index) => `${parent}/${index}`)
        const supervisors = paths.map((path) => {
          fs.mkdirSync(path)
          return supervise(path, { command: ['sh', '-c', 'echo >&3; exec sleep 1000'], notificationFd: 3 })
        })
        process.on('SIGTERM', () => {
          for (const supervisor of supervisors) supervisor.signal('SIGTERM')
        })
        await Promise.all(paths.map((path) => whenReady(path)))
        const observing = paths.map((path) => statuses(path).subscribe())
        setImmediate(() => setImmediate(() => say('idle')))
        await Promise.all(supervisors.map(({ left }) => left))
        for (const one of observing) one.unsubscribe()
      },
      [place],
    )
    await untilPrinted(running, 'idle')
    expect(await systemCallsOf(running.pid)).toEqual([])
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(0)
  })

  test('nor does one that reads a NOTIFY_SOCKET, nor one whose message waits for room, or for its barrier', async () => {
    using socket = notifySocket()
    const receiver = startOwnProcess(({ systemd, say }) => {
      systemd.notifySocket().messages.subscribe()
      setImmediate(() => setImmediate(() => say('waiting')))
    }, [])
    const sender = startOwnProcess(
      ({ systemd, say }, address) => {
        void systemd.barrier({ address })
        for (let count = 0; count < 20; count++) void systemd.status(`${count}`, { address })
        setImmediate(() => setImmediate(() => say('waiting')))
      },
      [socket.address],
    )
    const both = [receiver, sender]
    await Promise.all(both.map((running) => untilPrinted(running, 'waiting')))
    expect(await Promise.all(both.map(({ pid }) => systemCallsOf(pid)))).toEqual([[], []])
    for (const { child } of both) child.kill('SIGKILL')
    await Promise.all(both.map(({ ended }) => ended))
  })
})
