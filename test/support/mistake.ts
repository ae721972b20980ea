/** Where mistakes are made: each is a row of a table. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFifodir } from 'fifodir'
import { newDirectory } from './scratch.ts'

/** What is asked of the command, in a place of {@link newPlace}, and what it is to say of it. */
export type Mistake = readonly [title: string, args: readonly string[], message: string]

/** A directory that all may search: in it a fifodir `event`, a directory that is `private`, and a `file`. */
export function newPlace(): string {
  const place = newDirectory()
  chmodSync(place, 0o755)
  makeFifodir(join(place, 'event'))
  mkdirSync(join(place, 'private'), { mode: 0o700 })
  writeFileSync(join(place, 'file'), 'x')
  return place
}
