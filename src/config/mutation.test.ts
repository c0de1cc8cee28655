/** Mutated files: never an exception, never half an instance, always faults with name, line and sentence. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { type ConfigurationNode, parseConfiguration } from './document.ts'
import type { Fault } from './fault.ts'
import { loadFleetConfiguration } from './fleet-configuration.ts'
import { loadInstanceFile } from './instances.ts'

const home = mkdtempSync(join(tmpdir(), 'perpfleet-mutation-'))
after(() => rmSync(home, { recursive: true, force: true }))

const root = join(import.meta.dirname, '..', '..')
const texts = [
  'config/templates/demo_sol_01.json',
  'examples/instances/btc-binance-replay.json',
  'config/templates/spread_arbitrage.json',
].map((name) => readFileSync(join(root, name), 'utf8'))
const fleetText = readFileSync(join(root, 'config/base.yml'), 'utf8')
const { configuration: fleet } = loadFleetConfiguration({ home, environment: {} })

type Tree = null | boolean | number | string | Tree[] | { [key: string]: Tree }

function plain(node: ConfigurationNode): Tree {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plain)
  return Object.fromEntries([...node.entries].map(([key, { node: child }]) => [key, plain(child)]))
}
const treeOf = (text: string, name: string): Tree => {
  const parsed = parseConfiguration(text, name)
  assert.deepEqual(parsed.faults, [])
  return parsed.root === null ? null : plain(parsed.root)
}

const odd = fc.oneof(
  fc.constantFrom<Tree>(
    null,
    true,
    false,
    0,
    -1,
    5,
    1.5,
    1e308,
    -1e-308,
    9007199254740992,
    '',
    ' ',
    'none',
    'NaN',
    '1e999',
    '${',
    '${A}',
    '${A:-7}',
    '${__proto__}',
    '5%',
    'x'.repeat(5000),
    '\0',
    'a\nb',
    '../../etc',
    '__proto__',
    [],
    {},
    [[]],
    [null],
    { __x: 1 },
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.double(),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Tree>,
)

/** Replaces, renames, removes or adds something somewhere below. */
function mutate(
  tree: Tree,
  path: readonly number[],
  value: Tree,
  action: number,
  name: string,
): Tree {
  if (tree === null || typeof tree !== 'object') return value
  const keys = Object.keys(tree)
  const key = keys[(path[0] ?? 0) % Math.max(1, keys.length)]
  if (key === undefined || path.length === 0) return value
  if (Array.isArray(tree)) {
    return tree.map((item, index) =>
      String(index) === key ? mutate(item, path.slice(1), value, action, name) : item,
    )
  }
  const child = tree[key]
  if (path.length > 1 && child !== null && typeof child === 'object') {
    return { ...tree, [key]: mutate(child, path.slice(1), value, action, name) }
  }
  const entries = Object.entries(tree).filter(([other]) => other !== key)
  if (action === 0) return Object.fromEntries([...entries, [key, value]])
  if (action === 1) return Object.fromEntries([...entries, [`${key}${name}`, child ?? null]])
  if (action === 2) return Object.fromEntries(entries)
  return Object.fromEntries([...Object.entries(tree), [name, value]])
}

const mutation = fc.tuple(
  fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }),
  odd,
  fc.nat(3),
  fc.string({ maxLength: 8 }),
)
const edit = fc.tuple(
  fc.nat(100_000),
  fc.nat(30),
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '\n',
      '//',
      '/*',
      'NaN',
      '\uFEFF',
      '- &a *a',
    ),
  ),
)

function checkFaults(faults: readonly Fault[], file: string | null): void {
  for (const fault of faults) {
    if (file !== null) assert.equal(fault.file, file)
    assert.ok(Number.isInteger(fault.line) && fault.line >= 0)
    assert.ok(
      fault.text.startsWith(fault.line > 0 ? `${fault.file}:${fault.line}: ` : `${fault.file}: `),
      fault.text,
    )
    assert.ok(!/[\n\r\0]/.test(fault.text), fault.text)
    assert.ok(fault.text.length < 1000, fault.text)
  }
}

let count = 0
const outcomes = { good: 0, faulty: 0 }

function checkInstance(text: string, ending: string): void {
  count += 1
  const path = join(home, `m${count}.${ending}`)
  writeFileSync(path, text)
  const { instance, faults } = loadInstanceFile(path, fleet, { home, environment: { A: 'a' } })
  rmSync(path)
  outcomes[instance === null ? 'faulty' : 'good'] += 1
  checkFaults(faults, `m${count}.${ending}`)
  assert.equal(instance === null, faults.length > 0)
  if (instance === null) return
  const { capital, leverage, limits, paper } = instance.settings
  const numbers = [
    capital,
    leverage,
    limits.dailyLossMax,
    limits.positionSizeMax,
    paper?.initialBalance ?? 0,
  ]
  assert.ok(
    numbers.every((value) => Number.isSafeInteger(value) && value > 0),
    JSON.stringify(instance),
  )
  assert.match(instance.id, /^[a-z0-9][a-z0-9_-]{0,47}$/)
  assert.deepEqual(JSON.parse(JSON.stringify(instance)), instance)
}

test('instance files with changed values, keys and sections', () => {
  const trees = texts.map((text) => treeOf(text, 'x.json'))
  const mutations = fc.array(mutation, { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(fc.nat(1), fc.boolean(), mutations, (which, isYaml, steps) => {
      const tree = steps.reduce<Tree>(
        (now, [path, value, action, name]) => mutate(now, path, value, action, name),
        trees[which] ?? null,
      )
      checkInstance(
        isYaml ? stringify(tree) : JSON.stringify(tree, null, 2),
        isYaml ? 'yml' : 'json',
      )
    }),
    { numRuns: 2500 },
  )
  assert.ok(outcomes.good > 50 && outcomes.faulty > 500, JSON.stringify(outcomes))
})

test('instance files with changed characters', () => {
  const edits = fc.array(edit, { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(fc.nat(1), fc.boolean(), edits, (which, isYaml, steps) => {
      const json = texts[which] ?? ''
      const start = isYaml ? stringify(treeOf(json, 'x.json')) : json
      const text = steps.reduce((now, [at, length, insert]) => {
        const from = at % now.length
        return now.slice(0, from) + insert + now.slice(from + length) || ' '
      }, start)
      checkInstance(text, isYaml ? 'yml' : 'json')
    }),
    { numRuns: 2000 },
  )
})

test('fleet files with changed values and characters', () => {
  const tree = treeOf(fleetText, 'base.yml')
  const changes = fc.tuple(mutation, edit, fc.boolean())
  fc.assert(
    fc.property(changes, ([[path, value, action, name], [at, length, insert], isText]) => {
      const from = at % fleetText.length
      const text = isText
        ? fleetText.slice(0, from) + insert + fleetText.slice(from + length)
        : stringify(mutate(tree, path, value, action, name))
      const file = join(home, 'more.yml')
      writeFileSync(file, text)
      const loaded = loadFleetConfiguration({ home, fleetConfig: 'more.yml', environment: {} })
      checkFaults(loaded.faults, null)
      // what is faulty keeps its default: the configuration is whole in any case
      assert.ok(
        loaded.configuration.api.port > 0 && loaded.configuration.trading.max_daily_loss > 0,
      )
    }),
    { numRuns: 500 },
  )
})
