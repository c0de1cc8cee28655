import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type AtRest,
  closeAtRest,
  killedAtRest,
  killUnanswered,
  notEnded,
  pausedAtRest,
  pausedNow,
} from './offline-outcomes.ts'

const rest: AtRest = {
  record: {
    id: 'sol',
    desired: 'running',
    configFile: '',
    configHash: '',
    webPort: null,
    restarts: 0,
    startedAt: null,
    registeredAt: 0,
    hold: null,
  },
  mode: 'running',
  held: '0.5 SOL',
  isExchangeUp: true,
}

describe('without a desk, while the venue can still be reached', () => {
  it('a kill that waits is not done, and --direct is named', () => {
    const { ok, code, text } = killedAtRest(rest)
    assert.deepEqual([ok, code], [false, 'SERVICE_UNAVAILABLE'])
    assert.match(text, /0\.5 SOL stays open until then; perpfleet kill sol --direct does it/)
    assert.equal(killedAtRest({ ...rest, isExchangeUp: false }).ok, true)
  })
  it('a kill that a desk did not take is remembered, and not done', () => {
    const { ok, code, text } = killUnanswered('sol', 'desk-paper did not answer within 5000 ms')
    assert.deepEqual([ok, code], [false, 'SERVICE_UNAVAILABLE'])
    assert.match(text, /^is not killed yet, desk-paper did not .* remembered .* sol --direct does/)
  })
  it('a close-all names --direct too', () => {
    assert.match(
      closeAtRest(rest).text,
      /perpfleet close-all sol --direct .*; 0\.5 SOL stays open$/,
    )
    assert.doesNotMatch(closeAtRest({ ...rest, isExchangeUp: false }).text, /--direct/)
  })
  it('orders that a stop could not settle are not forgotten', () => {
    const of = (hasDesk: boolean) => notEnded(rest, 'its orders were not settled: x', hasDesk).text
    assert.equal(of(true), 'its orders were not settled: x')
    assert.match(of(false), /: x; perpfleet close-all sol --direct cancels them/)
  })
})

describe('a pause', () => {
  it('opens no door that something stricter has closed', () => {
    for (const mode of ['halted', 'killed', 'disarmed'] as const) {
      const text = `is ${mode}, which is stricter than paused, and stays so`
      assert.deepEqual(
        [pausedAtRest({ ...rest, mode }).text, pausedNow(rest.record, mode).text],
        [text, text],
      )
    }
    assert.equal(pausedAtRest({ ...rest, mode: 'paused' }).text, 'paused')
    assert.equal(pausedAtRest({ ...rest, mode: 'reduce_only' }).text, 'will be paused when it runs')
  })
  it('waits for a process that something keeps from running', () => {
    const hold = { kind: 'quarantined' as const, reason: 'x', lines: [], at: 0 }
    const record = { ...rest.record, hold }
    const text = 'is quarantined now and will be paused when it runs'
    assert.deepEqual(
      [pausedAtRest({ ...rest, record }).text, pausedNow(record, null).text],
      [text, text],
    )
  })
})
