/** A supervisor that was killed: either make takes over at once, and the service that it left runs on beside. */
import { once } from 'node:events'
import { whenUp } from 'fifodir/service'
import { expect, test } from 'vitest'
import { startOwnProcess, untilPrinted } from '../support/own-process.ts'
import { describeWithPeer } from '../support/peers.ts'
import { type Running, start } from '../support/process.ts'
import { killIfThere, newService } from '../support/service.ts'

const MAKES: Readonly<Record<string, (path: string) => Running>> = {
  's6-supervise': (path) => start('s6-supervise', [path]),
  ours: (path) =>
    startOwnProcess(
      async ({ service: { supervise }, say }, place: string) => {
        const supervisor = supervise(place)
        process.on('SIGTERM', () => supervisor.signal('SIGTERM'))
        say('supervising')
        await supervisor.left
      },
      [path],
    ),
}

describeWithPeer('after SIGKILL', 's6', ['s6-supervise'], () => {
  test.each([
    ['ours', 's6-supervise'],
    ['s6-supervise', 'ours'],
    ['ours', 'ours'],
    ['s6-supervise', 's6-supervise'],
  ])('of %s, %s takes over, and starts another', async (first, second) => {
    const path = newService({ run: '#!/bin/sh\nexec sleep 1000\n' })
    const killed = MAKES[first]?.(path) as Running
    const { status: left } = await whenUp(path)
    killed.child.kill('SIGKILL')
    await once(killed.child, 'exit')
    const next = MAKES[second]?.(path) as Running
    if (second === 'ours') await untilPrinted(next, 'supervising')
    let { status } = await whenUp(path)
    while (status?.pid === left?.pid) ({ status } = await whenUp(path))
    expect(() => process.kill(left?.pid as number, 0)).not.toThrow()
    killIfThere(left?.pid as number)
    next.child.kill('SIGTERM')
    expect((await next.ended).code).toBe(0)
  })
})
