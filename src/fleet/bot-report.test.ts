import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { money, quantity } from '../domain/money.ts'
import { numbersOf, savedNumbers } from './bot-report.ts'
import type { DeskInstanceRow } from './desk-rows.ts'
import { withHold } from './restraint.ts'

const saved = {
  equity: '10001.5',
  settle: 'USDC',
  pnl: { total: '1.5', realised: '1', unrealised: '0.5' },
  position: { quantity: '1.5', base: 'SOL', entry_price: '150' },
  fills: { count: 12 },
  orders: { resting: 40, wanted: 80, list: [{ reason: 'paused' }] },
  reasons: { target: 'paused' },
}

const row: DeskInstanceRow = {
  instance: 'sol',
  symbol: testInstrument.symbol,
  instrument: testInstrument,
  mode: 'halted',
  latch: null,
  is_bot_connected: false,
  position: quantity(150),
  equity: money(1_000_200_000_000),
  orders_working: 0,
  orders_unknown: 0,
}

test('an ended bot keeps its figures, by what its desk tells now or with no desk at all', () => {
  const now = savedNumbers(saved, row)
  assert.deepEqual(
    [now.equity, now.pnl, now.fills, now.position, now.orders, now.books?.entry_price],
    ['10002', '2', 12, '1.5', 0, '150'],
  )
  const last = savedNumbers(saved, null)
  assert.deepEqual(
    [last.equity, last.pnl, last.fills, last.position, last.orders, last.books?.entry_price],
    ['10001.5', '1.5', 12, '1.5', null, '150'],
  )
})

test('the profit of today is of the same moment as the total, of the bot as of one that has ended', () => {
  const early = { ...row, pnl: money(200_000_000), pnl_today: money(300_000_000) }
  const now = numbersOf(saved, early)
  assert.deepEqual([now.pnl, now.pnl_today], ['1.5', '2.5'])
  const ended = savedNumbers(saved, early)
  assert.deepEqual([ended.pnl, ended.pnl_today], ['2', '3'])
})

test('its orders rest no more and are not missed', () => {
  const { orders_wanted: wanted, missing_orders: missing } = savedNumbers(saved, row)
  assert.deepEqual([wanted, missing], [null, []])
})

test('a position that its desk has booked since is the one that is shown, without books of another one', () => {
  const flat = { instrument: testInstrument, position: quantity(0) }
  for (const one of [
    savedNumbers(saved, { ...row, position: quantity(0) }),
    savedNumbers(saved, null, flat),
  ])
    assert.deepEqual([one.position, one.books, one.fills], ['0', null, 12])
  const fresh = savedNumbers(null, null, flat)
  assert.deepEqual([fresh.position, fresh.pnl, fresh.books], ['0', null, null])
})

test('what keeps a process from starting does not hide what its desk holds it for', () => {
  const hold = { kind: 'stopped' as const, reason: 'ended at its own port', lines: [], at: 0 }
  const record = { id: 'sol', hold, desired: 'stopped' as const }
  const killed = { state: 'killed' as const, since: null, why: 'it was', way_out: 'perpfleet arm' }
  const both = withHold(record, killed)
  assert.equal(both?.why, 'ended at its own port; killed: it was')
  assert.match(both?.way_out ?? '', /^perpfleet start sol starts it again; perpfleet arm$/)
  assert.equal(withHold({ ...record, hold: null }, killed), killed)
  assert.equal(withHold(record, null)?.why, 'ended at its own port')
})

test('orders of unknown outcome are told beside all that may still fill', () => {
  const { orders, orders_unknown: unknown } = numbersOf(saved, {
    ...row,
    orders_working: 3,
    orders_unknown: 1,
  })
  assert.deepEqual([orders, unknown], [3, 1])
  assert.equal(numbersOf(saved, null).orders_unknown, null)
})

test('a limit says what was found and what is allowed, where its desk tells it', () => {
  const reasons = { B1: 'limit_capital', B2: 'limit_account_positions', B3: 'limit_notional' }
  const limits = {
    limit_capital: { found: 51_025_000_000, allowed: 50_000_000_000 },
    limit_account_positions: { found: 4, allowed: 3 },
  }
  const { missing_orders: missing = [] } = numbersOf({}, { ...row, reasons, limits })
  const said = Object.fromEntries(missing.map(({ reason, text }) => [reason, text]))
  const settle = testInstrument.settle
  assert.equal(
    said['limit_capital'],
    `the limit max_capital_utilization would be exceeded; it would come to 510.25 ${settle}, 500.00 ${settle} are allowed`,
  )
  assert.match(said['limit_account_positions'] ?? '', /; it would come to 4, 3 are allowed$/)
  assert.match(said['limit_notional'] ?? '', /would be exceeded$/, 'an older desk')
})
