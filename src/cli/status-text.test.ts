import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { InstanceView } from '../protocol/fleet-messages.ts'
import { speechIn } from './speech.ts'
import { holdsText, statusText } from './status-text.ts'

const speech = speechIn('en')

const ended: InstanceView = {
  id: 'a',
  name: 'a',
  state: 'stopped',
  desired: 'stopped',
  reason: null,
  pid: null,
  port: null,
  venue: 'backpack',
  symbol: 'SOL/USDC:USDC',
  mode: 'paper',
  strategy: 'perp_grid',
  equity: '10012.3456',
  pnl: '12.3456',
  pnl_today: null,
  position: '0.5',
  fills: 3,
  orders: null,
  orders_missing_reason: null,
  restarts: 0,
  memory_mb: null,
  cpu_percent: null,
  uptime_s: null,
  config_file: 'config/active/a.json',
  started_at: null,
  node: 'here',
  tags: [],
  last_lines: [],
}
const killed = {
  state: 'killed' as const,
  since: '2026-01-01T00:00:00.000Z',
  why: 'an operator set its kill switch',
  way_out: 'it opens nothing until perpfleet arm a',
}

test('an ended instance is not taken for a flat one: what it holds and what holds it are said', () => {
  const text = statusText({ ...ended, restraint: killed }, speech, 0)
  assert.match(text, /state +stopped and killed, desired stopped/)
  assert.match(text, /position +0\.5\n +stopped and killed, holds 0\.5 SOL\n/)
  assert.match(text, /orders +– working, 3 fills/)
  assert.equal(holdsText(ended, speech), 'stopped, holds 0.5 SOL')
  assert.equal(holdsText({ ...ended, state: 'quarantined' }, speech), 'quarantined, holds 0.5 SOL')
})

test('of a flat one, and of one whose process runs, nothing is added', () => {
  assert.equal(holdsText({ ...ended, position: '0.00' }, speech), null)
  assert.equal(holdsText({ ...ended, position: null }, speech), null)
  assert.equal(holdsText({ ...ended, state: 'running', pid: 10 }, speech), null)
})
