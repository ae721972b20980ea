/** What a directory holds, and in what state: for claims that nothing was touched. */
import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A line for everything in `directory`: its path, type and mode, owner, size, and when it was last changed. */
export function snapshot(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).toSorted()
  return ['.', ...names].map((name) => {
    const { mode, uid, gid, size, ctimeNs } = lstatSync(join(directory, name), { bigint: true })
    return `${name} ${mode.toString(8)} ${uid}:${gid} ${size} ${ctimeNs}`
  })
}

/** The same without the times: what a failure may leave as it was, though it touched it. */
export function entries(directory: string): string[] {
  return snapshot(directory).map((line) => line.slice(0, line.lastIndexOf(' ')))
}
