import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pairStatus } from '../../test/support/taken-opportunity.ts'
import { executedRows } from '../fleet/executed-rows.ts'
import { phrases } from './messages/phrases.ts'
import { opportunitiesHead, opportunityCells, pairFacts, pairReportIn } from './pair-text.ts'
import { speechIn } from './speech.ts'

const speech = speechIn('en')
const { grid } = pairStatus

const told = (changes: object, language: 'en' | 'zh-CN' | 'zh-TW' = 'en'): string =>
  pairFacts({ ...grid, ...changes }, speechIn(language, phrases))
    .map((fact) => fact.join(' '))
    .join('\n')

test('a pair is told by phase, aim, net delta with its bound, and what its exit waits for', () => {
  const text = told({})
  assert.match(
    text,
    /^pair holding, aim of the first leg -0\.4 ETH, net delta 0\.001 ETH \(bound 0\.109\)$/m,
  )
  assert.match(text, /^imbalance longest 1\.5 s \(12\.0 s with a leg closed\), repairs: 1$/m)
  assert.match(text, /^exit spread 31\.2 bps, left at 2 or less$/m)
  assert.match(text, /2 closed: 2 profit, 0 loss, 0 unwound; return a year on margin 306\.60 %/)
})

test('while nothing is held the edge stands beside what is wanted, and why nothing is entered', () => {
  const flat = { phase: 'flat', edge_now_bps: '-18.4', exit_spread_bps: null }
  assert.match(told(flat), /^entry edge -18\.4 bps after costs, wanted 5$/m)
  const pause = { ...flat, entries_pause_until: Date.UTC(2026, 0, 3) }
  assert.match(told(pause), /^ nothing is entered before 2026-01-03T00:00:00Z$/m)
  const why = 'entries stopped: 3 clips in a row could not be hedged'
  assert.match(
    told({ ...pause, entries_stopped: why }),
    /^ entries stopped: 3 clips .*, then perpfleet pause ID and perpfleet resume ID, or change strategy_config in its file$/m,
  )
  assert.match(told({ ...flat, entries_stopped: why }, 'zh-CN'), /连续 3 份未能对冲/)
  assert.match(told({ annual_return: null }), /a year on margin –$/m)
})

test('an imbalance of now is told with what is done about it', () => {
  const delta = { ...grid.delta, imbalanced_ms: 7000, repair: 'unwind' }
  assert.match(told({ delta }), /; now for 7\.0 s, repair: unwinding$/m)
})

test('what funding and market making wait for is told in their own words', () => {
  const judged = { rate_bps_per_day: '12.5', break_even_h: '40.1' }
  const rates = { exit_spread_bps: null, min_rate_bps_per_day: '10', exit_rate_bps_per_day: '0' }
  const looking = { ...rates, phase: 'flat', judged }
  assert.match(
    told(looking),
    /^entry funding 12\.5 bps a day, wanted 10; break-even after 40\.1 h$/m,
  )
  assert.match(
    told({ ...rates, judged, rate_bps_per_day: '-1' }),
    /^exit funding -1 bps a day, left at 0 or less$/m,
  )
  const quotes = {
    phase: 'following',
    exit_spread_bps: null,
    min_profit_bps: '10',
    bid: '2999',
    ask: null,
  }
  assert.match(told(quotes), /^entry quotes 2999 \/ –, profit wanted 10 bps$/m)
  assert.match(told(quotes), /^pair following, net delta 0\.001 ETH \(bound 0\.109\)$/m)
})

test('a grid has no pair', () => {
  assert.equal(pairReportIn({ grid: { lines: '3 lines' } }), null)
  assert.equal(pairReportIn(null), null)
  assert.deepEqual(pairFacts(null, speech), [])
  assert.equal(pairReportIn(pairStatus), grid)
})

test('an opportunity is a row; the return for a year is left out below a day', () => {
  const [held, short, long] = executedRows('arb', pairStatus).map((row) =>
    opportunityCells(row, speechIn('zh-TW', phrases)),
  )
  assert.deepEqual(short?.slice(4), [
    ...['30s', '獲利', '做空', '0.4 ETH', '10.09 USDT', '5.05 USDT / 5.05 USDC'],
    ...['2.20', '-0.10', '0.60', '0.84 %', null, '價差收斂至 1.8 bps'],
  ])
  assert.equal(long?.at(-2), '306.60 %')
  assert.match(opportunitiesHead.en, /\|slippage cost\|/)
  assert.deepEqual([held?.[3], held?.[5], held?.at(-1)], [null, '持有中', null])
})

test('why a pair ended that its strategy did not leave, and what clears stopped entries, is translated', () => {
  for (const language of ['zh-CN', 'zh-TW'] as const) {
    const { relay } = speechIn(language, phrases)
    const texts = [
      'the hedge did not follow',
      'closed by an order of its desk (kill, stop, close-all)',
      'both legs are flat again',
      'entries stopped: 3 clips in a row could not be hedged; look at the venue of the hedge, then perpfleet pause ID and perpfleet resume ID, or change strategy_config in its file',
    ]
    for (const text of texts) assert.doesNotMatch(relay(text), /hedge|flat|order of|clips/)
  }
})
