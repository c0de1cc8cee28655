/**
 * Random lives of grids: fills whole, partial, late, doubled in size; targets; prices; candles;
 * funding; trailing, recentring, pauses; adjustments; the state written and read again after every
 * event. After each event the reported wants are those computed from scratch, and the books equal a
 * naive ledger of BigInt.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { splitProfit } from '../../domain/grid/cells.ts'
import { quantity } from '../../domain/money.ts'
import type { Json, RestingWant } from '../../domain/strategy.ts'
import { contextAt, Rig, usdt } from './fixture.test.ts'
import type { GridParameters } from './settings.ts'
import { totalOf } from './state.ts'
import { perpGrid } from './strategy.ts'

type Step =
  | { readonly kind: 'fill'; readonly pick: number; readonly share: number; readonly fee: number }
  | { readonly kind: 'late'; readonly pick: number; readonly share: number }
  | { readonly kind: 'target'; readonly share: number; readonly away: number }
  | {
      readonly kind: 'walk'
      readonly by: number
      readonly isCandle: boolean
      readonly basis: number
    }
  | { readonly kind: 'fund'; readonly amount: number }
  | { readonly kind: 'adjust'; readonly parameters: Json }
  | { readonly kind: 'operator' | 'foreign'; readonly lots: number }
  | { readonly kind: 'close'; readonly parts: number; readonly away: number }
  | { readonly kind: 'liquidation'; readonly lots: number }

const share = fc.constantFrom(1, 1, 2, 3, 5)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('fill' as const),
      pick: fc.nat(30),
      share,
      fee: fc.integer({ min: -5_000, max: 50_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('late' as const), pick: fc.nat(30), share }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('target' as const),
      share,
      away: fc.integer({ min: -500, max: 500 }),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('walk' as const),
      by: fc.integer({ min: -1500, max: 1500 }),
      isCandle: fc.boolean(),
      basis: fc.integer({ min: -20, max: 20 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('fund' as const),
      amount: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('adjust' as const),
      parameters: fc.oneof(
        fc.record({
          grid_lower_price: fc.integer({ min: 80, max: 150 }),
          grid_upper_price: fc.integer({ min: 140, max: 230 }),
        }),
        fc.record({ grid_num: fc.integer({ min: 2, max: 30 }) }),
        fc.record({ order_quantity: fc.constantFrom('0.1', '0.15', '0.007') }),
        fc.record({ stop_loss: fc.constantFrom(5, 100, null) }),
        fc.record({ open_orders_max: fc.constantFrom(0, 1, 3) }),
        fc.record({ boundary_action: fc.constantFrom('hold', 'pause', 'recentre', 'nonsense') }),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('operator' as const, 'foreign' as const),
      lots: fc.integer({ min: -50, max: 50 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('close' as const),
      parts: fc.integer({ min: 1, max: 3 }),
      away: fc.integer({ min: -300, max: 300 }),
    }),
  },
)
const ending: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('liquidation' as const),
  lots: fc.integer({ min: -50, max: 50 }),
})

const parameters: fc.Arbitrary<GridParameters> = fc.record({
  grid_lower_price: fc.constantFrom('140', '145.5'),
  grid_upper_price: fc.constantFrom(160, '171.25'),
  grid_num: fc.integer({ min: 2, max: 25 }),
  grid_mode: fc.constantFrom('arithmetic', 'geometric'),
  grid_type: fc.constantFrom('neutral', 'long', 'short'),
  order_quantity: fc.constantFrom('0.1', '0.033', '0.5'),
  boundary_action: fc.constantFrom('hold', 'pause', 'recentre', 'close'),
  boundary_tolerance: fc.constantFrom(0, 1),
  open_orders_max: fc.constantFrom(0, 0, 0, 2, 5),
  trailing_up: fc.constantFrom(false, 190),
  trailing_down: fc.constantFrom(false, '120'),
  trailing_stop: fc.constantFrom(null, 2),
  stop_loss: fc.constantFrom(null, null, 30),
  take_profit: fc.constantFrom(null, null, 60),
  trigger_price: fc.constantFrom(null, null, null, 151),
  allow_unprofitable: fc.constant(true),
  allow_price_outside: fc.constant(true),
})

/** Σ −signed notional and Σ lots in BigInt, from the events alone. */
class Oracle {
  cash = 0n
  position = 0n
  other = 0n

  fill(side: 'buy' | 'sell', at: number, lots: number, fee: number): void {
    const signed = BigInt(side === 'buy' ? lots : -lots)
    this.cash -= signed * BigInt(at) * 1000n
    this.position += signed
    this.other -= BigInt(fee)
  }
}

const past: RestingWant[] = []

function play(rig: Rig, oracle: Oracle, one: Step): void {
  const fill = (...[origin, side, at, lots, fee = 0]: Parameters<Rig['fill']>): void => {
    oracle.fill(side, at, lots, fee)
    rig.fill(origin, side, at, lots, fee)
  }
  const partOf = (lots: number, parts: number) => Math.max(1, Math.floor(lots / parts))
  switch (one.kind) {
    case 'fill': {
      const wants = [...rig.resting.values()]
      const want = wants[one.pick % Math.max(1, wants.length)]
      if (want === undefined) return
      past.push(want)
      const lots = partOf(Number(want.quantity), one.share)
      fill({ kind: 'slot', slot: want.slot }, want.side, want.price, lots, one.fee)
      return
    }
    case 'late': {
      const want = past[one.pick % Math.max(1, past.length)]
      if (want === undefined) return
      fill(
        { kind: 'slot', slot: want.slot },
        want.side,
        want.price,
        partOf(Number(want.quantity), one.share),
      )
      return
    }
    case 'target': {
      const target = rig.targetWant
      if (target === null) return
      const missing = target.quantity - rig.state.book.position
      const lots = partOf(Math.abs(missing), one.share)
      fill({ kind: 'target' }, missing > 0 ? 'buy' : 'sell', rig.state.last + one.away, lots, 1234)
      return
    }
    case 'walk': {
      const at = Math.min(25_000, Math.max(8_000, rig.state.last + one.by))
      rig.at += 17_000
      if (one.isCandle) rig.close(at, at + one.basis)
      else rig.price(at, at + one.basis)
      return
    }
    case 'fund':
      oracle.other += BigInt(one.amount)
      rig.fund(one.amount)
      return
    case 'adjust':
      rig.command(one.parameters)
      return
    case 'close':
      closeAll(rig, one, (...parts) => fill({ kind: 'operator' }, ...parts))
      return
    case 'operator':
    case 'foreign':
    case 'liquidation': {
      if (one.lots === 0) return
      fill({ kind: one.kind }, one.lots > 0 ? 'buy' : 'sell', rig.state.last, Math.abs(one.lots))
    }
  }
}

/** An operator closes the position in parts: afterwards the grid holds, wants and splits nothing more of it. */
function closeAll(
  rig: Rig,
  { parts, away }: Extract<Step, { kind: 'close' }>,
  fill: (side: 'buy' | 'sell', at: number, lots: number) => void,
): void {
  const { book } = rig.state
  const { grid, adjustment } = book
  const isAsWanted = book.position === book.inventory
  const isOrdered = book.home.every((home, cell) => home >= (book.home[cell - 1] ?? 0))
  const held = book.position
  if (held === 0) return
  for (let left = Math.abs(held), part = parts; part > 0 && left > 0; part -= 1) {
    const lots = part === 1 ? left : Math.ceil(left / part)
    fill(held > 0 ? 'sell' : 'buy', rig.state.last + away * part, lots)
    left -= lots
  }
  const after = rig.state.book
  counts.closes += 1
  assert.deepEqual([after.position, after.inventory, after.virtual], [0, 0, 0])
  assert.equal(splitProfit(after, 12_345).inventory, 0)
  assert.equal(rig.targetWant, null)
  if (isAsWanted) assert.equal(after.adjustment, adjustment)
  // Trailing and adjustments may leave homes out of order: cells then net while they are emptied.
  if (isOrdered) assert.equal(after.grid, grid)
}

function assertBooks(rig: Rig, oracle: Oracle): void {
  const { state } = rig
  const { book } = state
  assert.equal(BigInt(book.position), oracle.position)
  for (const mark of [state.mark, 1, 20_003]) {
    const total = oracle.cash + oracle.position * BigInt(mark) * 1000n
    assert.equal(BigInt(splitProfit(book, mark).total), total)
    assert.equal(BigInt(totalOf(state, mark)), total + oracle.other)
  }
  let inventory = 0
  let virtual = 0n
  for (let i = 0; i < book.x.length; i += 1) {
    const y = (book.x[i] ?? 0) - (book.home[i] ?? 0)
    inventory += y
    virtual +=
      BigInt(y) * BigInt((book.home[i] === 0 ? book.lines[i] : book.lines[i + 1]) ?? 0) * 1000n
  }
  assert.equal(book.inventory, inventory)
  for (let line = 1; state.phase === 'active' && line < book.x.length; line += 1) {
    const sell = book.x[line - 1] ?? 0
    const buy = book.q - (book.x[line] ?? 0)
    assert.ok(sell === 0 || buy === 0, `line ${line} wants to sell ${sell} and to buy ${buy}`)
  }
  assert.equal(BigInt(book.virtual), virtual)
}

const counts = {
  events: 0,
  shifts: 0,
  recentres: 0,
  pauses: 0,
  finishes: 0,
  adjusts: 0,
  targets: 0,
  closes: 0,
}

test('reported changes equal the wants from scratch, and the books a naive ledger', () => {
  fc.assert(
    fc.property(
      parameters,
      fc.constantFrom<'open' | 'adopt' | 'none'>('open', 'open', 'adopt', 'none'),
      fc.integer({ min: 13_500, max: 17_500 }),
      fc.array(step, { minLength: 20, maxLength: 80 }),
      fc.option(ending, { nil: null, freq: 4 }),
      fc.boolean(),
      (given, initialPosition, at, steps, last, isRestarting) => {
        past.length = 0
        const found = initialPosition === 'adopt' ? 77 : 0
        const rig = new Rig(
          given,
          contextAt(at, { initialPosition, positions: [quantity(found)], capital: usdt(1_000) }),
        )
        rig.isRestarting = isRestarting
        const oracle = new Oracle()
        if (found > 0) oracle.fill('buy', at, found, 0)
        rig.assertSame()
        for (const one of last === null ? steps : [...steps, last, ...steps.slice(0, 5)]) {
          const { shift } = rig.state
          play(rig, oracle, one)
          rig.assertSame()
          assertBooks(rig, oracle)
          counts.events += 1
          if (rig.state.shift !== shift) counts.shifts += 1
          if (rig.state.frozen !== null) counts.pauses += 1
          if (rig.targetWant !== null) counts.targets += 1
        }
        if (rig.finished !== null) counts.finishes += 1
        counts.adjusts += rig.notes.filter((note) => note.startsWith('adjusted')).length
        counts.recentres += rig.notes.filter((note) => note.includes('and realises')).length
        perpGrid.report(rig.state, [])
      },
    ),
    { numRuns: 500 },
  )
})

test('the random lives reached what they are for', () => {
  const { shifts, recentres, pauses, finishes, adjusts, targets, closes } = counts
  for (const [name, count] of Object.entries({
    shifts,
    recentres,
    pauses,
    finishes,
    adjusts,
    targets,
    closes,
  })) {
    assert.ok(count >= 10, `${name}: ${count}`)
  }
})
