/** Keys of the shipped grid that cannot stand beside each other: told with file, line, key, found and allowed. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { loadInstances } from '../../src/config/instances.ts'
import { fleet } from './instance-files.ts'

const home = mkdtempSync(join(tmpdir(), 'perpfleet-contradictions-'))
const active = join(home, 'config', 'active')
mkdirSync(active, { recursive: true })
after(() => rmSync(home, { recursive: true, force: true }))

const file = (id: string, keys: string) =>
  writeFileSync(
    join(active, `${id}.yml`),
    `metadata:
  exchange: okx
  symbol: SOL_USDC_PERP
  strategy: perp_grid
exchange_config:
  capital: 1000
strategy_config:
${keys
  .split('; ')
  .map((line) => `  ${line}`)
  .join('\n')}
`,
  )

test('all contradictions of all files at once', () => {
  file(
    'a',
    'grid_lower_price: 165; grid_upper_price: 135; grid_num: 31; order_quantity: 0.1; total_margin: 20',
  )
  file(
    'b',
    'grid_lower_price: 135; grid_upper_price: 165; grid_num: 31; max_position: 40; grid_type: long; stop_price: 170; trailing_up: 150',
  )
  file('c', 'grid_lower_price: 135; grid_upper_price: 165; grid_nun: 31; max_position: x')
  file(
    'd',
    'grid_lower_price: 135; grid_upper_price: 165; grid_num: 31; max_position: 1; stop_price: 130',
  )
  const { instances, faults } = loadInstances(active, fleet, { home })
  assert.deepEqual(
    instances.map(({ id }) => id),
    ['d'],
  )
  assert.deepEqual(
    faults.map(({ text }) => text),
    [
      'config/active/a.yml:8: strategy_config.grid_lower_price must be below grid_upper_price 135, found 165',
      'config/active/a.yml:12: strategy_config.total_margin must be left out beside order_quantity: at most one of order_quantity, order_notional, total_margin sizes the orders, found 20',
      'config/active/b.yml:14: strategy_config.trailing_up must be above grid_upper_price 165, found 150',
      'config/active/b.yml:13: strategy_config.stop_price must be below grid_lower_price 135, found 170',
      'config/active/b.yml:11: strategy_config.max_position must be small enough for the capital of 1000, found 40 (needs at least 5346 of margin at 1x when its last line has filled)',
      'config/active/c.yml:10: strategy_config.grid_nun is not a known key; did you mean grid_num?',
      'config/active/c.yml:11: strategy_config.max_position must be a number above 0, found "x"',
    ],
  )
  const [first] = faults
  assert.deepEqual(
    [first?.file, first?.line, first?.key, first?.found, first?.allowed, first?.code],
    [
      'config/active/a.yml',
      8,
      'strategy_config.grid_lower_price',
      '165',
      'below grid_upper_price 135',
      'conflict',
    ],
  )
})
