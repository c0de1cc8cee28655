/** The assumptions that a report repeats against the table of docs/concepts/backtest.md, both ways. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { escapeHtml } from '../../src/backtest/chart.ts'
import { words } from '../../src/backtest/report-figures.ts'
import { reportHtml } from '../../src/backtest/report-html.ts'
import { resultOf } from '../../src/backtest/result.ts'
import type { RawParameters } from '../../src/domain/signal/parameter-reader.ts'
import { strategyById } from '../../src/strategies/registry.ts'
import { marketOf, type Row, ran, requestOf } from '../strategies/signal-market.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/concepts/backtest.md'), 'utf8')
const chapter = page.split(/^## /m).find((text) => text.startsWith('Assumptions')) ?? ''
const told = [...chapter.matchAll(/^\| ([a-z ]+) \|/gm)].map(([, name = '']) => name).slice(1)

/** Candles that open and close at one price. */
function runOf(id: string, parameters: RawParameters, ...closes: readonly number[]) {
  const strategy = strategyById(id)
  assert.ok(strategy !== null)
  const rows = closes.map((close): Row => [close * 100, close * 100, close * 100, close * 100])
  return ran(requestOf(strategy, parameters, marketOf(rows)))
}

const backtest = runOf('dual_ma', {}, 100, 100, 100)
const result = resultOf(backtest, 'set', { version: null, isProxy: true })

test('a report tells what the documentation lists, under the same names in the same order', () => {
  assert.ok(told.length > 15)
  assert.deepEqual(Object.keys(result.assumptions).map(words), told)
  const html = reportHtml(backtest, result)
  for (const text of Object.values(result.assumptions)) {
    assert.ok(html.includes(escapeHtml(text)), text)
  }
})

test('spot candles are told where they stand in, and nowhere else', () => {
  const own = resultOf(backtest, 'set').assumptions
  assert.deepEqual(
    Object.keys(result.assumptions).filter((name) => !(name in own)),
    ['spotCandles'],
  )
})

test('what makes a result look better than it was is said in a sentence', () => {
  const { openingGap, maintenance, dataGaps, venueFailures, impact } = result.assumptions
  assert.match(openingGap ?? '', /limits that it passes fill at their own price/)
  assert.match(openingGap ?? '', /stops fire and fill at the open, the first price after the gap/)
  assert.match(maintenance ?? '', /^a table of our own, not the venue's/)
  assert.match(
    maintenance ?? '',
    /: 0\.5 % up to 250,000 USDC \(at most 50x\), 1 % up to 1,000,000/,
  )
  assert.match(maintenance ?? '', /, 25 % beyond \(at most 1x\)$/)
  assert.match(dataGaps ?? '', /stands still; nothing is filled in/)
  assert.match(venueFailures ?? '', /^none are simulated/)
  assert.match(impact ?? '', /do not move the recorded market/)
})

test('dca says that its round trips are won by construction; a stop loss proves that it knows no other way', () => {
  const closes = [100, 99, 97, 94, 90, 94, 99, 103, 100, 96, 91, 97, 103, 106]
  const parameters = { safety_orders: 3, deviation: 1, take_profit: 1.5 }
  const bare = runOf('dca', parameters, ...closes)
  const wins = bare.trades.trips.map(({ net }) => net > 0)
  assert.deepEqual(wins, [true, true, true])
  const { caveat } = resultOf(bare, 'set')
  assert.match(caveat ?? '', /^without a stop, .* dca ends a deal only with a gain/)
  const stopped = runOf('dca', { ...parameters, stop_loss: 3 }, ...closes)
  assert.ok(stopped.trades.trips.some(({ net }) => net < 0))
})
