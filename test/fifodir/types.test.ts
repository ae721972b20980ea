/** The types of everything that `fifodir` exports: checked by the compiler, as it builds the tests. */
import * as fifodir from 'fifodir'
import type {
  Cleaned,
  Delivery,
  EventsOptions,
  FifodirErrorFacts,
  MakeOptions,
  Match,
  Matcher,
  Missing,
  NotifierOptions,
  Occurrence,
  Operation,
  PatternOptions,
  Wait,
  WaitOptions,
} from 'fifodir'
import {
  type Child,
  exec,
  type Exit,
  exitOf,
  type Handover,
  reapOrphans,
  rehearseExec,
  spawn,
  type SpawnOptions,
  withVariables,
} from 'fifodir/posix'
import * as activation from 'fifodir/activation'
import * as readiness from 'fifodir/readiness'
import type {
  Announced,
  AnnounceOptions,
  Plan,
  Provisions,
  Sink,
  Source,
  Told,
  WhenReadyOptions,
} from 'fifodir/readiness'
import * as systemd from 'fifodir/systemd'
import type {
  Assignments,
  BarrierOptions,
  BindOptions,
  BoundSocket,
  NotifyMessage,
  NotifyOptions,
  NotifySocket,
  Stop,
  StoreOptions,
  WatchdogOptions,
} from 'fifodir/systemd'
import type { Observable, OperatorFunction } from 'rxjs'
import type { Server, Socket } from 'node:net'
import { describe, expect, expectTypeOf, test } from 'vitest'

type AnyPattern = string | RegExp | fifodir.Pattern

test('these values are exported, and no others', () => {
  expect(Object.keys(fifodir).toSorted()).toEqual([
    'FifodirError',
    'Notifier',
    'Pattern',
    'PatternError',
    'TimedOutError',
    'cleanFifodir',
    'events',
    'makeFifodir',
    'match',
    'notify',
    'waitFor',
    'waitForAll',
    'waitForAny',
  ])
})

test('and these by fifodir/systemd', () => {
  expect(Object.keys(systemd).toSorted()).toEqual([
    'accepted',
    'activated',
    'barrier',
    'bindNotifySocket',
    'errno',
    'extendTimeout',
    'isReady',
    'listenFdByName',
    'listenFds',
    'mainPid',
    'notifySocket',
    'ready',
    'reloading',
    'removeFds',
    'sdNotify',
    'startWatchdog',
    'status',
    'stopping',
    'storeFds',
    'watchdog',
    'watchdogInterval',
  ])
})

describe('the functions take and return', () => {
  test('directories', () => {
    expectTypeOf(fifodir.makeFifodir).toEqualTypeOf<(path: string, options?: MakeOptions) => void>()
    expectTypeOf<MakeOptions>().toEqualTypeOf<{ readonly group?: number | string; readonly force?: boolean }>()
    expectTypeOf(fifodir.cleanFifodir).toEqualTypeOf<(path: string) => Cleaned>()
    expectTypeOf<Cleaned>().toEqualTypeOf<Readonly<Record<'live' | 'stale' | 'denied' | 'foreign', number>>>()
  })

  test('notifications', () => {
    expectTypeOf(fifodir.notify).toEqualTypeOf<(path: string, events: string | Uint8Array) => Delivery>()
    expectTypeOf<Delivery>().toEqualTypeOf<
      Readonly<Record<'delivered' | 'full' | 'stale' | 'denied' | 'foreign', number>>
    >()
    expectTypeOf(fifodir.Notifier).toBeConstructibleWith('event', { maxOpen: 1 })
    expectTypeOf<NotifierOptions>().toEqualTypeOf<{ readonly maxOpen?: number }>()
    expectTypeOf<fifodir.Notifier>().toExtend<Disposable>()
    expectTypeOf<fifodir.Notifier['path']>().toEqualTypeOf<string>()
    expectTypeOf<fifodir.Notifier['notify']>().toEqualTypeOf<(events: string | Uint8Array) => Delivery>()
    expectTypeOf<fifodir.Notifier['close']>().toEqualTypeOf<() => void>()
  })

  test('events and matches', () => {
    expectTypeOf(fifodir.events).toEqualTypeOf<(path: string, options?: EventsOptions) => Observable<string>>()
    expectTypeOf<EventsOptions>().toEqualTypeOf<{ readonly appear?: boolean }>()
    expectTypeOf(fifodir.match).toEqualTypeOf<(pattern: AnyPattern) => OperatorFunction<string, Match>>()
    expectTypeOf<Match>().toEqualTypeOf<{
      readonly event: string
      readonly sequence: string
      readonly truncated: boolean
    }>()
  })

  test('waits', () => {
    expectTypeOf(fifodir.waitFor).toEqualTypeOf<
      (path: string, pattern: AnyPattern, options?: WaitOptions) => Promise<Occurrence>
    >()
    expectTypeOf(fifodir.waitForAll).toEqualTypeOf<
      (waits: readonly Wait[], options?: WaitOptions) => Promise<Occurrence[]>
    >()
    expectTypeOf(fifodir.waitForAny).toEqualTypeOf<
      (waits: readonly Wait[], options?: WaitOptions) => Promise<Occurrence & { index: number }>
    >()
    expectTypeOf<Wait>().toEqualTypeOf<readonly [path: string, pattern: AnyPattern]>()
    expectTypeOf<Occurrence>().toExtend<Match & { readonly path: string; readonly at: Date }>()
    expectTypeOf<WaitOptions>().toExtend<EventsOptions>()
    expectTypeOf<WaitOptions['timeoutMs']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<WaitOptions['signal']>().toEqualTypeOf<AbortSignal | undefined>()
  })

  test('patterns', () => {
    expectTypeOf(fifodir.Pattern).toBeConstructibleWith('u.*U', { budgetBytes: 1 })
    expectTypeOf(fifodir.Pattern).toBeConstructibleWith(/u.*U/)
    expectTypeOf<PatternOptions>().toEqualTypeOf<{ readonly budgetBytes?: number }>()
    expectTypeOf<typeof fifodir.Pattern.from>().toEqualTypeOf<(pattern: AnyPattern) => fifodir.Pattern>()
    expectTypeOf<fifodir.Pattern['source']>().toEqualTypeOf<string | RegExp>()
    expectTypeOf<fifodir.Pattern['matcher']>().toEqualTypeOf<() => Matcher>()
    expectTypeOf<Matcher['step']>().toEqualTypeOf<(byte: number) => boolean>()
    expectTypeOf<Matcher['reset']>().toEqualTypeOf<() => void>()
  })

  test('notifications of systemd, sent', () => {
    type Told = Promise<boolean>
    expectTypeOf(systemd.sdNotify).toEqualTypeOf<(assignments: Assignments, options?: NotifyOptions) => Told>()
    expectTypeOf<Assignments>().toEqualTypeOf<Readonly<Record<string, string | number | bigint>>>()
    expectTypeOf<NotifyOptions>().toEqualTypeOf<{
      readonly address?: string
      readonly descriptors?: readonly number[]
      readonly pid?: number
      readonly unsetEnvironment?: boolean
      readonly signal?: AbortSignal
    }>()
    for (const plain of ['ready', 'reloading', 'stopping', 'watchdog'] as const)
      expectTypeOf(systemd[plain]).toEqualTypeOf<(options?: NotifyOptions) => Told>()
    for (const numbered of ['mainPid', 'errno'] as const)
      expectTypeOf(systemd[numbered]).toEqualTypeOf<(number: number, options?: NotifyOptions) => Told>()
    for (const named of ['status', 'removeFds'] as const)
      expectTypeOf(systemd[named]).toEqualTypeOf<(text: string, options?: NotifyOptions) => Told>()
    expectTypeOf(systemd.extendTimeout).toEqualTypeOf<(options: NotifyOptions & { readonly ms: number }) => Told>()
    expectTypeOf(systemd.storeFds).toEqualTypeOf<(fds: readonly number[], options: StoreOptions) => Told>()
    expectTypeOf<StoreOptions['name']>().toEqualTypeOf<string>()
    expectTypeOf<StoreOptions['poll']>().toEqualTypeOf<boolean | undefined>()
    expectTypeOf(systemd.barrier).toEqualTypeOf<(options?: BarrierOptions) => Told>()
    expectTypeOf<BarrierOptions['timeoutMs']>().toEqualTypeOf<number | undefined>()
    expectTypeOf(systemd.watchdogInterval).toEqualTypeOf<() => number | undefined>()
    expectTypeOf(systemd.startWatchdog).toEqualTypeOf<(options?: WatchdogOptions) => Stop>()
    expectTypeOf<Stop>().toEqualTypeOf<(() => void) & Disposable>()
    expectTypeOf<WatchdogOptions>().toExtend<NotifyOptions>()
    expectTypeOf<WatchdogOptions['check']>().toEqualTypeOf<(() => unknown) | undefined>()
  })

  test('notifications of systemd, received', () => {
    expectTypeOf(systemd.notifySocket).toEqualTypeOf<
      (options?: BindOptions | { readonly fd: number }) => NotifySocket
    >()
    expectTypeOf(systemd.bindNotifySocket).toEqualTypeOf<(options?: BindOptions) => BoundSocket>()
    expectTypeOf<BindOptions>().toEqualTypeOf<{ readonly path?: string; readonly mode?: number }>()
    expectTypeOf<BoundSocket>().toEqualTypeOf<{ readonly fd: number; readonly address: string }>()
    expectTypeOf<NotifySocket>().toExtend<Disposable & { readonly address: string; close(): void }>()
    expectTypeOf<NotifySocket['messages']>().toEqualTypeOf<Observable<NotifyMessage>>()
    expectTypeOf<NotifyMessage>().toExtend<Readonly<Record<'pid' | 'uid' | 'gid', number>>>()
    expectTypeOf<NotifyMessage['lines']>().toEqualTypeOf<readonly string[]>()
    expectTypeOf<NotifyMessage['assignments']>().toEqualTypeOf<ReadonlyMap<string, string>>()
    expectTypeOf<NotifyMessage['takeDescriptors']>().toEqualTypeOf<() => number[]>()
    expectTypeOf(systemd.isReady).toEqualTypeOf<(message: Pick<NotifyMessage, 'lines'>) => boolean>()
  })

  test('readiness', () => {
    expectTypeOf<Source>().toEqualTypeOf<Observable<void>>()
    expectTypeOf(readiness.whenReady).toEqualTypeOf<(source: Source, options?: WhenReadyOptions) => Promise<void>>()
    expectTypeOf(readiness.carry).toEqualTypeOf<
      (sources: readonly Source[], sinks: readonly Sink[], options?: WhenReadyOptions) => Promise<readonly Told[]>
    >()
    expectTypeOf(readiness.announce).toEqualTypeOf<(options?: AnnounceOptions) => Promise<Announced>>()
    expectTypeOf(readiness.fromDescriptor).toEqualTypeOf<(fd: number) => Source>()
    expectTypeOf(readiness.fromLog).toEqualTypeOf<
      (pattern: AnyPattern, streams: readonly Observable<Uint8Array>[]) => Source
    >()
    expectTypeOf(readiness.fromTcp).toEqualTypeOf<(port: number, host?: string) => Source>()
    expectTypeOf(readiness.toFifodir).toEqualTypeOf<(path: string, events?: string) => Sink>()
    expectTypeOf(readiness.sourceCalled).toEqualTypeOf<(name: string) => Plan>()
    expectTypeOf(readiness.checkPlans).toEqualTypeOf<(plans: readonly Plan[]) => void>()
    expectTypeOf(readiness.provide).toEqualTypeOf<(plans: readonly Plan[], taken?: readonly number[]) => Provisions>()
    expectTypeOf<readiness.NeverReadyError['output']>().toEqualTypeOf<readonly string[]>()
  })

  test('exec', () => {
    type Argument = string | Uint8Array
    expectTypeOf(rehearseExec).toEqualTypeOf<(handover?: Handover) => void>()
    expectTypeOf(exec).toEqualTypeOf<(program: Argument, args?: readonly Argument[], handover?: Handover) => never>()
    expectTypeOf(spawn).toEqualTypeOf<
      (program: Argument, args?: readonly Argument[], options?: SpawnOptions) => Child
    >()
    expectTypeOf<SpawnOptions>().toExtend<Handover>()
    expectTypeOf(exitOf).toEqualTypeOf<(waitStatus: number) => Exit>()
    expectTypeOf(reapOrphans).toEqualTypeOf<() => void>()
    expectTypeOf(withVariables).toEqualTypeOf<
      (changes: Readonly<Record<string, string | undefined>>, environment?: readonly Argument[]) => readonly Argument[]
    >()
  })
})

describe('the errors are', () => {
  test('a FifodirError by its facts', () => {
    expectTypeOf(fifodir.FifodirError).toBeConstructibleWith({ code: 'ENOENT', operation: 'make', reason: 'none' })
    expectTypeOf<fifodir.FifodirError>().toExtend<Error & FifodirErrorFacts>()
    expectTypeOf<fifodir.FifodirError['code']>().toEqualTypeOf<string>()
    expectTypeOf<fifodir.FifodirError['path']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<fifodir.FifodirError['hint']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<'make' | 'clean' | 'notify' | 'subscribe to' | 'wait' | 'compile pattern'>().toExtend<Operation>()
  })

  test('and two kinds with more of them', () => {
    expectTypeOf<fifodir.TimedOutError>().toExtend<fifodir.FifodirError>()
    expectTypeOf<fifodir.TimedOutError['missing']>().toEqualTypeOf<readonly Missing[]>()
    expectTypeOf<Missing>().toEqualTypeOf<Readonly<Record<'path' | 'pattern' | 'seen', string>>>()
    expectTypeOf<fifodir.PatternError>().toExtend<fifodir.FifodirError>()
    expectTypeOf<fifodir.PatternError['pattern']>().toEqualTypeOf<string>()
    expectTypeOf<fifodir.PatternError['offset']>().toEqualTypeOf<number>()
  })
})

describe('socket activation takes and returns', () => {
  test('these values, and no others', () => {
    expect(Object.keys(activation).toSorted()).toEqual(['connections', 'onDemand', 'openSockets', 'provide', 'traffic'])
  })

  test('sockets', () => {
    type Definitions = readonly (string | activation.SocketDefinition)[]
    expectTypeOf(activation.openSockets).toEqualTypeOf<(definitions: Definitions) => activation.OpenSockets>()
    expectTypeOf<activation.OpenSockets>().toExtend<Disposable>()
    expectTypeOf<activation.OpenSockets['sockets']>().toEqualTypeOf<readonly activation.OpenSocket[]>()
    expectTypeOf<activation.OpenSocket>().toExtend<activation.Passed>()
    expectTypeOf<activation.OpenSocket['address']>().toEqualTypeOf<activation.SocketAddress>()
    expectTypeOf<activation.SocketAddress>().toEqualTypeOf<
      { readonly host: string; readonly port: number } | { readonly path: string }
    >()
    expectTypeOf<activation.InternetSocket | activation.LocalSocket>().toEqualTypeOf<activation.SocketDefinition>()
  })

  test('programs, with what spawn and exec take', () => {
    expectTypeOf<Parameters<typeof activation.provide>[2]>().toEqualTypeOf<readonly activation.Passed[]>()
    expectTypeOf<activation.Provision>().toExtend<Handover>()
    expectTypeOf<activation.ProvisionOptions['pid']>().toEqualTypeOf<number | undefined>()
    expectTypeOf(systemd.listenFds()).toExtend<activation.Passed[]>()
  })

  test('those who come', () => {
    expectTypeOf(activation.connections).toEqualTypeOf<
      (sockets: readonly activation.Passed[]) => Observable<activation.Connection>
    >()
    expectTypeOf<activation.Connection>().toExtend<activation.Passed & Disposable>()
    expectTypeOf(activation.traffic([{ fd: 1, name: 'x', mine: true }])).toEqualTypeOf<
      Observable<{ fd: number; name: string; mine: boolean }>
    >()
    expectTypeOf(activation.onDemand([], async () => 'served')).toEqualTypeOf<Observable<string>>()
    expectTypeOf<Parameters<typeof activation.onDemand>[2]>().toEqualTypeOf<
      activation.TriggerLimitOptions | undefined
    >()
  })

  test('what a service was given', () => {
    expectTypeOf(systemd.listenFds).toEqualTypeOf<(options?: systemd.ListenFdsOptions) => systemd.ListenFd[]>()
    expectTypeOf(systemd.listenFdByName).toEqualTypeOf<(name: string) => systemd.ListenFd | undefined>()
    expectTypeOf(systemd.activated).toEqualTypeOf<(name?: string) => systemd.ListenFd | undefined>()
    expectTypeOf(systemd.accepted).toEqualTypeOf<(name?: string) => Socket | undefined>()
    const listen = (server: Server): Server => server.listen(systemd.activated('http') ?? 8080)
    expectTypeOf(listen).returns.toEqualTypeOf<Server>()
  })
})
