// `npm run check`: every guard of the repository, two at a time; prints only what a guard complains of.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)
const tool = (...path: string[]) => join(root, 'node_modules', ...path)

const GUARDS: [name: string, ...command: string[]][] = [
  ['types', tool('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'],
  ['core types', tool('typescript', 'bin', 'tsc'), '-p', 'tsconfig.core.json'],
  ['dashboard types', tool('typescript', 'bin', 'tsc'), '-p', 'dashboard/tsconfig.json'],
  ['dashboard test types', tool('typescript', 'bin', 'tsc'), '-p', 'dashboard/tsconfig.test.json'],
  ['import boundaries', 'scripts/check-imports.ts'],
  ['shape of the code', 'scripts/check-shape.ts'],
  ['dead code', tool('knip', 'bin', 'knip.js'), '--no-progress', '--no-config-hints'],
  [
    'format and lint',
    tool('@biomejs', 'biome', 'bin', 'biome'),
    'ci',
    '--error-on-warnings',
    '--diagnostic-level=warn',
    '--reporter=concise',
    '--colors=off',
    '--max-diagnostics=200',
  ],
  ['documentation and code', 'scripts/check-docs.ts'],
  ['types of the API', 'scripts/generate-api.ts', '--check'],
]

interface Outcome {
  ok: boolean
  seconds: string
  output: string
}

function runGuard(command: string[]): Promise<Outcome> {
  const began = performance.now()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...command], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1)
      resolve({ ok: code === 0, seconds, output })
    })
  })
}

const wanted = process.argv.slice(2)
const guards = GUARDS.filter(
  ([name]) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
)
if (guards.length === 0) {
  console.error(`perpfleet: no guard of that name: ${GUARDS.map(([name]) => name).join(', ')}`)
  process.exit(2)
}

let failed = 0
async function work(): Promise<void> {
  for (let guard = guards.shift(); guard !== undefined; guard = guards.shift()) {
    const [name, ...command] = guard
    const { ok, seconds, output } = await runGuard(command)
    if (!ok) failed += 1
    console.log(`${ok ? '✓' : '✗'} ${name} (${seconds} s)`)
    if (!ok) console.log(output.trimEnd())
  }
}

await Promise.all([work(), work()])
console.log(failed === 0 ? 'check passed' : `check failed: ${failed} of the guards above`)
process.exit(failed === 0 ? 0 : 1)
