/** The peers: which of them are there, and what to do to have the others. */
import { execFileSync } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import koffi from 'koffi'

export const INSTALL_S6 = 'apt-get install s6'
export const INSTALL_WAIT_ON = 'pnpm install (wait-on)'
export const INSTALL_COMPILER = 'apt-get install gcc'

/** The path of a program in PATH, or undefined. */
export function inPath(program) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find(isExecutable)
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}

/** wait-on's version, and how it is called: by the node that runs this, without a look into PATH. */
export function waitOn() {
  try {
    const manifest = createRequire(import.meta.url).resolve('wait-on/package.json')
    const { version, bin } = JSON.parse(readFileSync(manifest, 'utf8'))
    return { version, argv: [process.execPath, join(dirname(manifest), bin['wait-on'])] }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/** Compiles one file of C. @returns the program, or undefined where there is no compiler */
export function compile(source, program) {
  const compiler = inPath('cc')
  if (compiler === undefined) return undefined
  execFileSync(compiler, ['-O2', '-o', program, source])
  return program
}

export function compilerVersion() {
  const compiler = inPath('cc')
  return compiler && execFileSync(compiler, ['--version'], { encoding: 'utf8' }).split('\n')[0]
}

export function glibcVersion() {
  return koffi.load('libc.so.6').func('const char *gnu_get_libc_version()')()
}

/** The command as it was built, called as it is once it is installed. */
export const fifodirCommand = fileURLToPath(new URL('../../packages/cli/dist/bin/fifodir', import.meta.url))
