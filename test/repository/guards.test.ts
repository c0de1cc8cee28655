// Every guard of `npm run check` is shown one violation of each of its rules, and allowed code beside it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { IMPORT_RULES, LIGHT_PROGRAMS, MAY_IMPORT } from '../../scripts/boundaries.ts'
import { importViolations, type Violation } from '../../scripts/imports.ts'
import { shapeViolations } from '../../scripts/shape.ts'
import { plant, repository } from './planted-tree.ts'

const imports = (...modules: string[]) => modules.map((name) => `import '${name}'\n`).join('')
const importType = (name: string) => `import type { T } from '${name}'\nexport type U = T\n`
const text = (name: string) => readFileSync(join(repository, name), 'utf8')

/** For each row of the table: a file that imports all it may, and one that imports one it may not. */
function tableTree(): Record<string, string> {
  const tree: Record<string, string> = {}
  for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
    const at = folder === 'adapters' ? 'adapters/queues' : folder
    const up = folder === 'adapters' ? '../../' : '../'
    const all = Object.keys(MAY_IMPORT).filter((name) => name !== folder && name !== 'adapters')
    tree[`src/${at}/leaf.ts`] = 'export type T = 1\n'
    const may = allowed === 'everything' ? all : allowed
    const own = folder === 'strategies' ? [] : ['./leaf.ts']
    tree[`src/${at}/allowed.ts`] = imports(...may.map((name) => `${up}${name}/leaf.ts`), ...own)
    if (allowed === 'everything') continue
    const mayNot = all.find((name) => !allowed.includes(name) && name !== 'main')
    tree[`src/${at}/refused.ts`] = importType(`${up}${mayNot}/leaf.ts`)
  }
  return tree
}

const importTree: Record<string, string> = {
  ...tableTree(),
  'src/api/takes-main.ts': imports('../main/leaf.ts'),
  'src/strategies/one.ts': imports('./two.ts'),
  'src/strategies/two.ts': 'export {}\n',
  'src/strategies/three/decide.ts': imports('./cells.ts'),
  'src/strategies/three/cells.ts': 'export {}\n',
  'src/strategies/registry.ts': imports('./one.ts', './two.ts', './three/decide.ts'),
  'src/adapters/caches/takes-queue.ts': imports('../queues/leaf.ts'),
  'src/adapters/caches/own.ts': imports('./inner/part.ts', 'ioredis', 'node:net'),
  'src/adapters/caches/inner/part.ts': 'export {}\n',
  'src/jobs/a.ts': `import type { B } from './b.ts'\nexport type A = B\n`,
  'src/jobs/b.ts': `import type { A } from './a.ts'\nexport type B = A\n`,
  'src/domain/takes-package.ts': imports('yaml'),
  'src/domain/checked.test.ts': imports('node:test', 'fast-check', './leaf.ts'),
  'src/engine/takes-builtin.ts': imports('node:fs'),
  'src/protocol/takes-builtin.ts': imports('node:net'),
  'src/fleet/takes-ccxt.ts': imports('ccxt'),
  'src/adapters/venues/takes-ccxt.ts': imports('ccxt'),
  'src/fleet/takes-sqlite.ts': imports('node:sqlite'),
  'src/adapters/queues/takes-pg.ts': imports('pg'),
  'src/adapters/stores/takes-sqlite.ts': imports('node:sqlite', 'pg', 'kysely'),
  'src/fleet/takes-test.ts': imports('../domain/checked.test.ts'),
  'src/fleet/takes-script.ts': imports('../../scripts/helper.ts'),
  'scripts/helper.ts': 'export {}\n',
  'src/cli/speech.ts': 'export {}\n',
  'dashboard/src/lib/takes-fleet.ts': importType('../../../src/fleet/leaf.ts'),
  'dashboard/src/lib/takes-code.ts': imports('../../../src/protocol/leaf.ts'),
  'dashboard/src/lib/takes-builtin.ts': imports('node:fs'),
  'dashboard/src/lib/allowed.ts':
    imports('react', '../../../src/cli/speech.ts') + importType('../../../src/protocol/leaf.ts'),
  'dashboard/src/lib/a.ts': imports('./b.ts'),
  'dashboard/src/lib/b.ts': imports('./a.ts'),
  'src/fleet/takes-dashboard.ts': imports('../../dashboard/src/lib/allowed.ts'),
  'src/bot/takes-zod.ts': imports('zod'),
  'src/desk/takes-http.ts': imports('node:http'),
  'src/main/bot.ts': imports('../adapters/telemetry/far.ts', '../bot/later.ts'),
  'src/main/desk.ts': imports('../adapters/telemetry/far.ts'),
  'src/main/fleet.ts': imports('fastify', '../adapters/telemetry/far.ts'),
  'src/adapters/telemetry/far.ts': imports('./farther.ts'),
  'src/adapters/telemetry/farther.ts': imports('prom-client'),
  'src/bot/later.ts': `import type { Server } from 'node:http'
export const page = async (): Promise<Server> => (await import('fastify')).page()
`,
}

const EXPECTED_IMPORTS: [rule: string, file: string][] = [
  ...Object.entries(MAY_IMPORT)
    .filter(([, allowed]) => allowed !== 'everything')
    .map(([folder]): [string, string] => [
      `table-${folder}`,
      `src/${folder === 'adapters' ? 'adapters/queues' : folder}/refused.ts`,
    ]),
  ['table-api', 'src/api/takes-main.ts'],
  ['nothing-imports-main', 'src/api/takes-main.ts'],
  ['strategies-apart', 'src/strategies/one.ts'],
  ['adapters-apart', 'src/adapters/caches/takes-queue.ts'],
  ['no-cycle', 'src/jobs/a.ts'],
  ['domain-no-package', 'src/domain/takes-package.ts'],
  ['pure-no-builtin', 'src/engine/takes-builtin.ts'],
  ['pure-no-builtin', 'src/protocol/takes-builtin.ts'],
  ['ccxt-in-venues', 'src/fleet/takes-ccxt.ts'],
  ['sql-in-stores', 'src/fleet/takes-sqlite.ts'],
  ['sql-in-stores', 'src/adapters/queues/takes-pg.ts'],
  ['programs-do-not-import-tests', 'src/fleet/takes-test.ts'],
  ['programs-do-not-import-tests', 'src/fleet/takes-script.ts'],
  ['dashboard-apart', 'dashboard/src/lib/takes-fleet.ts'],
  ['dashboard-protocol-types', 'dashboard/src/lib/takes-code.ts'],
  ['dashboard-no-builtin', 'dashboard/src/lib/takes-builtin.ts'],
  ['nothing-imports-dashboard', 'src/fleet/takes-dashboard.ts'],
  ['no-cycle', 'dashboard/src/lib/a.ts'],
  ['light-bot', 'src/bot/takes-zod.ts'],
  ['light-bot', 'src/adapters/telemetry/farther.ts'],
  ['light-desk', 'src/desk/takes-http.ts'],
  ['light-desk', 'src/adapters/telemetry/farther.ts'],
]

const key = (rule: string, file: string) => `${rule} ${file}`
const keysOf = (violations: Violation[]) =>
  [...new Set(violations.map(({ rule, file }) => key(rule, file)))].sort()
const expected = (pairs: [string, string][]) => pairs.map(([rule, file]) => key(rule, file)).sort()

describe('import boundaries', () => {
  let found: Violation[] = []
  before(async () => {
    found = await importViolations(plant({ ...importTree, 'package.json': '{"type":"module"}' }))
  })

  it('reports every planted violation by its rule, and nothing that is allowed', () => {
    assert.deepEqual(keysOf(found), expected(EXPECTED_IMPORTS))
  })

  it('has a planted violation for every rule', () => {
    const planted = new Set(EXPECTED_IMPORTS.map(([rule]) => rule))
    const rules = [...IMPORT_RULES.map((rule) => rule.name ?? ''), ...Object.keys(LIGHT_PROGRAMS)]
    assert.deepEqual(
      rules.filter((rule) => !planted.has(rule)),
      [],
    )
  })

  it('tells the way to what is too heavy', () => {
    const way = found.find(({ rule, file }) => rule === 'light-bot' && file.includes('farther'))
    assert.match(
      way?.detail ?? '',
      /^src\/main\/bot\.ts → .*far\.ts → .*farther\.ts → prom-client$/,
    )
  })
})

const BANNED: Record<string, string> = {
  'Date.now': 'export const t = Date.now()',
  'Date.now in brackets': `export const t = Date['now']()`,
  'Date.now taken apart': 'const { now } = Date\nexport const t = now()',
  'Date without arguments': 'export const t = new Date()',
  'Date called': 'export const t = Date()',
  'Math.random': 'export const t = Math.random()',
  parseFloat: `export const t = parseFloat('1')`,
  'Number.parseFloat': `export const t = Number.parseFloat('1')`,
  'performance.now': 'export const t = performance.now()',
  'process.hrtime': 'export const t = process.hrtime()',
  setTimeout: 'export const t = setTimeout(() => {}, 1)',
  setInterval: 'export const t = setInterval(() => {}, 1)',
  'crypto.randomUUID': 'export const t = crypto.randomUUID()',
  'a banned function as a value': 'export const t = [1].map(parseFloat)',
  'a global by another way': 'export const t = globalThis.setTimeout(() => {}, 1)',
}

describe('shape of the code', () => {
  const long = (lines: number) => Array.from({ length: lines }, (_, i) => `  f(${i})`).join('\n')
  const of = (tree: Record<string, string>) => keysOf(shapeViolations(plant(tree)))

  it('refuses long functions and long files', () => {
    const found = of({
      'src/desk/long.ts': `export function g() {\n${long(69)}\n}\n`,
      'src/desk/fits.ts': `export function g() {\n${long(68)}\n}\n`,
      'src/desk/arrow.ts': `export const g = () => {\n${long(69)}\n}\n`,
      'src/desk/long.test.ts': `it('x', () => {\n${long(80)}\n})\n`,
      'scripts/endless.ts': `${'f()\n'.repeat(501)}`,
      'test/endless.test.ts': `${'f()\n'.repeat(501)}`,
      'scripts/full.ts': `${'f()\n'.repeat(500)}`,
    })
    assert.deepEqual(found, [
      'file-too-long scripts/endless.ts',
      'file-too-long test/endless.test.ts',
      'function-too-long src/desk/arrow.ts',
      'function-too-long src/desk/long.ts',
    ])
  })

  it('refuses barrels and folders without a row', () => {
    const found = of({
      'src/domain/index.ts': '',
      'src/misc/helper.ts': '',
      'src/loose.ts': '',
      'src/domain/money.ts': '',
    })
    assert.deepEqual(found, [
      'barrel src/domain/index.ts',
      'folder-without-row src/loose.ts',
      'folder-without-row src/misc/helper.ts',
    ])
  })

  it('refuses the environment outside config', () => {
    const found = of({
      'src/main/cli.ts': 'export const home = process.env.HOME',
      'src/fleet/a.ts': 'export const { env } = process',
      'src/fleet/b.ts': `import { env as e } from 'node:process'\nexport const home = e.HOME`,
      'src/config/a.ts': 'export const home = process.env.HOME',
      'src/fleet/b.test.ts': 'export const home = process.env.HOME',
      'scripts/c.ts': 'export const home = process.env.HOME',
    })
    assert.deepEqual(found, [
      'env-outside-config src/fleet/a.ts',
      'env-outside-config src/fleet/b.ts',
      'env-outside-config src/main/cli.ts',
    ])
  })

  it('refuses promises in the engine', () => {
    const found = of({
      'src/engine/a.ts': 'export async function f() {}',
      'src/engine/b.ts': 'export const p = Promise.resolve()',
      'src/engine/c.ts': 'export const p = 1 // not a Promise',
      'src/desk/a.ts': 'export async function f() {}',
    })
    assert.deepEqual(found, [
      'promise-in-engine src/engine/a.ts',
      'promise-in-engine src/engine/b.ts',
    ])
  })

  for (const folder of ['domain', 'strategies', 'simulation', 'engine']) {
    it(`refuses clocks, chance and inexact numbers in ${folder}`, () => {
      const names = Object.keys(BANNED).map(
        (name, at) => [`src/${folder}/f${at}.ts`, name] as const,
      )
      const found = of(Object.fromEntries(names.map(([file, name]) => [file, BANNED[name] ?? ''])))
      const missed = names.filter(([file]) => !found.includes(key('banned-in-pure-code', file)))
      assert.deepEqual(missed, [])
    })
  }

  it('allows what only looks like it', () => {
    const found = of({
      'src/domain/a.ts': `export const t = new Date(0).toISOString()
export const clock = { now: () => 0, setTimeout: 1 }
export const n = clock.now() + Math.trunc(clock.setTimeout)
export const noise = (process: number) => process * 2
export interface Port { setTimeout(): void; performance: number }
`,
      'src/desk/a.ts': 'export const t = Date.now()',
      'src/domain/a.test.ts': 'export const t = Date.now()',
    })
    assert.deepEqual(found, [])
  })
})

describe('tools', () => {
  const run = (root: string, tool: string[], args: string[]) => {
    const command = [join(repository, 'node_modules', ...tool), ...args]
    const { stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' })
    return stdout + stderr
  }

  it('core types: Node types and timers do not compile in pure folders', () => {
    const root = plant({
      'package.json': '{"type":"module"}',
      'tsconfig.json': text('tsconfig.json'),
      'tsconfig.core.json': text('tsconfig.core.json'),
      'src/domain/timer.ts': 'setTimeout(() => {}, 1)\nexport {}\n',
      'src/ports/node.ts': 'export const p = process.pid\n',
      'src/engine/node.ts': 'export type B = Buffer\n',
      'src/strategies/shout.ts': `console.log('x')\nexport {}\n`,
      'src/simulation/fine.ts': 'export const t = Math.max(1, 2)\n',
      'src/desk/fine.ts': 'export const p = process.pid\n',
    })
    const lines = run(root, ['typescript', 'bin', 'tsc'], ['-p', 'tsconfig.core.json']).trim()
    const files = lines.split('\n').map((line) => line.replace(/\(.*/s, ''))
    const refused = ['domain/timer', 'engine/node', 'ports/node', 'strategies/shout']
    assert.deepEqual(
      files.sort(),
      refused.map((name) => `src/${name}.ts`),
    )
  })

  it('format and lint: console in src, any, and foreign formatting', () => {
    const root = plant({
      'biome.json': text('biome.json').replace(/.*"\$schema".*\n/, ''),
      'src/desk/console.ts': `console.log('x')\n`,
      'src/desk/any.ts': 'export const x: any = 1\n',
      'src/desk/format.ts': 'export const x = "1";\n',
      'src/desk/fine.ts': `export const x = '1'\n`,
      'scripts/console.ts': `console.log('x')\n`,
    })
    const args = ['ci', '--reporter=concise', '--colors=off']
    const output = run(root, ['@biomejs', 'biome', 'bin', 'biome'], args)
    assert.match(output, /src\/desk\/console\.ts.*noConsole/)
    assert.match(output, /src\/desk\/any\.ts.*noExplicitAny/)
    assert.match(output, /src\/desk\/format\.ts: format/)
    assert.doesNotMatch(output, /fine\.ts|scripts\/console\.ts/)
  })

  it('types of the API: a file that is not what the API says of itself', () => {
    const types = text('src/client/api-types.ts')
    const root = plant({
      'fine.ts': types,
      'stale.ts': types.replace('readonly "/health"', 'readonly "/healthy"'),
    })
    const check = (file: string) =>
      spawnSync(
        process.execPath,
        [join(repository, 'scripts', 'generate-api.ts'), '--check', join(root, file)],
        { encoding: 'utf8' },
      )
    assert.deepEqual([check('fine.ts').status, check('fine.ts').stdout], [0, ''])
    for (const file of ['stale.ts', 'absent.ts']) {
      const { status, stdout } = check(file)
      assert.equal(status, 1)
      assert.match(stdout, /is not what the API says of itself: npm run generate:api$/m)
    }
  })

  it('dead code: files, exports and dependencies that nothing uses', () => {
    const root = plant({
      'package.json': JSON.stringify({
        name: 'planted',
        type: 'module',
        dependencies: { zod: '1' },
      }),
      'knip.json': text('knip.json').replace(/.*"\$schema".*\n/, ''),
      'src/main/cli.ts': `import { used } from '../desk/part.ts'\nused()\n`,
      'src/desk/part.ts': 'export const used = () => 1\nexport const forgotten = () => 2\n',
      'src/desk/orphan.ts': 'export const x = 1\n',
    })
    const args = ['--no-progress', '--no-config-hints', '--reporter=compact']
    const output = run(root, ['knip', 'bin', 'knip.js'], args)
    assert.match(output, /src\/desk\/orphan\.ts/)
    assert.match(output, /forgotten/)
    assert.match(output, /zod/)
    assert.doesNotMatch(output, /\bused\b(?! )|cli\.ts/)
  })
})
