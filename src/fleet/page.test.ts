import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { InstanceView } from '../protocol/fleet-messages.ts'
import { overviewPage } from './page.ts'
import { commonReason } from './view.ts'

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

test('the most frequent reason of a list of orders', () => {
  const order = (reason_text: string | null) => ({ reason_text })
  assert.equal(commonReason([order('a'), order(null), order('b'), order('b')]), 'b')
  assert.equal(commonReason([order(null)]), null)
  assert.equal(commonReason(undefined), null)
})
