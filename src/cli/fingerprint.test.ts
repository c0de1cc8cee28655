import assert from 'node:assert/strict'
import { it } from 'node:test'
import { numbersOf } from '../fleet/bot-report.ts'
import type { InstanceView } from '../protocol/fleet-messages.ts'
import { speechIn } from './speech.ts'
import { statusText } from './status-text.ts'

it('status shows the fingerprint that the bot told, when the replay has ended', () => {
  const fingerprint = 'ab'.repeat(32)
  const one: InstanceView = {
    id: 'a',
    name: 'a',
    state: 'running',
    desired: 'running',
    reason: null,
    pid: null,
    port: null,
    venue: 'okx',
    symbol: 'SOL/USDC:USDC',
    mode: 'paper',
    strategy: 'perp_grid',
    restarts: 0,
    memory_mb: null,
    cpu_percent: null,
    uptime_s: null,
    config_file: 'a.json',
    started_at: null,
    node: 'here',
    tags: [],
    last_lines: [],
    ...numbersOf({ fingerprint }, null),
  }
  assert.match(statusText(one, speechIn('en'), 0, true), /fingerprint +(ab){32}\n/)
  assert.doesNotMatch(statusText(one, speechIn('en'), 0), /fingerprint/)
})
