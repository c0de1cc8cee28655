import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ExchangeStatus } from '../protocol/exchange-messages.ts'
import type { InstanceView } from '../protocol/fleet-messages.ts'
import { missingOf } from './bot-report.ts'
import type { DeskInstanceRow } from './desk-watch.ts'
import { overviewPage } from './page.ts'
import { marketNote } from './view.ts'

const view: InstanceView = {
  id: 'a_01',
  name: 'A',
  state: 'halted',
  desired: 'running',
  reason: null,
  pid: 1,
  port: 5001,
  venue: 'test',
  symbol: 'SOL/USDC:USDC',
  mode: 'paper',
  strategy: 'perp_grid',
  equity: '1000.005',
  pnl: '-0.006',
  pnl_today: null,
  position: '0',
  fills: 3,
  orders: 0,
  restarts: 0,
  memory_mb: 60,
  cpu_percent: 0,
  uptime_s: 1,
  config_file: 'config/active/a_01.json',
  started_at: null,
  node: 'n',
  tags: [],
  last_lines: [],
}
const pageOf = (other: Partial<InstanceView>) =>
  overviewPage({ next_cursor: null, feed: null, items: [{ ...view, ...other }], faults: [] })

test('missing orders stand out with the most frequent reason', () => {
  const html = pageOf({ orders_wanted: 80, orders_missing_reason: 'the price <has> passed' })
  assert.match(html, /class="n short" data-name="Orders">0\/80<small>the price &lt;has&gt; passed</)
  assert.match(pageOf({ orders: 80, orders_wanted: 80 }), /data-name="Orders">80</)
  assert.match(pageOf({ orders: null }), /data-name="Orders">–</)
})

test('a market that stands still and an instance that is held say so, with the way out', () => {
  const feed = { feed: 'f', label: 'l', speed: 1, pace: 'free', market_time: null, state: 'ended' }
  const list = { next_cursor: null, items: [], faults: [] }
  const html = overviewPage({ ...list, feed: { ...feed, pace: 'free', note: 'the replay ended' } })
  assert.match(html, /<div class="note">the replay ended</)
  const restraint = {
    state: 'killed' as const,
    since: null,
    why: 'killed <here>',
    way_out: 'perpfleet arm a',
  }
  assert.match(
    pageOf({ reason: 'killed', restraint }),
    /<small>killed &lt;here&gt;; perpfleet arm a</,
  )
})

test('the end of a replay is told, and whom lockstep waits for', () => {
  const status = {
    marketAt: 0,
    pace: 'lockstep',
    waitingFor: ['a', 'b'],
  } as unknown as ExchangeStatus
  assert.match(
    marketNote({ ...status, state: 'ended' }) ?? '',
    /^the replay ended at 1970-01-01T00:00:00Z: prices stand still/,
  )
  assert.equal(
    marketNote({ ...status, state: 'waiting' }),
    'the market stands still and waits for a, b',
  )
  assert.equal(marketNote({ ...status, state: 'running' }), null)
})

test('missing orders are grouped by reason, the most frequent first; while the bot is silent, as the desk says', () => {
  const order = (reason: string | null) => ({ reason })
  const list = [order('paused'), order(null), order('would_cross'), order('would_cross')]
  assert.deepEqual(
    missingOf({ orders: { list }, reasons: { target: 'target_unfilled' } }, null).map(
      ({ reason, count }) => [reason, count],
    ),
    [
      ['would_cross', 2],
      ['paused', 1],
      ['target_unfilled', 1],
    ],
  )
  assert.match(
    missingOf({ orders: { list } }, null)[0]?.text ?? '',
    /the price has passed the line/,
  )
  assert.deepEqual(missingOf({}, null), [])
  const row = { reasons: { B1: 'bot_lost', B2: 'bot_lost' } } as unknown as DeskInstanceRow
  assert.deepEqual(
    missingOf({}, row).map(({ reason, count }) => [reason, count]),
    [['bot_lost', 2]],
  )
})
