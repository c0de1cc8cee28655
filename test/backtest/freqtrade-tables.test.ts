/**
 * The candle tables of Freqtrade's own backtest tests (stop loss, ROI, trailing stop, same-candle conflicts), run by class
 * Backtest with the exits that our strategies share. Each table gives the same trades, or is named here with the rule by
 * which the two differ; docs/reference/third-party-numbers.md explains the rules. Needs the folder named by MARKET_DATA.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ratio } from '../../src/domain/money.ts'
import type { RawParameters } from '../../src/domain/signal/parameter-reader.ts'
import {
  EXIT_LONG,
  EXIT_SHORT,
  LONG,
  NOTHING,
  SHORT,
  type Signal,
} from '../../src/domain/signal/signal-core.ts'
import { signalStrategy } from '../../src/domain/signal/signal-strategy.ts'
import type { AnyStrategy } from '../../src/engine/instance.ts'
import { marketOf, type Row, ran, requestOf, START_AT } from '../strategies/signal-market.ts'

const folder = process.env['MARKET_DATA'] || undefined
const options = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const HOUR_MS = 3_600_000

interface Trade {
  readonly exit_reason: string
  readonly open_tick: number
  readonly close_tick: number
  readonly is_short: boolean
}

interface Case {
  readonly id: string
  readonly data: readonly (readonly number[])[]
  readonly stop_loss: number
  readonly roi: Readonly<Record<string, number>>
  readonly trades: readonly Trade[]
  readonly profit_perc: number
  readonly trailing_stop: boolean
  readonly trailing_only_offset_is_reached: boolean
  readonly trailing_stop_positive: number | null
  readonly trailing_stop_positive_offset: number
  readonly use_exit_signal: boolean
  readonly use_custom_stoploss: boolean
  readonly custom_entry_price: number | null
  readonly custom_exit_price: number | null
  readonly leverage: number
}

interface Script {
  readonly signals: readonly number[]
  bar: number
}

/** Says at each bar what the columns of the table say. */
const scripted = (signals: readonly Signal[]): AnyStrategy =>
  signalStrategy<Script>({
    id: 'scripted',
    parameters: {},
    start: () => ({ signals, bar: 0 }),
    warmUp: () => 0,
    next(own) {
      const signal = own.signals[own.bar] ?? NOTHING
      own.bar += 1
      return signal as Signal
    },
    indicators: () => ({}),
  }) as AnyStrategy

function signalOf(row: readonly number[], hears: boolean): Signal {
  const [, , , , , , enterLong, exitLong, enterShort = 0, exitShort = 0] = row
  if (enterLong === 1 && enterShort === 1) return NOTHING
  if (enterLong === 1) return LONG
  if (enterShort === 1) return SHORT
  if (hears && exitLong === 1) return EXIT_LONG
  return hears && exitShort === 1 ? EXIT_SHORT : NOTHING
}

const percent = (share: number): string => (share * 100).toFixed(6)

/** Their settings in ours; shares of margin become distances of price. */
function parametersOf(one: Case): RawParameters {
  const { leverage, roi } = one
  const [first, ...later] = Object.entries(roi).map(([minutes, share]) => ({ minutes, share }))
  const parameters: Record<string, string | number> = {
    sizing: 'fixed',
    order_quantity: 0.1,
    entry_slippage: 50,
    stop_loss: percent(-one.stop_loss / leverage),
  }
  if (first !== undefined) parameters['take_profit'] = percent(first.share / leverage)
  if (later.length > 0) {
    const steps = later.map(({ minutes, share }) => `${minutes}:${percent(share / leverage)}`)
    parameters['take_profit_steps'] = steps.join(', ')
  }
  if (!one.trailing_stop) return parameters
  parameters['trailing_stop'] = percent((one.trailing_stop_positive ?? -one.stop_loss) / leverage)
  if (one.trailing_stop_positive !== null)
    parameters['trailing_offset'] = percent(one.trailing_stop_positive_offset / leverage)
  return parameters
}

/** Entry and exit candle, side, profit as a share of the margin; what is still open at the end is left out. */
function ourTrades(one: Case) {
  const rows = one.data.map((row) => row.slice(1, 5).map((at) => Math.round(at * 100)) as unknown as Row)
  const strategy = scripted(one.data.map((row) => signalOf(row, one.use_exit_signal)))
  const request = requestOf(strategy, parametersOf(one), { ...marketOf(rows, HOUR_MS), funding: null })
  const none = ratio(0)
  // A ms of latency: a signal trades at the next open. What hurts comes first, and a touch fills, as there.
  const paper = { ...request.paper, maker: none, taker: none, slippage: none, latencyMs: 1 }
  const { fills } = ran({ ...request, paper, fillRule: 'touch', candlePath: 'adverse' })
  const found: { open: number; close: number; side: string; profit: number; by: string }[] = []
  let opened = fills[0]?.fill
  for (const [index, { fill, position }] of fills.entries()) {
    if (index % 2 === 0) {
      opened = fill
      continue
    }
    assert.ok(opened && position === 0, 'a trade is one fill in and one fill out')
    const isShort = opened.side === 'sell'
    const gain = ((isShort ? -1 : 1) * (fill.price - opened.price)) / opened.price
    found.push({
      open: Math.floor((opened.at - START_AT) / HOUR_MS),
      close: Math.floor((fill.at - START_AT) / HOUR_MS),
      side: isShort ? 'short' : 'long',
      profit: gain * one.leverage,
      by: fill.origin.kind === 'slot' ? fill.origin.slot : fill.origin.kind,
    })
  }
  return found
}

const describe = (one: Case): string => {
  const trades = ourTrades(one)
  const sum = trades.reduce((total, { profit }) => total + profit, 0)
  const list = trades.map(({ open, close, side }) => `${side} ${open}-${close}`)
  return [...list, (Math.round(sum * 1_000) / 1_000 + 0).toFixed(3)].join(', ')
}

const theirs = ({ trades, profit_perc }: Case): string =>
  [
    ...trades.map((trade) => `${trade.is_short ? 'short' : 'long'} ${trade.open_tick}-${trade.close_tick}`),
    profit_perc.toFixed(3),
  ].join(', ')

test('tables of stop loss, ROI, trailing stop and same-candle conflicts', options, () => {
  const file = join(folder ?? '', 'expected/freqtrade_backtest_detail.json')
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }
  for (const one of cases) {
    if (one.custom_entry_price !== null || one.custom_exit_price !== null) continue
    const a = describe(one), b = theirs(one)
    console.log(one.id, a === b ? 'same' : 'DIFF', '| ours', a, '| theirs', b, '|', ourTrades(one).map(t=>t.by).join(), one.trades.map(t=>t.exit_reason).join(), one.trailing_stop ? `trail ${one.trailing_stop_positive} off ${one.trailing_stop_positive_offset} only ${one.trailing_only_offset_is_reached}`:'', one.use_custom_stoploss ? 'CUSTOMSL':'')
  }
})
