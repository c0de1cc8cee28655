import assert from 'node:assert/strict'
import { test } from 'node:test'
import { causeText, type ModeCause, restraintOf } from './mode-cause.ts'
import { money } from './money.ts'

const at = { since: Date.parse('2026-11-21T03:00:00.000Z'), marketAt: 0 }
const limit = (code: 'limit_daily_loss' | 'limit_drawdown'): ModeCause => ({
  ...at,
  kind: 'limit',
  limit: {
    code,
    whose: 'instance',
    figures: { base: money(1e12), equity: money(9.4e11), allowed: money(5e10), share: 5e6 },
  },
})

test('a limit is told with what it counts from, what was lost and what was allowed', () => {
  assert.equal(
    causeText('reduce_only', limit('limit_daily_loss')),
    'the daily loss limit was reached: equity fell from 10000.00 at the start of the day to 9400.00, 600.00 lost where max_daily_loss 5 % allows 500.00',
  )
  assert.match(causeText('halted', limit('limit_drawdown')) ?? '', /drawdown limit.*at its peak/)
})

test('what an operator did is never told as a limit, and says what leads out', () => {
  const closed = restraintOf('a', 'halted', { ...at, kind: 'close', limit: null }, null)
  assert.deepEqual(closed, {
    state: 'halted',
    since: '2026-11-21T03:00:00.000Z',
    why: 'an operator closed its position (close-all)',
    way_out: 'it opens nothing until perpfleet resume a; its strategy then places its orders again',
  })
  const killed = restraintOf('a', 'killed', { ...at, kind: 'kill', limit: null }, null)
  assert.match(killed?.way_out ?? '', /perpfleet arm a/)
  const daily = restraintOf('a', 'reduce_only', limit('limit_daily_loss'), 'limit_daily_loss')
  assert.match(daily?.way_out ?? '', /perpfleet resume a, or until the next day begins/)
})

test('a mode of an earlier version has a reason without a time; running has none', () => {
  assert.deepEqual(restraintOf('a', 'killed', null, null)?.since, null)
  assert.equal(causeText('halted', null, 'limit_drawdown'), 'the drawdown limit was reached')
  assert.equal(restraintOf('a', 'running', null, null), null)
})
