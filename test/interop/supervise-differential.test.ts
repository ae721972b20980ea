/**
 * The same orders, under s6-supervise and under ours: the same events, the same status and the same tally of deaths are left.
 * Each order is given when all that the one before led to is to be seen, so that there is one right outcome.
 */
import { existsSync, mkdirSync, readFileSync, type FSWatcher, watch } from 'node:fs'
import { join } from 'node:path'
import { control, unpackDeaths, unpackStatus } from 'fifodir/service'
import { events, makeFifodir } from 'fifodir'
import { expect, test } from 'vitest'
import { Random } from '../fifodir/pattern/random.ts'
import { describeWithPeer } from '../support/peers.ts'
import { killIfThere, newService, obedient, Orders } from '../support/service.ts'
import { type Config, Model, type Order, randomConfig } from './supervise-model.ts'
import { type Peer, ours, theirs } from './supervise-peers.ts'

const SEQUENCES = Number(process.env['SEQUENCES'] ?? 500)
const AT_ONCE = 24

interface Script {
  readonly seed: number
  readonly config: Config
  /** Each with what is to be seen after it. */
  readonly orders: readonly { order: Order; events: string; flags: string | undefined }[]
}

function scriptOf(seed: number): Script {
  const random = new Random(seed)
  const config = randomConfig(random)
  const model = new Model(config)
  const orders: Script['orders'][number][] = []
  const length = 2 + random.below(8)
  while (!model.over) {
    const order = orders.length < length || model.starts === 0 ? model.next(random) : model.last(random)
    model.take(order)
    const { wantedUp, paused, ready, state } = model.lifecycle
    const flags = flagsOf({ wantedUp, paused, ready, finishing: state.endsWith('finish') })
    orders.push({ order, events: model.events, flags: model.over ? undefined : flags })
  }
  return { seed, config, orders }
}

function flagsOf(flags: Record<'wantedUp' | 'paused' | 'ready' | 'finishing', boolean>): string {
  const { wantedUp, paused, ready, finishing } = flags
  return `${wantedUp ? 'w' : '-'}${paused ? 'p' : '-'}${ready ? 'r' : '-'}${finishing ? 'f' : '-'}`
}

function filesOf({ finish, startsDown, killMs, stopSignal, deathsKept }: Config): Record<string, string> {
  return {
    run: obedient('orders'),
    'notification-fd': '3\n',
    'timeout-kill': `${killMs}\n`,
    'timeout-finish': finish === 'hangs' ? '20\n' : '0\n',
    'down-signal': `${stopSignal}\n`,
    'max-death-tally': `${deathsKept}\n`,
    ...(finish === 'none' ? {} : { finish: obedient('finish-orders') }),
    ...(startsDown ? { down: '' } : {}),
  }
}

/** What is left when the supervisor has left; times and pids aside. */
interface Left {
  readonly events: string
  readonly status: string
  readonly deaths: readonly (readonly [exitCode: number, signal: number])[]
  readonly down: boolean
}

async function play({ config, orders }: Script, peer: Peer): Promise<Left> {
  const path = newService(filesOf(config))
  using run = new Orders(join(path, 'orders'))
  using finish = new Orders(join(path, 'finish-orders'))
  makeFifodir(join(path, 'event'))
  mkdirSync(join(path, 'supervise'), 0o700)

  let seen = ''
  let look = (): void => undefined
  const subscription = events(join(path, 'event')).subscribe((event) => {
    seen += event
    look()
  })
  const watcher: FSWatcher = watch(join(path, 'supervise'), () => look())
  const status = () => unpackStatus(readFileSync(join(path, 'supervise/status')))
  const until = (expected: string, flags: string | undefined, what: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        const now = existsSync(join(path, 'supervise/status')) ? flagsOf(status()) : 'none'
        reject(new Error(`${what}: expected ${expected} ${flags}, but there is ${seen} ${now}`))
      }, 20_000)
      look = () => {
        if (seen !== expected || (flags !== undefined && flagsOf(status()) !== flags)) return
        clearTimeout(late)
        resolve()
      }
      look()
    })

  const supervisor = peer.supervise(path)
  try {
    const { startsDown } = config
    await until(startsDown ? 's' : 'su', undefined, 'start')
    for (const [index, { order, events: expected, flags }] of orders.entries()) {
      if ('command' in order) control(path, order.command)
      else if ('signal' in order) supervisor.signal(order.signal)
      else if ('run' in order) run.give(order.run)
      else if ('finish' in order) finish.give(order.finish)
      await until(expected, flags, `${index} ${JSON.stringify(order)}`)
    }
    await supervisor.left
    const { pid } = status()
    if (pid !== 0) killIfThere(pid)
    const bytes = readFileSync(join(path, 'supervise/status'))
    return {
      events: seen,
      status: `${bytes.length} ${pid === 0 ? 'no pid' : 'pid'} ${bytes.subarray(32).toString('hex')}`,
      deaths: unpackDeaths(readFileSync(join(path, 'supervise/death_tally'))).map(({ exitCode, signal }) => [
        exitCode,
        signal,
      ]),
      down: existsSync(join(path, 'down')),
    }
  } finally {
    subscription.unsubscribe()
    watcher.close()
  }
}

describeWithPeer('s6-supervise and ours', 's6', ['s6-supervise'], () => {
  test(`do the same in ${SEQUENCES} sequences of commands, deaths, time-outs and signals`, {
    timeout: 300_000,
  }, async () => {
    const scripts = Array.from({ length: SEQUENCES }, (_, seed) => scriptOf(seed))
    const peers = [theirs(), ours()]
    const failures: string[] = []
    const work = async (): Promise<void> => {
      for (let script = scripts.shift(); script !== undefined; script = scripts.shift()) {
        const one = script
        const [s6, us] = await Promise.all(peers.map((peer) => play(one, peer).catch((error: Error) => error.message)))
        try {
          expect(us).toEqual(s6)
          expect(us).toMatchObject({ events: one.orders.at(-1)?.events })
        } catch (error) {
          const orders = one.orders.map(({ order }) => Object.values(order).join()).join(' | ')
          failures.push(
            `seed ${one.seed} ${JSON.stringify(one.config)}: ${orders}\n${JSON.stringify({ s6, us })}\n${(error as Error).message.slice(0, 200)}`,
          )
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    for (const peer of peers) await peer.close()
    expect(failures.slice(0, 5).join('\n\n'), `${failures.length} sequences`).toBe('')
  })
})
