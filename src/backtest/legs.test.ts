/** Two legs worked out by hand, and the books of random walks on one and on two venues. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  H,
  inputs,
  legOf,
  requestOf,
  scale,
  T,
  tableMarket,
  targetOf,
} from '../../test/support/legs-request.ts'
import { walkMarket } from '../../test/support/walk-market.ts'
import { makeReplayInstrument } from '../adapters/history/replay-instrument.ts'
import type { RecordedMarket } from '../domain/history.ts'
import type { InstrumentId } from '../domain/instrument.ts'
import { price, quantity } from '../domain/money.ts'
import type { RestingWant, Strategy } from '../domain/strategy.ts'
import { parseSymbol } from '../domain/symbol.ts'
import { LegsBacktest } from './legs.ts'
import { BacktestRefused } from './run.ts'

const A = tableMarket(
  'first',
  'SOL/USDC:USDC',
  [
    [10_000, 10_050, 9_950, 10_020],
    [10_020, 10_100, 10_000, 10_080],
    [10_080, 10_090, 10_060, 10_070],
  ],
  10_000,
)
const B = tableMarket(
  'second',
  'ETH/USDC:USDC',
  [
    [5_000, 5_010, 4_990, 5_005],
    [5_005, 5_020, 4_980, 4_985],
    [4_985, 4_990, 4_970, 4_975],
  ],
  20_000,
)

interface PairState {
  readonly ids: readonly InstrumentId[]
  lots: number[]
}

/** Long 1 of the first, short 0.5 of the second; gives the first back at 02:00. */
const pair: Strategy<unknown, PairState> = {
  id: 'pair',
  stateVersion: 1,
  parameters: {},
  inputs: inputs(2),
  check: () => [],
  start: (_, { instruments }) => ({ ids: instruments.map(({ id }) => id), lots: [1_000, -500] }),
  on(state, event, out) {
    const [first] = state.ids
    if (event.kind !== 'candle' || event.instrument !== first || event.at !== T + 2 * H) return
    state.lots = [0, -500]
    out.target(targetOf(first, 0))
  },
  wanted: ({ ids, lots }) => ({
    resting: [],
    targets: ids.map((id, index) => targetOf(id, lots[index] ?? 0)),
    wakes: [],
    finish: null,
  }),
  migrate: (state) => state as unknown as PairState,
  report: ({ lots }) => ({ lots }),
}

test('long one venue, short another: every fee, funding payment and profit to the last unit', () => {
  const run = new LegsBacktest(requestOf(pair, [legOf(A), legOf(B)]))
  assert.equal(run.run(4), true)
  assert.equal(run.run(100), false)
  const { ledger } = run.engine
  assert.deepEqual(
    run.fills.map(({ fill, position }) => [fill.at, fill.instrument, fill.price, position]),
    [
      [T, A.instrument.id, 10_000, 1_000],
      [T, B.instrument.id, 5_000, -500],
      [T + 2 * H, A.instrument.id, 10_080, 0],
    ],
  )
  // 0.05 % of 100, 25 and 100.8; 0.01 % of 100.2 paid, 0.02 % of 25.025 received.
  assert.equal(ledger.fees, 5_000_000 + 1_250_000 + 5_040_000)
  assert.equal(ledger.funding, -1_002_000 + 500_500)
  assert.equal(ledger.realised, 80_000_000)
  assert.equal(ledger.unrealised(run.prices), 12_500_000)
  assert.deepEqual([ledger.holding(0).position, ledger.holding(1).position], [0, -500])
  assert.equal(run.difference, 0)
  assert.deepEqual(run.counts, {
    candles: 6,
    ordersPlaced: 3,
    ordersRejected: 0,
    fills: 3,
    makerFills: 0,
    fundingPayments: 2,
    liquidations: 0,
  })
  // One point a moment: 01:00 before the funding, then with it.
  const gained = [0, 1, 2, 3].map((index) => run.equity.point(index).equity - 100_000_000_000)
  assert.deepEqual(gained, [0, 11_250_000, 80_748_500, 80_708_500])
  assert.equal(run.equity.length, 4)
})

interface QuoteState {
  readonly ids: readonly InstrumentId[]
  wants: RestingWant[]
}

const quote = (id: InstrumentId, index: number, side: 'buy' | 'sell', at: number): RestingWant => ({
  slot: `${side}${index}`,
  instrument: id,
  side,
  price: price(at),
  quantity: quantity(2_000),
  isPostOnly: true,
  isReduceOnly: false,
  trigger: null,
})

/** Rests one order on each side of each leg around its last close, and takes one back now and then. */
const quoter: Strategy<unknown, QuoteState> = {
  ...(pair as unknown as Strategy<unknown, QuoteState>),
  id: 'quoter',
  start: (_, { instruments }) => ({ ids: instruments.map(({ id }) => id), wants: [] }),
  on(state, event, out) {
    if (event.kind !== 'candle') return
    const index = state.ids.indexOf(event.instrument)
    const { close, openAt } = event.candle
    const own = [
      quote(event.instrument, index, 'buy', close - 20),
      quote(event.instrument, index, 'sell', close + 20),
    ]
    const isTakenBack = (openAt / 60_000) % 7 === index
    const kept = isTakenBack ? own.slice(1) : own
    if (isTakenBack) out.drop(`buy${index}`)
    state.wants = [
      ...state.wants.filter(({ instrument }) => instrument !== event.instrument),
      ...kept,
    ]
    for (const want of kept) out.rest(want)
  },
  wanted: ({ wants }) => ({ resting: wants, targets: [], wakes: [], finish: null }),
}

for (const isOneVenue of [true, false]) {
  test(`a random walk on ${isOneVenue ? 'one venue' : 'two venues'}: both books agree, twice the same`, () => {
    const first = walkMarket(21, 600)
    const second = walkMarket(22, 600, 'ETH/USDC:USDC')
    const venue = isOneVenue ? first.instrument.venue : 'elsewhere'
    const instrument = makeReplayInstrument(venue, parseSymbol('ETH/USDC:USDC'), scale, null)
    const markets = [first, { ...second, instrument }]
    const fingerprints = [1_000_000, 5].map((candles) => {
      const run = new LegsBacktest(
        requestOf(
          quoter,
          markets.map((market) => legOf(market)),
        ),
      )
      while (run.run(candles)) assert.equal(run.difference, 0)
      const instruments = new Set(run.fills.map(({ fill }) => fill.instrument))
      assert.ok(run.fills.length > 50 && instruments.size === 2, `${run.fills.length} fills`)
      assert.ok(run.counts.fundingPayments > 5)
      assert.equal(run.difference, 0)
      return run.engine.ledger.fingerprint
    })
    assert.equal(fingerprints[0], fingerprints[1])
  })
}

test('legs that cannot be run are refused in a sentence', () => {
  for (const [legs, error] of [
    [[legOf(A)], /pair trades 2 to 2 instruments, found 1/],
    [[legOf(A), legOf(B, { leverage: 60 })], /leverage 60 of leg 2 is more than 50/],
  ] as const)
    assert.throws(
      () => new LegsBacktest(requestOf(pair, legs)),
      (thrown: Error) => {
        assert.ok(thrown instanceof BacktestRefused)
        assert.match(thrown.message, error)
        return true
      },
    )
  const late = { ...B, candles: { ...B.candles, openAt: B.candles.openAt.map((at) => at + 9 * H) } }
  for (const markets of [
    [A, A],
    [A, late as RecordedMarket],
  ])
    assert.throws(
      () =>
        new LegsBacktest(
          requestOf(
            pair,
            markets.map((market) => legOf(market)),
          ),
        ),
      /no time in common/,
    )
})
