/**
 * In the command, instead of the library's way to koffi: its addon, without the loader, which takes 5 ms to look for it.
 * Where the addon is not where that would find it, or is of another version, the loader is asked after all.
 *
 * @see koffi 3.3.4 src/init.js, loadDynamic; Node's own search for packages, without what takes it 2 ms
 */
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

type Koffi = typeof import('koffi')

/** Filled in by the build: the version that the command depends on. */
declare const KOFFI_VERSION: string

let loaded: Koffi | undefined

export function koffi(): Koffi {
  return (loaded ??= addonBeside(dirname(import.meta.filename)) ?? (require('koffi') as Koffi))
}

/** The addon of the koffi that is installed for `directory`. */
function addonBeside(directory: string): Koffi | undefined {
  const { platform, arch } = process
  const installed = join(directory, 'node_modules/koffi')
  if (!existsSync(installed)) return directory === '/' ? undefined : addonBeside(dirname(directory))
  const addon = join(realpathSync(installed), `../@koromix/koffi-${platform}-${arch}/${platform}_${arch}/koffi.node`)
  const module = { exports: {} as Koffi }
  try {
    process.dlopen(module, addon)
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined // it is not there, or not for this libc
    throw error
  }
  return module.exports.version === KOFFI_VERSION ? module.exports : undefined
}
