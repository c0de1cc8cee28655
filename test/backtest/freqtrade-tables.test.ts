/**
 * The candle tables of Freqtrade's own backtest tests (stop loss, ROI, trailing stop, same-candle conflicts), run by class
 * Backtest with the exits that our strategies share. Each table gives the same trades, or is named here with the rule by
 * which the two differ; docs/reference/third-party-numbers.md explains the rules. Needs the folder named by MARKET_DATA.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { price, quantity, ratio } from '../../src/domain/money.ts'
import type { RawParameters } from '../../src/domain/signal/parameter-reader.ts'
import {
  EXIT_LONG,
  EXIT_SHORT,
  LONG,
  NOTHING,
  SHORT,
  type Signal,
} from '../../src/domain/signal/signal-core.ts'
import type { RestingRule } from '../../src/domain/signal/signal-rule.ts'
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
  readonly adjust_entry_price: number | null
  readonly leverage: number
}

interface Script {
  readonly signals: readonly number[]
  /** Prices of the user's hooks in cents; null = the market. */
  readonly entryAt: number | null
  readonly adjustedAt: number | null
  readonly exitAt: number | null
  bar: number
  /** An entry that rests: its side and price, and whether its first candle is over. */
  entry: { readonly side: 'buy' | 'sell'; readonly at: number; readonly isAdjusted: boolean } | null
  isLeaving: boolean
}

const LOTS = quantity(100)

/** Limit orders at the prices of hooks; an entry that has not filled in its first candle is moved once, or cancelled. */
const rests: RestingRule<Script> = {
  resting(own, core) {
    const { instrument, book, trade } = core
    const common = { instrument: instrument.id, isPostOnly: false, trigger: null }
    if (own.entry !== null && trade === null) {
      const { side, at } = own.entry
      const terms = { slot: 'entry', side, price: price(at), quantity: LOTS, isReduceOnly: false }
      return [{ ...common, ...terms }]
    }
    if (!own.isLeaving || trade === null || own.exitAt === null) return []
    const side = trade.side > 0 ? 'sell' : 'buy'
    const held = quantity(Math.abs(book.position))
    const terms = { slot: 'exit', side, price: price(own.exitAt), quantity: held } as const
    return [{ ...common, ...terms, isReduceOnly: true }]
  },
  onBar(own, core) {
    const signal = own.signals[own.bar - 1]
    const { entry, entryAt } = own
    if (entryAt !== null && (signal === LONG || signal === SHORT)) {
      own.entry = { side: signal === LONG ? 'buy' : 'sell', at: entryAt, isAdjusted: false }
    } else if (entry !== null && core.trade === null) {
      const at = own.adjustedAt
      own.entry = at === null || entry.isAdjusted ? null : { ...entry, at, isAdjusted: true }
    }
    if (signal === EXIT_LONG || signal === EXIT_SHORT) own.isLeaving = true
  },
  onFill(own) {
    own.entry = null
  },
}

/** Says at each bar what the columns of the table say. */
const scripted = (one: Case, signals: readonly Signal[]): AnyStrategy =>
  signalStrategy<Script>({
    id: 'scripted',
    parameters: {},
    start: () => ({
      signals,
      entryAt: cents(one.custom_entry_price),
      adjustedAt: cents(one.adjust_entry_price),
      exitAt: cents(one.custom_exit_price),
      bar: 0,
      entry: null,
      isLeaving: false,
    }),
    rests,
    warmUp: () => 0,
    next(own) {
      const signal = own.signals[own.bar] ?? NOTHING
      own.bar += 1
      const isEntry = signal === LONG || signal === SHORT
      return (own[isEntry ? 'entryAt' : 'exitAt'] === null ? signal : NOTHING) as Signal
    },
    indicators: () => ({}),
  }) as AnyStrategy

const cents = (at: number | null): number | null => (at === null ? null : Math.round(at * 100))

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
  const rows = one.data.map(
    (row) => row.slice(1, 5).map((at) => Math.round(at * 100)) as unknown as Row,
  )
  const strategy = scripted(
    one,
    one.data.map((row) => signalOf(row, one.use_exit_signal)),
  )
  const request = requestOf(strategy, parametersOf(one), {
    ...marketOf(rows, HOUR_MS),
    funding: null,
  })
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

const tradesText = (one: Case): string => {
  const trades = ourTrades(one)
  const sum = trades.reduce((total, { profit }) => total + profit, 0)
  const list = trades.map(({ open, close, side }) => `${side} ${open}-${close}`)
  return [...list, (Math.round(sum * 1_000) / 1_000 + 0).toFixed(3)].join(', ')
}

const theirs = ({ trades, profit_perc }: Case): string =>
  [
    ...trades.map(
      (trade) => `${trade.is_short ? 'short' : 'long'} ${trade.open_tick}-${trade.close_tick}`,
    ),
    profit_perc.toFixed(3),
  ].join(', ')

/** Why a table gives other trades here; a closed list, each explained in docs/reference/third-party-numbers.md. */
const DIFFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Theirs raises the stop by the high of a candle and lets the low of the same candle hit it.
  'trailing within a candle': {
    tc9: 'long 1-4, -0.064',
    tc12: 'long 1-3, -0.030',
    tc35: 'long 1-2, -0.100',
    tc36: 'long 1-2, -0.020',
    tc37: 'long 1-2, -0.020',
    tc38: 'short 1-2, -0.010',
  },
  // Entered after the open: the extreme of that candle may be older than the trade.
  'extreme of the candle of the entry': { tc33: 'long 1-2, -0.030' },
  // A candle that opens beyond the stop and comes back to it fills at the stop there, at the open here.
  'gap over a stop': { tc11: 'long 1-3, 0.000' },
  // It opens beyond the trailing stop and reaches the profit later: profit there, stop here.
  'profit before a trailing stop': { tc24: 'long 1-3, -0.030' },
  // Entered at the open of a candle that reaches both levels: stop there, by the direction of the candle here.
  'both levels in the candle of the entry': { tc15: 'long 1-1, long 2-2, 0.020' },
  // A step of the profit between two opens acts at its minute here, with the next candle there.
  'profit step between two opens': { tc16: 'long 1-2, -0.004', tc20: 'long 1-2, 0.041' },
  // Theirs moves a limit beyond the market to the extreme of the candle, or fills at it; here it takes the better market.
  'limit beyond the market': {
    tc40: 'long 1-2, -0.020',
    tc44: 'long 1-3, 0.020',
    tc48: 'long 2-4, -0.031',
  },
  // A trade begins with its order there, with its fill here.
  'dated by its order': {
    tc49: 'short 2-4, 0.050',
    tc52: 'long 2-2, -0.030',
    tc53: 'short 2-2, -0.030',
  },
  // What is open when the data ends is closed there, and left open (worth its mark) here.
  'closed when the data ends': { tc45: '0.000', tc46: '0.000' },
}

test('tables of stop loss, ROI, trailing stop and same-candle conflicts', options, (context) => {
  const file = join(folder ?? '', 'expected/freqtrade_backtest_detail.json')
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }
  const counts: Record<string, number> = { tables: cases.length, same: 0 }
  for (const one of cases) {
    const [kind, list] = Object.entries(DIFFERENCES).find(([, known]) => one.id in known) ?? []
    const expected = list?.[one.id] ?? theirs(one)
    assert.equal(tradesText(one), expected, `${one.id} (${kind ?? 'same'})`)
    if (kind !== undefined) assert.notEqual(expected, theirs(one), `${one.id} differs no more`)
    counts[kind ?? 'same'] = (counts[kind ?? 'same'] ?? 0) + 1
  }
  for (const [kind, count] of Object.entries(counts)) context.diagnostic(`${kind}: ${count}`)
  const listed = Object.entries(DIFFERENCES).map(([kind, list]) => [kind, Object.keys(list).length])
  assert.deepEqual(counts, { tables: 54, same: 34, ...Object.fromEntries(listed) })
})
