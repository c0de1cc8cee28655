/** Every strategy that ships is restarted at every event of a recorded run and must want and book the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RestingWant } from '../../src/domain/strategy.ts'
import { type AnyStrategy, disagreementsOf, InstanceEngine } from '../../src/engine/instance.ts'
import { strategies } from '../../src/strategies/registry.ts'
import { applyChanges, contextAt, recordRun } from './recorded-run.ts'

const grid = {
  grid_lower_price: '90',
  grid_upper_price: '110',
  grid_num: 21,
  order_quantity: '0.5',
}

/** Parameters under which each strategy is tried. */
const cases: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  perp_grid: [
    grid,
    { ...grid, grid_type: 'long' },
    { ...grid, grid_type: 'short', grid_mode: 'geometric' },
    { ...grid, grid_type: 'long', open_orders_max: 6, trailing_up: '130' },
    { ...grid, stop_loss: '2' },
  ],
}

const begin = (strategy: AnyStrategy, parameters: unknown) =>
  InstanceEngine.start(strategy, parameters, contextAt(10_001))

function checkRestarts(strategy: AnyStrategy, parameters: unknown, seed: number): void {
  const events = recordRun(strategy, 250, seed, parameters)
  const whole = begin(strategy, parameters)
  let restarted = begin(strategy, parameters)
  let fills = 0
  for (const event of events) {
    const stored = JSON.parse(JSON.stringify(restarted.stored()))
    restarted = InstanceEngine.resume(strategy, parameters, stored)
    const [expected, found] = [whole.on(event), restarted.on(event)]
    assert.deepEqual(found.changes, expected.changes)
    assert.deepEqual(found.finish, expected.finish)
    assert.deepEqual(restarted.wants(), whole.wants())
    if (event.kind === 'fill') fills += 1
    assert.deepEqual(disagreementsOf(restarted.report(contextAt(10_001).prices)), [])
  }
  assert.ok(fills > 5, `only ${fills} fills`)
  assert.deepEqual(
    JSON.parse(JSON.stringify(restarted.stored())),
    JSON.parse(JSON.stringify(whole.stored())),
  )
}

function checkChanges(strategy: AnyStrategy, parameters: unknown, seed: number): void {
  const engine = begin(strategy, parameters)
  const slots = new Map<string, RestingWant>()
  applyChanges(slots, engine.wants().changes)
  for (const event of recordRun(strategy, 250, seed, parameters)) {
    applyChanges(slots, engine.on(event).changes)
    const scratch = new Map<string, RestingWant>()
    applyChanges(scratch, engine.wants().changes)
    assert.deepEqual([...slots].sort(), [...scratch].sort())
  }
}

for (const strategy of strategies) {
  for (const parameters of cases[strategy.id] ?? []) {
    test(`${strategy.id} ${JSON.stringify(parameters)} survives a restart at every event`, () => {
      assert.deepEqual(strategy.check(parameters, contextAt(10_001)), [])
      for (const seed of [3, 17]) {
        checkRestarts(strategy, parameters, seed)
        checkChanges(strategy, parameters, seed)
      }
    })
  }
}
