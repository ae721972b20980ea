/** Builds the command: one file, so that starting it costs little more than starting node. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
const rxjs = dirname(createRequire(import.meta.url).resolve('rxjs/package.json'))
const library = fileURLToPath(import.meta.resolve('fifodir'))
const outfile = join(here, 'dist/fifodir.cjs')

/**
 * Imports from the library's face become imports from the files behind it: a face that is loaded as it is called for
 * loads all that it re-exports, and `notify` wants neither rxjs nor sockets.
 */
const behindTheFace = {
  name: 'behind the face',
  setup({ onLoad }) {
    const namesIn = (list) => list.split(',').flatMap((name) => name.trim() || [])
    const fileOf = new Map(
      [...readFileSync(library, 'utf8').matchAll(/^export \{([^}]+)\} from '(.+)'/gm)].flatMap(([, list, file]) =>
        namesIn(list).map((name) => [name, join(dirname(library), file)]),
      ),
    )
    onLoad({ filter: /packages\/cli\/src\/.*\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replaceAll(/^import \{([^}]+)\} from 'fifodir'$/gm, (_, list) =>
        namesIn(list)
          .filter((name) => !name.startsWith('type '))
          .map((name) => `import { ${name} } from ${JSON.stringify(fileOf.get(name.split(' ')[0]))}`)
          .join('\n'),
      ),
    }))
  },
}

const { metafile } = await build({
  entryPoints: [join(here, 'src/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs', // loads faster than ESM
  minify: true,
  legalComments: 'none', // they go into LICENSES.txt
  external: ['koffi'],
  alias: { rxjs: join(rxjs, 'dist/esm/index.js') }, // the build that tree-shakes
  define: { VERSION: JSON.stringify(version), 'import.meta.url': '__filename' },
  banner: { js: '#!/usr/bin/env node' },
  plugins: [behindTheFace],
  logLevel: 'warning',
  metafile: true,
})
chmodSync(outfile, 0o755)

// what is bundled goes with its licence
const bundled = new Set(
  Object.keys(metafile.inputs).flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []),
)
const licences = [...bundled].map((directory) => {
  const { name, version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const file = readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry))
  return `${name} ${version}\n\n${readFileSync(join(directory, file), 'utf8')}`
})
writeFileSync(join(here, 'dist/LICENSES.txt'), licences.join('\n\n'))

// under the name that it has once installed: dist/bin, put into PATH, is as good as an installation
rmSync(join(here, 'dist/bin'), { recursive: true, force: true })
mkdirSync(join(here, 'dist/bin'))
symlinkSync('../fifodir.cjs', join(here, 'dist/bin/fifodir'))
