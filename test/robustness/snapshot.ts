/** What stands in a directory, so exactly that every write, removal and change shows. */
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs'

/** A line for every entry: its name in bytes, kind, mode, owner, links, times, and content. */
export function snapshot(directory: string): string[] {
  return readdirSync(Buffer.from(directory), { encoding: 'buffer' })
    .map((name) => {
      const path = Buffer.concat([Buffer.from(`${directory}/`), name])
      const stats = lstatSync(path)
      const times = isSubscription(name, stats) ? [] : [stats.mtimeMs, stats.ctimeMs]
      const facts = [stats.ino, stats.mode, stats.uid, stats.gid, stats.nlink, stats.size, stats.rdev, ...times]
      return `${name.toString('latin1')} ${facts.join(' ')} ${contentOf(path, stats)}`
    })
    .toSorted()
}

/** The times of a subscription's FIFO move with what is written to it; any other FIFO must not be touched at all. */
function isSubscription(name: Buffer, stats: Stats): boolean {
  return stats.isFIFO() && /^ftrig1:@[0-9a-f]{24}:[A-Za-z0-9]{6}$/.test(name.toString('latin1'))
}

function contentOf(path: Buffer, stats: Stats): string {
  if (stats.isSymbolicLink()) return readlinkSync(path)
  return stats.isFile() ? readFileSync(path, 'latin1') : ''
}
