/** What the figures were measured on. */
import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import { libs6Version } from './libs6.mjs'
import { compilerVersion, glibcVersion, waitOn } from './peers.mjs'
import { place } from './scratch.mjs'

/** @returns {Record<string, string>} */
export function machine() {
  return {
    cpu: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: `Linux ${release()}`,
    node: `Node ${process.versions.node}`,
    directories: `fifodirs in ${place} (${fileSystem(place)})`,
  }
}

/** The peers' versions; what is missing is not there. */
export function versions() {
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    glibc: glibcVersion(),
    libs6: libs6Version(),
    'wait-on': waitOn()?.version,
    cc: compilerVersion(),
  }
}

function fileSystem(path) {
  return execFileSync('stat', ['-f', '-c', '%T', path], { encoding: 'utf8' }).trim()
}
