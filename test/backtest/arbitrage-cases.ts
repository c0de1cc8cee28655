/**
 * Arbitrage on recorded data of two venues: which files, which venues' fees, which thresholds. Run by
 * scripts/arbitrage-on-real-data.ts (all of it, with reports) and by arbitrage-real-data.test.ts (some of it). Needs the
 * folder named by MARKET_DATA.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LegsResult } from '../../src/backtest/legs-result.ts'
import { moneyText, percentText } from '../../src/backtest/report-figures.ts'
import { runJobs } from './run-jobs.ts'

/** A file of the data folder and what it is imported as; funding has no timeframe. */
type Source = readonly [file: string, venue: string, symbol: string, timeframe: string | null]

interface CaseLeg {
  readonly venue: string
  readonly symbol: string
  readonly makerBps: number
  readonly takerBps: number
}

/** Parameters of one row, changes of strategy_config. */
export interface Row {
  readonly name: string
  readonly set: Readonly<Record<string, number>>
  readonly from?: string
  readonly to?: string
  /** Of each leg; absent = 40,000. */
  readonly capital?: number
  /** Nothing is charged; absent = the venues' base fees. */
  readonly isFree?: boolean
}

export interface Case {
  readonly id: string
  readonly strategy: string
  readonly legs: readonly [CaseLeg, CaseLeg]
  readonly timeframe: string
  readonly from: string
  readonly to: string
  /** Cases that import the same share a home. */
  readonly home: string
  readonly sources: readonly Source[]
  /** A set that candles of the timeframe are made of. */
  readonly resample?: string
  /** The option --borrow-candles with its value; `leg` = without one. */
  readonly borrow?: string
  /** Of every row. */
  readonly base: Readonly<Record<string, number | string>>
  readonly rows: readonly Row[]
}

/** Base rates for takers and makers without discounts, as the venues' fee pages tell them (2025), in basis points. */
const BINANCE = { venue: 'binance', symbol: 'BTC/USDT:USDT', makerBps: 2, takerBps: 5 }
const BYBIT = { venue: 'bybit', symbol: 'BTC/USDT:USDT', makerBps: 2, takerBps: 5.5 }
const HYPERLIQUID = {
  venue: 'hyperliquid',
  symbol: 'BTC/USDC:USDC',
  makerBps: 1.5,
  takerBps: 4.5,
}
const BINANCE_SPOT = { venue: 'binance_spot', symbol: 'BTC/USDT:USDT', makerBps: 10, takerBps: 10 }
const BINANCE_US = { venue: 'binance_us_spot', symbol: 'BTC/USD:USD', makerBps: 10, takerBps: 10 }

const PERP_15M = 'candles/binance_perp_BTCUSDT_15m_2023_202507.csv.gz'
const USDT = 'BTC_USDT_PERP'
const USDC = 'BTC_USDC_PERP'
const FUNDING: readonly Source[] = [
  ['funding/binance_perp_BTCUSDT_2020_202507.csv.gz', 'binance', USDT, null],
  ['funding/bybit_perp_BTCUSDT_2020_2023.csv.gz', 'bybit', USDT, null],
  ['funding/hyperliquid_perp_BTC.csv.gz', 'hyperliquid', USDC, null],
]
const SPOT_1M = 'candles/binance_spot_BTCUSDT_1m'

/** Taken at half a spread of 1 bp beyond the last trade; only closes decide. */
const TERMS = {
  order_notional: 10_000,
  half_spread_bps: 1,
  slippage_bps: 2,
  decide_on: 'candle',
} as const

const rates = (least: number, exit: number): Row => ({
  name: `${least} / ${exit}`,
  set: { min_rate_bps_day: least, exit_rate_bps_day: exit },
})

const edge = (least: number): Row => ({ name: `${least}`, set: { min_edge_bps: least } })

const RATES = [rates(5, 0), rates(10, 0), rates(20, 0), rates(10, -10), rates(20, -20)]

export const cases: readonly Case[] = [
  {
    id: 'funding-binance-bybit',
    strategy: 'funding_arbitrage',
    legs: [BINANCE, BYBIT],
    timeframe: '15m',
    from: '2021-01-01',
    to: '2024-01-01',
    home: 'spot',
    sources: [
      [`${SPOT_1M}_2021.csv.gz`, 'binance', USDT, '1m'],
      [`${SPOT_1M}_2022.csv.gz`, 'binance', USDT, '1m'],
      [`${SPOT_1M}_2023.csv.gz`, 'binance', USDT, '1m'],
      ...FUNDING.slice(0, 2),
    ],
    resample: `binance/${USDT}/1m`,
    borrow: 'leg',
    base: TERMS,
    rows: RATES,
  },
  {
    id: 'funding-binance-hyperliquid',
    strategy: 'funding_arbitrage',
    legs: [BINANCE, HYPERLIQUID],
    timeframe: '15m',
    from: '2023-05-12',
    to: '2025-07-26',
    home: 'funding',
    sources: [[PERP_15M, 'binance', USDT, '15m'], ...FUNDING],
    borrow: 'leg',
    base: TERMS,
    rows: [
      ...RATES,
      { ...rates(20, -20), name: '20 / -20, 2023 alone', to: '2024-01-01' },
      { ...rates(20, -20), name: '20 / -20, 2024 alone', from: '2024-01-01', to: '2025-01-01' },
      { ...rates(20, -20), name: '20 / -20, 2025 alone', from: '2025-01-01' },
      { ...rates(10, -10), name: '10 / -10, 10,000 at each venue', capital: 10_000 },
    ],
  },
  {
    id: 'funding-bybit-hyperliquid',
    strategy: 'funding_arbitrage',
    legs: [BYBIT, HYPERLIQUID],
    timeframe: '15m',
    from: '2023-05-12',
    to: '2024-01-01',
    home: 'funding',
    sources: [[PERP_15M, 'binance', USDT, '15m'], ...FUNDING],
    borrow: `binance/${USDT}/15m`,
    base: TERMS,
    rows: RATES,
  },
  {
    id: 'spread-binance-hyperliquid',
    strategy: 'spread_arbitrage',
    legs: [BINANCE, HYPERLIQUID],
    timeframe: '15m',
    from: '2025-02-08',
    to: '2025-07-26',
    home: 'perp',
    sources: [
      [PERP_15M, 'binance', USDT, '15m'],
      ['candles/hyperliquid_perp_BTC_15m.csv.gz', 'hyperliquid', USDC, '15m'],
      ...FUNDING,
    ],
    base: TERMS,
    rows: [edge(5), edge(0), edge(-5), edge(-10), edge(-15), edge(-20)],
  },
  {
    id: 'spread-binance-us-binance',
    strategy: 'spread_arbitrage',
    legs: [BINANCE_US, BINANCE_SPOT],
    timeframe: '1m',
    from: '2023-03-01',
    to: '2023-03-22',
    home: 'depeg',
    sources: [
      ['candles/binanceus_spot_BTCUSD_1m_202303.csv.gz', 'binance_us_spot', 'BTC_USD_PERP', '1m'],
      [`${SPOT_1M}_2023.csv.gz`, 'binance_spot', USDT, '1m'],
    ],
    base: TERMS,
    rows: [
      ...[-20, 0, 20, 50, 100].map(edge),
      ...[0, 20, 50].map((least) => ({ ...edge(least), name: `${least}, no fees`, isFree: true })),
    ],
  },
]

const SYMBOLS: Readonly<Record<string, string>> = {
  'BTC/USDT:USDT': USDT,
  'BTC/USDC:USDC': USDC,
  'BTC/USD:USD': 'BTC_USD_PERP',
}

/** Imports what a case needs into a folder below `scratch`, once. @returns the home */
export async function prepared(one: Case, data: string, scratch: string): Promise<string> {
  const home = join(scratch, one.home)
  if (existsSync(home)) return home
  mkdirSync(home, { recursive: true })
  for (const [file, venue, symbol, timeframe] of one.sources) {
    const kind = timeframe === null ? ['--kind', 'funding'] : ['--timeframe', timeframe]
    const to = ['--venue', venue, '--symbol', symbol, '--unknown-venue', '--home', home]
    await done(['data', 'import', join(data, file), ...kind, ...to])
  }
  if (one.resample !== undefined)
    await done(['data', 'resample', one.resample, one.timeframe, '--home', home])
  return home
}

async function done(args: readonly string[]): Promise<string> {
  const { code, output, errors } = await runJobs(args)
  if (code !== 0) throw new Error(`${args.join(' ')}: ${errors}`)
  return output
}

/** The instance file of a row, as a user would write it. */
export function instanceOf(one: Case, row: Row) {
  const capital = row.capital ?? 40_000
  const legs = one.legs.map(({ venue, symbol, makerBps, takerBps }) => {
    const fees = row.isFree === true ? [0, 0] : [makerBps, takerBps]
    const paper = { maker_bps: fees[0], taker_bps: fees[1], slippage_bps: 1, latency_ms: 200 }
    return { exchange: venue, symbol, paper }
  })
  return {
    metadata: { instance_id: one.id.replaceAll('-', '_'), strategy: one.strategy },
    exchange_config: {
      mode: 'paper',
      account: 'backtest',
      capital,
      leverage: 2,
      margin_mode: 'cross',
      paper: { initial_balance: capital },
    },
    legs,
    strategy_config: { ...one.base, ...row.set },
  }
}

/** Runs one row by the command. @param report folder for its report; null = none */
export async function run(
  one: Case,
  row: Row,
  home: string,
  report: string | null,
): Promise<LegsResult> {
  const file = join(home, `${one.id}.json`)
  writeFileSync(file, JSON.stringify(instanceOf(one, row), null, 2))
  const sets = one.legs.flatMap(({ venue, symbol }) => [
    '--data',
    `${venue}/${SYMBOLS[symbol]}/${one.timeframe}`,
  ])
  const borrow = one.borrow === undefined ? [] : ['--borrow-candles', one.borrow]
  const output = await done([
    'backtest',
    '--config',
    file,
    ...sets,
    ...(one.borrow === 'leg' ? ['--borrow-candles'] : borrow),
    ...['--from', row.from ?? one.from, '--to', row.to ?? one.to],
    ...['--no-limits', '--json', '--home', home],
    ...(report === null ? [] : ['--report', report]),
  ])
  return JSON.parse(output) as LegsResult
}

export const tableHead = [
  '| threshold | opportunities (won) | prices | of which slippage | funding | fees | total | of the capital | a year on margin used | days held | largest fall |',
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
]

/** One line of the table. */
export function lineOf({ name }: Row, result: LegsResult): string {
  const closed = result.opportunities.filter(({ closedAt }) => closedAt !== null)
  const won = closed.filter(({ net }) => Number(net) > 0).length
  const { ledger, margin, counts } = result
  const prices = String(Number(ledger.realised) + Number(ledger.unrealised))
  const cells = [
    counts.liquidations > 0 ? `${name} (**liquidated**)` : name,
    `${closed.length} (${won})`,
    moneyText(prices),
    moneyText(String(-Number(result.slippage))),
    moneyText(ledger.funding),
    moneyText(String(-Number(ledger.fees))),
    `**${moneyText(ledger.total)}**`,
    percentText(result.returnOnCapital),
    closed.length === 0 ? 'N/A' : percentText(margin.annualReturn, 1),
    margin.heldDays.toFixed(1),
    moneyText(result.drawdown.amount),
  ]
  return `| ${cells.join(' | ')} |`
}
