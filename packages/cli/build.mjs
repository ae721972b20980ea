/** Builds the command: three files, so that starting it costs little more than starting node. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const { version, dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
const rxjs = dirname(createRequire(import.meta.url).resolve('rxjs/package.json'))
const library = fileURLToPath(import.meta.resolve('fifodir'))

/** Files of the library in whose place the command has its own: why is said there. */
const instead = {
  name: 'instead',
  setup({ onResolve }) {
    const own = { 'posix/koffi.js': 'koffi.ts', 'pattern/regexp.js': 'regexp.ts' }
    onResolve({ filter: /\/(koffi|regexp)\.js$/ }, ({ path, resolveDir }) => {
      const file = own[relative(dirname(library), join(resolveDir, path))]
      return file && { path: join(here, 'src/instead', file) }
    })
  },
}

/** The other files are asked for by the first, which does not take them in. */
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/(waits|rest)\.ts$/ }, ({ path }) => ({
      path: path.replace('.ts', '.cjs'),
      external: true,
    }))
  },
}

const { metafile } = await build({
  entryPoints: {
    fifodir: join(here, 'src/main.ts'),
    waits: join(here, 'src/waits.ts'),
    rest: join(here, 'src/rest.ts'),
  },
  outdir: join(here, 'dist'),
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs', // loads faster than ESM
  supported: { 'dynamic-import': false }, // require() then, for the same reason
  minify: true,
  legalComments: 'none', // they go into LICENSES.txt
  external: ['koffi', 'commander'],
  alias: { rxjs: join(rxjs, 'dist/esm/index.js') }, // the build that tree-shakes
  define: {
    VERSION: JSON.stringify(version),
    KOFFI_VERSION: JSON.stringify(dependencies.koffi),
    'import.meta.url': '__filename',
    'import.meta.filename': '__filename',
  },
  plugins: [instead, apart],
  logLevel: 'warning',
  metafile: true,
})
const command = join(here, 'dist/fifodir.cjs')
writeFileSync(command, readFileSync(join(here, 'src/first.sh'), 'utf8') + readFileSync(command, 'utf8'))
chmodSync(command, 0o755)

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
