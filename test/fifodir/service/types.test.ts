/** The types of everything that `fifodir/service` exports: checked by the compiler, as it builds the tests. */
import type { FifodirError } from 'fifodir'
import type { Handover } from 'fifodir/posix'
import type { NeverReadyError, Plan } from 'fifodir/readiness'
import type { OpenSocket, SocketDefinition } from 'fifodir/activation'
import * as service from 'fifodir/service'
import type {
  Command,
  CommandWord,
  Death,
  Definition,
  Phase,
  ServiceStatus,
  Status,
  SuperviseOptions,
  Supervisor,
  SupervisorSignal,
  WhenOptions,
} from 'fifodir/service'
import type { Observable } from 'rxjs'
import { expect, expectTypeOf, test } from 'vitest'

test('these values are exported, and no others', () => {
  expect(Object.keys(service).toSorted()).toEqual([
    'COMMANDS',
    'control',
    'readStatus',
    'signalCalled',
    'statuses',
    'supervise',
    'unpackDeaths',
    'unpackStatus',
    'whenDown',
    'whenFinished',
    'whenReady',
    'whenUp',
  ])
})

test('supervising', () => {
  expectTypeOf(service.supervise).toEqualTypeOf<
    (path: string, definition?: Definition, options?: SuperviseOptions) => Supervisor
  >()
  expectTypeOf<Supervisor>().toEqualTypeOf<{
    readonly path: string
    readonly status: Status
    readonly left: Promise<void>
    readonly sockets: readonly OpenSocket[]
    signal(name: SupervisorSignal): void
    control(...commands: readonly Command[]): void
  }>()
  expectTypeOf<SupervisorSignal>().toEqualTypeOf<'SIGTERM' | 'SIGHUP' | 'SIGQUIT' | 'SIGINT'>()
  expectTypeOf<SuperviseOptions['signal']>().toEqualTypeOf<AbortSignal | undefined>()
  expectTypeOf<SuperviseOptions['handover']>().toEqualTypeOf<Handover | undefined>()
  expectTypeOf<SuperviseOptions['leaveWhenDone']>().toEqualTypeOf<boolean | undefined>()
  expectTypeOf<SuperviseOptions['onNeverReady']>().toEqualTypeOf<((error: NeverReadyError) => void) | undefined>()
  expectTypeOf<SuperviseOptions['onEvents']>().toEqualTypeOf<((events: string, status: Status) => void) | undefined>()
  expectTypeOf<SuperviseOptions['onFault']>().toEqualTypeOf<((fault: FifodirError) => void) | undefined>()
  expectTypeOf<Definition['command']>().toEqualTypeOf<readonly (string | Uint8Array)[]>()
  expectTypeOf<Definition['readiness']>().toEqualTypeOf<readonly Plan[] | undefined>()
  expectTypeOf<Definition['restart']>().toEqualTypeOf<'always' | 'on-failure' | 'never' | undefined>()
  expectTypeOf<Definition['sockets']>().toEqualTypeOf<readonly (string | SocketDefinition)[] | undefined>()
  expectTypeOf<Definition['lazy']>().toEqualTypeOf<boolean | undefined>()
})

test('commands', () => {
  expectTypeOf(service.control).toEqualTypeOf<(path: string, ...commands: readonly Command[]) => void>()
  expectTypeOf<'up' | 'down' | 'restart' | 'exit' | 'u' | 'Q'>().toExtend<Command>()
  expectTypeOf(service.signalCalled).toEqualTypeOf<(text: string) => NodeJS.Signals | number | undefined>()
  expectTypeOf(service.COMMANDS).toExtend<Readonly<Record<CommandWord, Command>>>()
})

test('states', () => {
  expectTypeOf(service.statuses).toEqualTypeOf<(path: string) => Observable<ServiceStatus>>()
  expectTypeOf<ServiceStatus>().toEqualTypeOf<{
    readonly supervised: boolean
    readonly phase: Phase | undefined
    readonly failed: boolean
    readonly status: Status | undefined
  }>()
  expectTypeOf<Phase>().toEqualTypeOf<'up' | 'ready' | 'down' | 'finished'>()
  for (const when of [service.whenUp, service.whenReady, service.whenDown, service.whenFinished])
    expectTypeOf(when).toEqualTypeOf<(path: string, options?: WhenOptions) => Promise<ServiceStatus>>()
  expectTypeOf<WhenOptions>().toEqualTypeOf<{ readonly timeoutMs?: number; readonly signal?: AbortSignal }>()
})

test('records', () => {
  expectTypeOf(service.unpackStatus).toEqualTypeOf<(bytes: Uint8Array, path?: string) => Status>()
  expectTypeOf(service.unpackDeaths).toEqualTypeOf<(bytes: Uint8Array) => Death[]>()
  expectTypeOf<Death>().toEqualTypeOf<{ readonly at: Date; readonly exitCode: number; readonly signal: number }>()
  expectTypeOf<Status['since']>().toEqualTypeOf<Date>()
})
