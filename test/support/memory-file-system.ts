/** A small file system of one's own: something that can be full. */
import { execFileSync } from 'node:child_process'
import { newDirectory } from './scratch.ts'

/** Mounts a tmpfs with room for `inodes` files and directories, its root included. For root alone; unmounted at disposal. */
export function mountTmpfs(inodes: number): { path: string } & Disposable {
  const path = newDirectory()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `nr_inodes=${inodes},size=1m`, 'none', path])
  return { path, [Symbol.dispose]: () => void execFileSync('umount', [path]) }
}
