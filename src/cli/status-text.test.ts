import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runningView } from '../../test/support/instance-views.ts'
import { phrases } from './messages/phrases.ts'
import { speechIn } from './speech.ts'
import { holdsText, stateCell, statusText, unhedgedText, unknownText } from './status-text.ts'

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

test('orders of unknown outcome are not shown as working, in the table neither, in each language', () => {
  const one = runningView('a', { orders: 30, orders_unknown: 2 })
  assert.match(statusText(one, speech, 0), /orders +28 working, 2 of unknown outcome, 3 fills\n/)
  assert.equal(stateCell(one, speech), 'running, 2 unknown')
  assert.match(
    unknownText(one, speech) ?? '',
    /^2 orders of unknown outcome, counted as if working/,
  )
  for (const language of ['zh-CN', 'zh-TW'] as const) {
    const other = speechIn(language)
    const told = [statusText(one, other, 0), stateCell(one, other), unknownText(one, other)]
    for (const text of told) assert.match(text ?? '', /2 [笔筆].*未知/)
  }
  for (const certain of [runningView('a'), runningView('a', { orders_unknown: 0 })]) {
    assert.match(statusText(certain, speech, 0), /orders +30 working, 3 fills\n/)
    assert.deepEqual([stateCell(certain, speech), unknownText(certain, speech)], ['running', null])
  }
})

const arb = runningView('arb', {
  venue: 'okx+hyperliquid',
  symbol: 'BTC/USDT:USDT',
  legs: [
    {
      name: 'arb',
      venue: 'okx',
      symbol: 'BTC/USDT:USDT',
      account: 'main',
      state: 'running',
      position: '0.5',
      equity: '100',
      orders: 2,
      closed_reason: null,
    },
    {
      name: 'arb.2',
      venue: 'hyperliquid',
      symbol: 'BTC/USDC:USDC',
      account: 'sub',
      state: null,
      position: null,
      equity: null,
      orders: null,
      closed_reason: 'its market is silent',
    },
  ],
})

test('of several legs each has its own line, in each language', () => {
  const text = statusText(arb, speech, 0)
  assert.match(text, /BTC\/USDT:USDT.*okx\+hyperliquid/)
  assert.match(text, /leg 1 +BTC\/USDT:USDT at okx\/main, running, position 0\.5 BTC, 2 orders\n/)
  assert.match(
    text,
    /leg 2 +BTC\/USDC:USDC at hyperliquid\/sub, –, position –, – orders; nothing new is risked: its market is silent\n/,
  )
  for (const language of ['zh-CN', 'zh-TW'] as const)
    assert.match(statusText(arb, speechIn(language), 0), /第 2 腿/)
  const [first] = arb.legs ?? []
  assert.ok(first)
  assert.match(statusText({ ...arb, legs: [{ ...first, orders: 1 }] }, speech, 0), /BTC, 1 order\n/)
})

test('what is unhedged is told with amount, time, reason and way out, in each language', () => {
  const why = 'okx BTC/USDT:USDT: 2 orders of unknown outcome'
  const since = '2026-11-22T00:11:08.250Z'
  const open = { ...arb, unhedged: { amount: '0.1662', base: 'ETH', since, why } }
  const nowMs = Date.parse(since) + 79_000
  assert.match(
    statusText(open, speech, nowMs),
    /unhedged +0\.1662 ETH is unhedged since 2026-11-22T00:11:08Z \(1m 19s ago\): okx BTC\/USDT:USDT: 2 orders of unknown outcome; perpfleet stop \S+ --positions close/,
  )
  for (const language of ['zh-CN', 'zh-TW'] as const)
    assert.match(
      unhedgedText(open, speechIn(language, phrases), nowMs) ?? '',
      /0\.1662 ETH.*okx BTC\/USDT:USDT：2 (笔|筆).*--positions close/,
    )
  for (const calm of [arb, { ...arb, unhedged: null }]) {
    assert.equal(unhedgedText(calm, speech, nowMs), null)
    assert.doesNotMatch(statusText(calm, speech, nowMs), /unhedged/)
  }
})

test('what an ended one of several legs holds is told of every leg', () => {
  const [first, second] = arb.legs ?? []
  assert.ok(first && second)
  const over = { ...arb, state: 'stopped', pid: null } as const
  const told = holdsText({ ...over, legs: [first, { ...second, position: '-0.5' }] }, speech)
  assert.match(told ?? '', /0\.5 BTC \(okx\), -0\.5 BTC \(hyperliquid\)/)
  // The first is flat: the second still holds.
  const flat = { ...first, position: '0' }
  assert.match(
    holdsText({ ...over, legs: [flat, { ...second, position: '1' }] }, speech) ?? '',
    /1 BTC/,
  )
  assert.equal(holdsText({ ...over, legs: [flat, second] }, speech), null)
})
