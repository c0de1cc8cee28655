import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { InstanceMode } from '../domain/instance-mode.ts'
import type { Instrument } from '../domain/instrument.ts'
import { money, quantity, ratio } from '../domain/money.ts'
import { leftText } from './commands.ts'
import type { DeskInstanceRow } from './desk-rows.ts'
import { DeskWatch } from './desk-watch.ts'
import { isStill, joinedRow, LegsError, rowAmong, settledLegs } from './leg-rows.ts'
import { mismatchRestraint, outsideOf, stateShown } from './outside-view.ts'
import { deskRestraint } from './restraint.ts'

const PAR = ratio(1e8)
const instrument = { venue: 'okx', base: 'BTC', lotSize: 1, quantityDecimals: 2 }

const leg = (instance: string, change: Partial<DeskInstanceRow> = {}): DeskInstanceRow => ({
  instance,
  symbol: 'BTC/USDT:USDT',
  instrument: {
    ...instrument,
    venue: instance.endsWith('.2') ? 'hyperliquid' : 'okx',
  } as Instrument,
  mode: 'running',
  latch: null,
  is_bot_connected: true,
  position: quantity(0),
  equity: money(100e8),
  pnl: money(1e8),
  pnl_today: money(1e8),
  orders_working: 0,
  orders_unknown: 0,
  ...change,
})

const joined = (first: Partial<DeskInstanceRow>, second: Partial<DeskInstanceRow>, rate = PAR) =>
  joinedRow('a', [leg('a', first), leg('a.2', second)], [PAR, rate])

test('the strictest leg says what the instance is', () => {
  const order: readonly InstanceMode[] = [
    'running',
    'paused',
    'reduce_only',
    'disarmed',
    'halted',
    'killed',
  ]
  for (const [i, mode] of order.entries())
    for (const [k, other] of order.entries()) {
      const strict = i > k ? mode : other
      assert.equal(joined({ mode }, { mode: other }).mode, strict)
    }
})

test('why it is held is told of the leg that holds it, by the name of the instance', () => {
  const row = joined({}, { mode: 'reduce_only', latch: 'limit_position' })
  assert.deepEqual([row.instance, row.latch], ['a', 'limit_position'])
  const differing = joined({}, { position: quantity(-7), position_venue: -5 })
  assert.equal(stateShown(differing), 'reduce_only')
  const told = mismatchRestraint(differing)
  assert.equal(told?.why, 'position_mismatch: hyperliquid holds -0.05 BTC, the books -0.07 BTC')
  assert.match(told?.way_out ?? '', /perpfleet resume a takes/)
  assert.equal(mismatchRestraint(joined({}, {})), null)
})

test('what holds one leg alone is told with its contract', () => {
  const told = deskRestraint(joined({}, { mode: 'halted', latch: 'limit_daily_loss' }))
  assert.match(told?.why ?? '', /^hyperliquid BTC\/USDT:USDT: /)
  assert.match(told?.way_out ?? '', /perpfleet resume a\b/)
  const both = deskRestraint(joined({ mode: 'paused' }, { mode: 'paused' }))
  assert.doesNotMatch(both?.why ?? '', /USDT/)
})

test('money is summed by the rate of the leg, rounded down; position and contract are those of the first', () => {
  const change = { position: quantity(5), orders_working: 2, orders_unknown: 1 }
  const row = joined(change, { equity: money(3), pnl: money(-3), orders_working: 3 }, ratio(0.5e8))
  assert.equal(row.equity, 100e8 + 1)
  assert.equal(row.pnl, 1e8 - 2)
  assert.deepEqual([row.position, row.orders_working, row.orders_unknown], [5, 5, 1])
  assert.equal(row.legs?.length, 2)
})

test('of an instance of which a leg is not told nothing is told: half of its money is no figure', () => {
  const rows = new Map([['a', leg('a')]])
  assert.equal(rowAmong(rows, 'a', [PAR, PAR]), null)
  assert.equal(rowAmong(rows, 'a', [PAR])?.is_bot_connected, true)
  assert.equal(rowAmong(new Map([['a.2', leg('a.2')]]), 'a', [PAR, PAR]), null)
  assert.equal(joined({}, { is_bot_connected: false }).is_bot_connected, false)
})

test('it is still when every leg is', () => {
  assert.equal(isStill(joined({}, {})), true)
  assert.equal(isStill(joined({}, { position: quantity(-1) })), false)
  assert.equal(isStill(joined({}, { orders_working: 1 })), false)
  assert.equal(isStill(leg('a', { position: quantity(1) })), false)
})

test('orders of others are told of the leg that has them', () => {
  const row = joined({}, { foreign: { orders: 1, buying: 100, selling: 0 } })
  assert.deepEqual(outsideOf(row).foreign_orders, { count: 1, buying: '1', selling: '0' })
})

test('slots of two legs that are called alike are both counted', () => {
  const row = joined({ reasons: { target: 'paused' } }, { reasons: { target: 'pending' } })
  assert.deepEqual(Object.values(row.reasons ?? {}), ['paused', 'pending'])
})

test('a watch joins the legs, wherever their desks are', () => {
  const watch = new DeskWatch((id) => (id === 'a' ? [PAR, PAR] : []))
  const account = (name: string, row: DeskInstanceRow, is_reconciled: boolean) => ({
    accounts: [{ account: name, is_reconciled, instances: [row] }],
  })
  watch.take(account('live-okx-main', leg('a'), true), 'desk-live-okx-main')
  assert.equal(watch.isReconciled('a'), false)
  watch.take(account('live-hyperliquid-main', leg('a.2', { mode: 'paused' }), true), 'other')
  assert.equal(watch.isReconciled('a'), true)
  assert.equal(watch.row('a')?.mode, 'paused')
  assert.deepEqual(watch.namesOf('a'), ['a', 'a.2'])
  assert.equal(watch.deskOf('a.2'), 'other')
  assert.equal(watch.awayOf('a'), null)
  const [told] = account('live-hyperliquid-main', leg('a.2'), false).accounts
  watch.take({ accounts: [{ ...told, away: 'the venue does not answer (down)' }] }, 'other')
  const why = 'the venue of live-hyperliquid-main is away: the venue does not answer (down)'
  assert.equal(watch.awayOf('a'), why)
})

const asked = (...outcomes: readonly (unknown | Error)[]) =>
  outcomes.map((one, index) => ({
    leg: `a.${index + 1}`,
    title: `leg ${index + 1}`,
    outcome:
      one instanceof Error
        ? ({ status: 'rejected', reason: one } as const)
        : ({ status: 'fulfilled', value: one } as const),
  }))

const failure = (code: string, text: string) => Object.assign(new Error(text), { code })

test('flat is proven when every leg is flat', () => {
  const flat = { is_flat: true, position: 0, orders: 0 }
  assert.deepEqual(settledLegs(asked(flat, flat)), flat)
  const open = { is_flat: false, position: -3, orders: 1 }
  assert.deepEqual(settledLegs(asked(flat, open)), { is_flat: false, position: -3, orders: 1 })
  assert.throws(() => settledLegs(asked(flat, failure('NOT_FOUND', 'gone'))), LegsError)
})

test('what some legs have not done is told with their names; the others stand', () => {
  const silent = failure('SERVICE_UNAVAILABLE', 'no answer')
  assert.throws(
    () => settledLegs(asked({ mode: 'killed' }, silent)),
    (error: LegsError) => {
      assert.deepEqual(
        [error.code, error.legs, error.message],
        ['SERVICE_UNAVAILABLE', ['a.2'], 'leg 2: no answer'],
      )
      return true
    },
  )
  const refused = failure('REFUSED_RISK', 'not flat')
  assert.throws(() => settledLegs(asked(refused, {})), { code: 'REFUSED_RISK' })
})

test('what all legs are refused for alike is said once, in words that an operator can type', () => {
  const refusal = (leg: string) =>
    failure('REFUSED_RISK', `${leg} is halted: perpfleet resume ${leg} releases it`)
  assert.throws(
    () => settledLegs(asked(refusal('a.1'), refusal('a.2'))),
    /^LegsError: a is halted: perpfleet resume a releases it$/,
  )
  assert.throws(
    () => settledLegs(asked(refusal('a.1'), {})),
    /^LegsError: leg 1: a is halted: perpfleet resume a releases it$/,
  )
})

test('a leg that its desk does not know holds nothing when it is stopped; all of them unknown is another matter', () => {
  const nothing = { orders_canceled: 0, position: 0 }
  const unknown = failure('NOT_FOUND', 'not known')
  const stopped = settledLegs(asked({ orders_canceled: 2, position: 4 }, unknown), nothing)
  assert.deepEqual(stopped, { orders_canceled: 2, position: 4 })
  assert.throws(() => settledLegs(asked(unknown, unknown), nothing), { code: 'NOT_FOUND' })
})

test('what is still held is said leg by leg', () => {
  const row = joined({ position: quantity(0) }, { position: quantity(5), orders_working: 2 })
  assert.match(
    leftText(row),
    /^0\S* \w+ and no order at \w+; [\d.]*5\d* \w+ and 2 orders open at \w+$/,
  )
  assert.equal(leftText(null), 'a desk does not say what it holds')
})
