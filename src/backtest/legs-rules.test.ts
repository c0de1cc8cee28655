/** The rules of a run on several legs: what is heard and when, money of two currencies, latency, liquidation, limits, sums. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ALL,
  H,
  inputs,
  legOf,
  paper,
  type Rows,
  requestOf,
  T,
  tableMarket,
  targetOf,
} from '../../test/support/legs-request.ts'
import { walkMarket } from '../../test/support/walk-market.ts'
import { makeReplayInstrument } from '../adapters/history/replay-instrument.ts'
import type { RecordedMarket } from '../domain/history.ts'
import type { InstrumentId } from '../domain/instrument.ts'
import { money, price, type Ratio, ratio } from '../domain/money.ts'
import { worthAt } from '../domain/settle-rate.ts'
import type { Strategy, StrategyEvent, TargetWant } from '../domain/strategy.ts'
import { parseSymbol } from '../domain/symbol.ts'
import { LegsBacktest } from './legs.ts'
import { legsResultOf } from './legs-result.ts'

/** Plain prices and a rise of the second market that kills a short of ten times its margin. */
const FLAT: Rows = [
  [10_000, 10_010, 9_990, 10_000],
  [10_000, 10_010, 9_990, 10_005],
  [10_005, 10_020, 9_980, 10_010],
]
const first = tableMarket('first', 'BTC/USDT:USDT', FLAT, 10_000)
const second = tableMarket('second', 'BTC/USDC:USDC', FLAT, 20_000)

interface Watched {
  readonly ids: readonly InstrumentId[]
  readonly heard: StrategyEvent[]
  targets: TargetWant[]
}

/** Asks for wakes at every price, notes all it hears, and changes its targets by a plan of candles of the first leg. */
const watcher = (plan: readonly (readonly number[])[]): Strategy<unknown, Watched> => ({
  id: 'watcher',
  stateVersion: 1,
  parameters: {},
  inputs: inputs(2),
  check: () => [],
  start: (_, { instruments }) => ({
    ids: instruments.map(({ id }) => id),
    heard: [],
    targets: (plan[0] ?? []).map((lots, leg) => targetOf(instruments[leg]?.id as never, lots)),
  }),
  on(state, event, out) {
    state.heard.push(event)
    for (const instrument of state.ids)
      out.wake({ instrument, below: price(1_000_000), above: price(1), at: null, by: 'last' })
    if (event.kind !== 'candle' || event.instrument !== state.ids[0]) return
    const next = plan[state.heard.filter(({ kind }) => kind === 'candle').length]
    if (next === undefined) return
    state.targets = next.map((lots, leg) => targetOf(state.ids[leg] as InstrumentId, lots))
    for (const target of state.targets) out.target(target)
  },
  wanted: ({ targets }) => ({ resting: [], targets, wakes: [], finish: null }),
  migrate: (state) => state as unknown as Watched,
  report: () => ({}),
})

const stateOf = (run: LegsBacktest): Watched => run.engine.stored().state as unknown as Watched

const ran = (...given: Parameters<typeof requestOf>): LegsBacktest => {
  const run = new LegsBacktest(requestOf(...given))
  while (run.run(100));
  assert.equal(run.difference, 0)
  return run
}

test('every leg is said to be open once, before anything else; then only closes are heard', () => {
  const run = ran(watcher([[0, 0]]), [legOf(first), legOf(second)])
  const { heard, ids } = stateOf(run)
  const open = { isOpen: true, canReduce: true, mode: 'running', reason: null }
  assert.deepEqual(heard.slice(0, 2), [
    { kind: 'leg', at: T, instrument: ids[0], ...open },
    { kind: 'leg', at: T, instrument: ids[1], ...open },
  ])
  const rest = heard.slice(2).map(({ kind, at }) => `${kind} ${(at - T) / H}`)
  const closes = ['candle 1', 'candle 1', 'candle 2', 'candle 2', 'candle 3', 'candle 3']
  assert.deepEqual(rest, closes)
})

test('funding that comes later changes nothing that is heard before it', () => {
  const hours = 60
  const one = walkMarket(5, hours * 60)
  const instrument = makeReplayInstrument(
    'other',
    parseSymbol('SOL/USDC:USDC'),
    { priceDecimals: 2, quantityDecimals: 3, lotSize: 1 },
    null,
  )
  const cutAt = (one.candles.openAt[0] ?? 0) + 30 * H
  const changed = (market: RecordedMarket): RecordedMarket => {
    const { at, rate } = market.funding ?? { at: new Float64Array(0), rate: new Int32Array(0) }
    const later = Int32Array.from(rate, (value, i) => ((at[i] ?? 0) >= cutAt ? -7 * value : value))
    return { ...market, funding: { at, rate: later } }
  }
  const heardIn = (market: RecordedMarket) => {
    const { instrument: _, ...columns } = market
    const legs = [legOf(market), legOf({ ...columns, instrument })]
    const run = ran(watcher([[1_000, -1_000]]), legs)
    return stateOf(run).heard.filter((event) => event.at <= cutAt && event.kind === 'candle')
  }
  const before = heardIn(one)
  assert.ok(before.some((event) => event.kind === 'candle' && event.price.funding !== undefined))
  assert.deepEqual(heardIn(changed(one)), before)
})

test('legs of two currencies: books exact in each, the sum at the rate of the settings', () => {
  const rate = ratio(99_500_000)
  const legs = [legOf(first), legOf(second, { settleRate: rate })]
  const run = ran(watcher([[1_000, -1_000], [], [0, 0]]), legs)
  const { ledger } = run.engine
  const [a, b] = [ledger.legAmounts(0), ledger.legAmounts(1)]
  assert.ok(a.funding < 0 && b.funding > 0 && a.fees > 0)
  assert.equal(ledger.funding, a.funding + worthAt(b.funding, rate))
  assert.equal(run.capital, 50_000_000_000 + worthAt(money(50_000_000_000), rate))
  const { legs: told, opportunities } = legsResultOf(run, facts)
  assert.deepEqual(
    told.map(({ account }) => [account.name, account.difference]),
    [
      ['backtest/first/USDT', '0'],
      ['backtest/second/USDC', '0'],
    ],
  )
  assert.equal(opportunities.length, 1)
})

const facts = { version: null, sets: ['one', 'two'], areProxies: [false, false] }

test('each venue has its own latency: an order acts so much later, at the price that the path has then', () => {
  const late = legOf(second, { paper: { ...paper, latencyMs: 360_000 } })
  const run = ran(watcher([[1_000, -1_000]]), [legOf(first), late])
  const [prompt, delayed] = run.fills
  assert.equal(prompt?.fill.at, T)
  assert.equal(delayed?.fill.at, T + 360_000)
  // High first: 10 units in a third of an hour, so 3 after 6 minutes.
  assert.equal(delayed?.fill.price, 10_003)
  assert.equal(delayed?.decidedAt, 10_000)
  const sums = run.exposure.until(run.end?.at ?? 0)
  assert.equal(sums.openMs, 360_000)
  assert.equal(sums.deltaTime, 360)
})

test('one leg is liquidated while the other gains: both accounts add up, and the strategy hears it', () => {
  const rise: Rows = [
    [10_000, 10_010, 9_990, 10_000],
    [10_000, 14_000, 10_000, 14_000],
    [14_000, 14_010, 13_990, 14_000],
  ]
  const risen = [
    tableMarket('first', 'BTC/USDT:USDT', rise, 0),
    tableMarket('second', 'BTC/USDC:USDC', rise, 0),
  ]
  const legs = risen.map((market) => legOf(market, { leverage: 10 }))
  const run = ran(watcher([[40_000, -40_000]]), legs)
  assert.deepEqual(
    run.legs.map(({ counts }) => counts.liquidations),
    [0, 1],
  )
  assert.equal(run.engine.ledger.holding(1).position, 0)
  assert.equal(run.engine.ledger.holding(0).position, 40_000)
  const fills = stateOf(run).heard.filter(({ kind }) => kind === 'fill')
  assert.equal(fills.length, 3)
  assert.match(legsResultOf(run, facts).legs[1]?.firstLiquidationAt ?? '', /^2024-01-01T01/)
})

test('the opportunities of a leg are its books, to the last unit', () => {
  const one = walkMarket(31, 900)
  const other = walkMarket(32, 900)
  const instrument = makeReplayInstrument(
    'other',
    parseSymbol('SOL/USDC:USDC'),
    { priceDecimals: 2, quantityDecimals: 3, lotSize: 1 },
    null,
  )
  const plan = Array.from({ length: 1_700 }, (_, index) =>
    index % 80 < 50 ? [900 + (index % 7), -900 - (index % 5)] : [0, 0],
  )
  const legs = [legOf(one), legOf({ ...other, instrument })]
  const run = ran(watcher(plan), legs)
  const { list } = run.opportunities
  assert.ok(list.length > 5, `${list.length} opportunities`)
  for (const leg of [0, 1]) {
    const sum = (key: 'cash' | 'fees' | 'funding') =>
      list.reduce((total, { legs: own }) => total + (own[leg]?.[key] ?? 0), 0)
    const { cash, fees, funding } = run.engine.ledger.legAmounts(leg)
    assert.deepEqual([sum('cash'), sum('fees'), sum('funding')], [cash, fees, funding])
  }
})

test('a limit on the sum closes every leg, one leg that loses what the other earns does not', () => {
  const fall: Rows = [
    [10_000, 10_010, 9_990, 10_000],
    [10_000, 10_010, 9_000, 9_000],
    [9_000, 9_010, 8_990, 9_000],
  ]
  const legs = [
    legOf(tableMarket('first', 'BTC/USDT:USDT', fall, 0)),
    legOf(tableMarket('second', 'BTC/USDC:USDC', fall, 0)),
  ]
  const legsLimits = {
    dailyLossMax: 0 as Ratio,
    drawdownMax: ratio(3_000_000),
    onBreach: 'reduce_only' as const,
  }
  const closedIn = (targets: readonly number[]) => {
    const request = { ...requestOf(watcher([targets]), legs), legsLimits }
    const run = new LegsBacktest(request)
    while (run.run(100));
    return stateOf(run).heard.flatMap((event) =>
      event.kind === 'leg' && !event.isOpen ? [event.reason] : [],
    )
  }
  assert.deepEqual(closedIn([4_000, -4_000]), [])
  assert.deepEqual(closedIn([4_000, 0]), ['limit_drawdown', 'limit_drawdown'])
})

test('an even share of the volume of each venue: what does not fit goes on in the next candle', () => {
  const thin = { ...second, candles: { ...second.candles, volume: Int32Array.of(400, 400, 400) } }
  const run = ran(watcher([[1_000, -1_000]]), [legOf(first), legOf(thin)])
  assert.deepEqual(
    run.fills.map(({ leg, position }) => [leg, position]),
    [
      [0, 1_000],
      [1, -400],
      [1, -800],
      [1, -1_000],
    ],
  )
  assert.equal(run.legs[1]?.request.paper.volumeShare, ALL)
})

test('a window that ends earlier gives the same fills until then', () => {
  const one = walkMarket(41, 600)
  const instrument = makeReplayInstrument(
    'other',
    parseSymbol('SOL/USDC:USDC'),
    { priceDecimals: 2, quantityDecimals: 3, lotSize: 1 },
    null,
  )
  const plan = Array.from({ length: 1_300 }, (_, i) => (i % 60 < 30 ? [500, -500] : [0, 0]))
  const legs = [legOf(one), legOf({ ...walkMarket(42, 600), instrument })]
  const to = (one.candles.openAt[0] ?? 0) + 300 * 60_000
  const fillsIn = (until: number | null) => {
    const run = new LegsBacktest({
      ...requestOf(watcher(plan), legs),
      window: { from: null, to: until },
    })
    while (run.run(1_000));
    return run.fills.filter(({ fill }) => fill.at < to).map(({ fill }) => fill)
  }
  const short = fillsIn(to)
  assert.ok(short.length > 10)
  assert.deepEqual(fillsIn(null), short)
})
