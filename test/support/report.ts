/** What a process finds itself to be: what it was given, byte for byte, and what it inherited. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Texts are Latin-1: a character for each byte. */
export interface Report {
  readonly pid: number
  readonly parent: number
  /** What follows the name of the script. */
  readonly args: readonly string[]
  readonly environment: readonly string[]
  /** The open descriptors: where each leads, and its flags. */
  readonly descriptors: readonly string[]
  /** The signals it ignores, by number. */
  readonly ignored: readonly number[]
  /** Its soft limit on open descriptors. */
  readonly openFiles: number
}

/** A shell script that writes a report of its shell into `directory`; a program, where the shell is given it with -c. */
export function reportScript(directory: string): string {
  mkdirSync(directory)
  // all in a subshell, as a shell that redirects has descriptors of its own meanwhile
  return `(
    cat /proc/$$/cmdline > '${directory}/args'
    cat /proc/$$/environ > '${directory}/environment'
    cat /proc/$$/status > '${directory}/status'
    cat /proc/$$/limits > '${directory}/limits'
    ls -l /proc/$$/fd > '${directory}/links'
    grep flags: /proc/$$/fdinfo/* > '${directory}/flags'
  )`
}

/** The report that such a script has written. */
export function readReport(directory: string): Report {
  const text = (name: string): string => readFileSync(join(directory, name), 'latin1')
  const status = (field: string): string => new RegExp(`^${field}:\\s*(\\w+)`, 'm').exec(text('status'))?.[1] ?? ''
  const links = [...text('links').matchAll(/ (\d+) -> (.*)$/gm)]
  const flags = [...text('flags').matchAll(/(\d+):flags:\s*(\w+)$/gm)]
  const number = (one: readonly string[], other: readonly string[]): number => Number(one[1]) - Number(other[1])
  return {
    pid: Number(status('Pid')),
    parent: Number(status('PPid')),
    args: text('args').split('\0').slice(4, -1), // after sh, -c, the script and its name
    environment: text('environment').split('\0').slice(0, -1),
    descriptors: links.toSorted(number).map(([, fd, target], index) => {
      return `${fd} ${target} ${flags.toSorted(number)[index]?.[2]}`
    }),
    openFiles: Number(/^Max open files +(\d+)/m.exec(text('limits'))?.[1]),
    ignored: signalsOf(BigInt(`0x${status('SigIgn')}`)),
  }
}

/** The signals up to 31 of a mask; those above are the C library's own affair. */
function signalsOf(mask: bigint): number[] {
  return Array.from({ length: 31 }, (_, index) => index + 1).filter((number) => (mask >> BigInt(number - 1)) & 1n)
}
