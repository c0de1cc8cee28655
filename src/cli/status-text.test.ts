import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runningView } from '../../test/support/instance-views.ts'
import { speechIn } from './speech.ts'
import { holdsText, statusText } from './status-text.ts'

const speech = speechIn('en')

const ended = runningView('a', {
  state: 'stopped',
  desired: 'stopped',
  pid: null,
  port: null,
  orders: null,
  orders_missing_reason: null,
  memory_mb: null,
  cpu_percent: null,
  uptime_s: null,
  started_at: null,
})
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
