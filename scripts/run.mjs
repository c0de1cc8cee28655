// The first file of every npm script. Plain JavaScript without dependencies that runs on Node 20:
// it installs and builds what is missing or stale, then goes on with the pinned Node.js.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { become, fail, findNode, noNodeMessage } from '../bin/runtime.js'
import { prepare } from './prepare.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

// file: what runs on the pinned Node.js; build: whether dist/ must be current before
const TASKS = {
  start: { file: 'dist/main/cli.js', args: ['up'], build: true },
  test: { file: 'scripts/test.ts', build: true },
  check: { file: 'scripts/check.ts', build: false },
  bench: { file: 'bench/main.ts', build: true },
  'test:simulation': { file: 'test/simulation/main.ts', build: true },
  'test:drills': { file: 'test/drills/main.ts', build: true },
  'test:mutants': { file: 'test/mutants/main.ts', build: true },
  'test:mutation': { file: 'test/mutation/main.ts', build: false },
  screenshots: { file: 'scripts/screenshots.ts', build: true },
  build: { build: true },
  format: { file: 'scripts/format.ts', build: false },
  'generate:api': { file: 'scripts/generate-api.ts', build: false },
  hooks: { file: 'scripts/hooks.ts', build: false },
}

const [name = '', ...rest] = process.argv.slice(2)
const task = Object.hasOwn(TASKS, name) ? TASKS[name] : undefined
if (!task) {
  fail(`perpfleet: unknown task "${name}": use one of ${Object.keys(TASKS).join(', ')}`, 2)
}

// `--no-build` leaves dist/ as it is: for tests that do not start programs
const skipsBuild = name === 'test' && rest.includes('--no-build')
const args = skipsBuild ? rest.filter((word) => word !== '--no-build') : rest

await prepare(root, { build: task.build && !skipsBuild, strict: name === 'build' })
if (task.file) {
  const file = join(root, task.file)
  if (!existsSync(file)) fail(`perpfleet: ${task.file} does not exist in this version`)
  const node = findNode()
  if (!node) fail(noNodeMessage())
  become(node, file, [...(task.args ?? []), ...args])
}
