/** The way to koffi, taken at the first call that needs libc and never at import: notifying does without it. */
type Koffi = typeof import('koffi')

let loaded: Koffi | undefined

export function koffi(): Koffi {
  loaded ??= process.getBuiltinModule('module').createRequire(import.meta.url)('koffi') as Koffi
  return loaded
}
