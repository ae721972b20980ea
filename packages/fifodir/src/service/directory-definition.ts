/** A service as the files of its service directory describe it, read when they are asked for: a change holds at once. */
import { isUtf8 } from 'node:buffer'
import { existsSync, readFileSync } from 'node:fs'
import { parseSocket } from '../activation/definition-text.ts'
import type { SocketDefinition } from '../activation/definition.ts'
import { FifodirError } from '../error.ts'
import { failure } from '../failure.ts'
import type { Strings } from '../posix/handover.ts'
import { isSystemError } from '../posix/system-error.ts'
import { PatternError } from '../pattern/pattern-error.ts'
import type { Plan } from '../readiness/plan.ts'
import { sourceCalled } from '../readiness/planned.ts'
import type { Definition } from './definition.ts'
import type { FaultReport } from './fault.ts'
import { signalCalled } from './signal-name.ts'

/**
 * | file | says |
 * | --- | --- |
 * | `run` | the program, given the name of the service |
 * | `finish` | the program to be run when that has died |
 * | `notification-fd` | the number of the descriptor that readiness is told on |
 * | `readiness` | a source of readiness: `tcp:8080`, `notify`, `log:REGEX`, …; s6 knows no such file |
 * | `timeout-kill` | milliseconds; 0 or none: no limit |
 * | `timeout-finish` | milliseconds; none: 5000; 0: no limit |
 * | `down-signal` | the name or number of a signal |
 * | `sockets` | a socket to be opened for `run` in each line: `http=tcp:8080`, `unix:/run/web.sock`, …; s6 knows no such file |
 * | `lazy` | nothing, but that it is there: `run` is started when somebody comes to one of these sockets; as little |
 * | `max-death-tally` | a number of deaths |
 *
 * What does not say that is reported, and taken for none; but for the sockets, without which nothing is to be started.
 *
 * @see s6 2.11.3.2 doc/servicedir.html; differs: `lock-fd` is not known
 */
export class DirectoryDefinition implements Definition {
  readonly command: Strings
  readonly #name: string
  readonly #path: string
  readonly #report: FaultReport

  /** @param name the service directory as its caller calls it; `path` is the same, absolute */
  constructor(name: string, path: string, report: FaultReport) {
    this.command = ['./run', name]
    this.#name = name
    this.#path = path
    this.#report = report
  }

  get finish(): Strings | undefined {
    return existsSync(`${this.#path}/finish`) ? ['./finish'] : undefined
  }

  get notificationFd(): number | undefined {
    return this.#number('notification-fd')
  }

  get readiness(): readonly Plan[] | undefined {
    const plan = this.#read('readiness', planOf, 'a source, as tcp:8080 is,')
    return plan && [plan]
  }

  get stopTimeoutMs(): number | undefined {
    return this.#number('timeout-kill')
  }

  get finishTimeoutMs(): number | undefined {
    return this.#number('timeout-finish')
  }

  /** A path of theirs is one from the service directory. @throws a system error where they cannot be read; TypeError */
  get sockets(): readonly SocketDefinition[] {
    const bytes = existsSync(`${this.#path}/sockets`) ? readFileSync(`${this.#path}/sockets`) : Buffer.alloc(0)
    if (!isUtf8(bytes)) throw new TypeError('its file sockets is not UTF-8; choose other paths')
    const text = bytes.toString()
    const lines = text.split('\n').filter((line) => line !== '')
    return lines.map((line) => {
      const definition = parseSocket(line)
      const isRelative = 'path' in definition && /^[^/@]/.test(definition.path)
      return isRelative ? { ...definition, path: `${this.#path}/${definition.path}` } : definition
    })
  }

  get lazy(): boolean {
    return existsSync(`${this.#path}/lazy`)
  }

  get deathsKept(): number | undefined {
    return this.#number('max-death-tally')
  }

  get stopSignal(): NodeJS.Signals | number | undefined {
    return this.#read('down-signal', signalCalled, 'the name or the number of a signal')
  }

  #number(file: string): number | undefined {
    return this.#read(
      file,
      (text) => (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32 ? Number(text) : undefined),
      'a number',
    )
  }

  /** What the first line of `file` says; undefined where there is none, or it says nothing that `parse` knows. */
  #read<Value>(file: string, parse: (line: string) => Value | undefined, wanted: string): Value | undefined {
    const line = this.#firstLine(file)
    if (line === undefined) return undefined
    const value = parse(line)
    if (value === undefined)
      this.#report(
        new FifodirError({
          code: 'FIFODIR_DEFINITION',
          operation: 'read definition of',
          path: this.#name,
          reason: `its ${file} does not say what it should`,
          hint: `write ${wanted} into it, or remove it`,
        }),
      )
    return value
  }

  #firstLine(file: string): string | undefined {
    const path = `${this.#path}/${file}`
    if (!existsSync(path)) return undefined // as most of them do not: an error takes longer than all else here
    try {
      return readFileSync(path, 'latin1').split('\n', 1)[0]
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return undefined
      this.#fail(error)
      return undefined
    }
  }

  #fail(error: unknown): void {
    const fault = failure('read definition of', this.#name, error)
    if (!(fault instanceof FifodirError)) throw fault
    this.#report(fault)
  }
}

function planOf(name: string): Plan | undefined {
  try {
    return sourceCalled(name)
  } catch (error) {
    if (error instanceof RangeError || error instanceof PatternError) return undefined
    throw error
  }
}
