/** Random grids on a market, run by both engines; what they give is compared as two hashes. */
import { createHash } from 'node:crypto'
import { Backtest, BacktestRefused, type BacktestRequest } from '../../src/backtest/run.ts'
import { statisticsOfRun } from '../../src/backtest/statistics.ts'
import type { RecordedMarket, Window } from '../../src/domain/history.ts'
import { money, price, quantity, ratio } from '../../src/domain/money.ts'
import type { Statistics } from '../../src/domain/statistic/statistics.ts'
import type { AnyStrategy } from '../../src/engine/instance.ts'
import { perpGrid } from '../../src/strategies/perp-grid/strategy.ts'
import type { Random } from '../support/random.ts'

/** What a run was like, for the shares that a proof must show. */
export interface CaseKinds {
  readonly fills: number
  readonly isLiquidated: boolean
  readonly isStopped: boolean
  readonly isMoved: boolean
  readonly hasGap: boolean
  readonly hasLeapt: boolean
  readonly isIsolated: boolean
  /** Losing round trips are limited; and the limit was reached. */
  readonly hasTripLimit: boolean
  readonly hasLostTrips: boolean
  readonly leverage: number
}

export interface Outcome {
  /** SHA-256 of fills, payments, notes, breaches, counts and end. */
  readonly events: string
  /** SHA-256 of the equity at every close. */
  readonly equity: string
  readonly kinds: CaseKinds
  readonly statistics: Statistics
  readonly backtest: Backtest
}

const STOPS = new Set([
  'stop_loss',
  'stop_price',
  'take_profit',
  'take_profit_price',
  'trailing_stop',
])

/** Runs a request with one engine; null when the strategy objects. */
export function outcomeOf(
  request: BacktestRequest,
  engine: 'stepping' | 'auto',
  detail: 'full' | 'figures' = 'full',
): Outcome | null {
  try {
    const backtest = new Backtest({ ...request, engine, detail })
    while (backtest.run(Number.MAX_SAFE_INTEGER));
    const statistics = statisticsOfRun(backtest)
    return { ...hashesOf(backtest), kinds: kindsOf(backtest), statistics, backtest }
  } catch (error) {
    if (error instanceof BacktestRefused) return null
    throw error
  }
}

function hashesOf(backtest: Backtest) {
  const { fills, funding, notes, breaches, counts, end, equity, rejections } = backtest
  const log = createHash('sha256')
  for (const list of [fills, funding, notes, breaches])
    for (const one of list) log.update(`${JSON.stringify(one)}\n`)
  log.update(JSON.stringify({ counts, end, rejections: [...rejections] }))
  const points = createHash('sha256')
  for (let i = 0; i < equity.length; i += 1)
    points.update(`${Object.values(equity.point(i)).join(' ')}\n`)
  points.update(JSON.stringify([equity.drawdown, equity.steepestDrawdown, equity.daily]))
  return { events: log.digest('hex'), equity: points.digest('hex') }
}

function kindsOf(backtest: Backtest): CaseKinds {
  const { fills, notes, counts, end, ran, request, breaches } = backtest
  let sameMoment = 1
  let mostAtOnce = 1
  for (let i = 1; i < fills.length; i += 1) {
    sameMoment = fills[i]?.fill.at === fills[i - 1]?.fill.at ? sameMoment + 1 : 1
    if (fills[i]?.fill.isMaker) mostAtOnce = Math.max(mostAtOnce, sameMoment)
  }
  const isMoved =
    end?.reason === 'boundary' || notes.some(({ text }) => /range/.test(text) && !/ends/.test(text))
  return {
    fills: counts.fills,
    isLiquidated: counts.liquidations > 0,
    isStopped: STOPS.has(end?.reason ?? ''),
    isMoved,
    hasGap: mostAtOnce >= 3,
    hasLeapt: ran.name === 'skipping',
    isIsolated: request.marginMode === 'isolated',
    hasTripLimit: (request.limits.consecutiveLossesMax ?? 0) > 0,
    hasLostTrips: breaches.some(({ code }) => code === 'limit_consecutive_losses'),
    leverage: request.leverage,
  }
}

const percent = (share: number) => ratio(Math.round(share * 1e8))

/** A random grid on a window; its sizes are made for `capital` of about 10,000 to 100,000. */
export function randomRequest(
  random: Random,
  market: RecordedMarket,
  window: Window,
  kind: 'made' | 'real' = 'made',
): BacktestRequest {
  const isReal = kind === 'real'
  const capital = money(random.int(isReal ? 5 : 10, isReal ? 12 : 100) * 1000 * 1e8)
  // Recorded markets swing less than made ones: more leverage brings them to their liquidation.
  const leverage = random.pick(isReal ? [10, 20, 20, 20, 20, 20] : [1, 2, 3, 5, 10, 20])
  const hasLimits = random.chance(0.2)
  const request: BacktestRequest = {
    instance: 'case',
    strategy: perpGrid as AnyStrategy,
    parameters: randomGrid(random, market, window, capital, leverage, isReal),
    market,
    window,
    fillRule: random.chance(0.5) ? 'through' : 'touch',
    capital,
    leverage,
    marginMode: 'cross',
    initialPosition: random.chance(0.1) ? 'none' : 'open',
    limits: {
      positionSizeMax: random.chance(0.05) ? 0.8e8 : 1e8,
      positionNotionalMax: null,
      dailyLossMax: hasLimits && random.chance(0.7) ? percent(random.int(3, 25) / 100) : 0,
      drawdownMax: hasLimits ? percent(random.int(5, 50) / 100) : 0,
      capitalUtilizationMax: 1e8,
      onBreach: random.pick(['reduce_only', 'halt', 'flatten']),
    },
    timeZone: random.pick(['UTC', 'UTC', 'Asia/Kolkata', 'America/New_York']),
    paper: {
      initialBalance: random.chance(0.2) ? money(capital + 5_000 * 1e8) : capital,
      maker: ratio(random.pick([20_000, 0, -5_000, 17_777])),
      taker: ratio(50_000),
      slippage: ratio(random.pick([0, 20_000])),
      latencyMs: 0,
      volumeShare: ratio(random.chance(0.85) ? 1e8 : random.int(1, 40) * 1e5),
    },
  }
  const consecutiveLossesMax = random.pick([0, 1, 2, 5, 5])
  // Cells that do not earn their fees: their round trips lose.
  const maker = random.chance(0.15) ? ratio(random.int(4, 20) * 1e5) : request.paper.maker
  return {
    ...request,
    paper: { ...request.paper, maker },
    marginMode: random.chance(0.5) ? 'isolated' : 'cross',
    limits: { ...request.limits, consecutiveLossesMax },
  }
}

function openOf({ candles }: RecordedMarket, { from }: Window): number {
  let i = 0
  while (i + 1 < candles.openAt.length && (candles.openAt[i] ?? 0) < (from ?? 0)) i += 1
  return candles.open[i] ?? 1
}

function randomGrid(
  random: Random,
  market: RecordedMarket,
  window: Window,
  capital: number,
  leverage: number,
  isReal: boolean,
): object {
  const { instrument } = market
  const start = openOf(market, window)
  const text = (at: number) =>
    (Math.max(2, Math.round(at)) / 10 ** instrument.priceDecimals).toFixed(instrument.priceDecimals)
  const isFar = random.chance(0.1)
  const width = random.pick(
    isReal ? [0.008, 0.012, 0.018, 0.025, 0.04] : [0.02, 0.04, 0.08, 0.15, 0.3],
  )
  const middle = start * (1 + (random.int(-100, 100) / 100) * width * (isFar ? 2 : 0.5))
  const [lower, upper] = [middle * (1 - width), middle * (1 + width)]
  const intervals = random.int(isReal ? 30 : 8, 120)
  // Of what margin allows when the worse side has filled.
  const share = random.pick(isReal ? [0.5, 0.9, 0.95, 0.97] : [0.1, 0.3, 0.5, 0.8, 0.95])
  const lots = Math.floor(
    (capital * leverage * share) / (intervals * upper * instrument.moneyPerUnit),
  )
  const notional = (capital * leverage * share) / 1e8
  const type = random.pick(['neutral', 'neutral', 'neutral', 'long', 'short'])
  const optional = (chance: number, value: object): object => (random.chance(chance) ? value : {})
  const beyond = (side: 1 | -1, factor: number) => text(side > 0 ? upper * factor : lower / factor)
  const distance = 1 + random.int(1, 6) / 100
  return {
    grid_type: type,
    grid_mode: random.pick(['arithmetic', 'geometric']),
    grid_lower_price: text(lower),
    grid_upper_price: text(upper),
    grid_intervals: intervals,
    order_quantity: (Math.max(1, lots) * instrument.lotSize) / 10 ** instrument.quantityDecimals,
    allow_unprofitable: true,
    allow_price_outside: true,
    allow_liquidation_before_last_line: random.chance(0.97),
    ...optional(0.12, { stop_loss: (notional * random.int(2, 12)) / 100 }),
    ...optional(0.05, { take_profit: (notional * random.int(1, 6)) / 100 }),
    ...optional(0.12, { stop_price: beyond(type === 'short' ? 1 : -1, distance) }),
    ...optional(0.05, { take_profit_price: beyond(type === 'short' ? -1 : 1, distance) }),
    ...optional(0.02, { trailing_stop: random.int(3, 20) }),
    ...optional(0.15, { trailing_up: beyond(1, 1 + random.int(2, 30) / 100) }),
    ...optional(0.12, { trailing_down: beyond(-1, 1 + random.int(2, 30) / 100) }),
    ...optional(0.2, {
      boundary_action: random.pick(['pause', 'close', 'recentre']),
      boundary_tolerance: random.pick([0, 1, 3]),
    }),
    ...optional(0.03, { open_orders_max: 10 }),
    ...optional(0.05, { duration: random.int(1, 20) * 43_200 + 7 }),
  }
}

/** A random market of small prices: lines, levels and closes meet often. `volume` in lots. */
export function randomMarket(
  random: Random,
  base: RecordedMarket['instrument'],
  candles: number,
): RecordedMarket {
  const openAt = new Float64Array(candles)
  const column = () => new Int32Array(candles)
  const [open, high, low, close, volume] = [column(), column(), column(), column(), column()]
  const timeframeMs = 900_000
  let at = Date.UTC(2024, 0, 3, 5, 15)
  let here = random.int(1500, 2500)
  const swing = random.pick([4, 8, 20])
  for (let i = 0; i < candles; i += 1) {
    if (random.chance(0.003)) at += timeframeMs * random.int(1, 200)
    openAt[i] = at
    at += timeframeMs
    const jump = random.chance(0.02)
      ? random.int(-10 * swing, 10 * swing)
      : random.chance(0.3)
        ? random.int(-2, 2)
        : 0
    const opened = Math.max(50, here + jump)
    const closed = Math.max(50, opened + random.int(-swing, swing))
    open[i] = opened
    close[i] = closed
    high[i] = Math.max(opened, closed) + random.int(0, swing)
    low[i] = Math.max(40, Math.min(opened, closed) - random.int(0, swing))
    volume[i] = random.chance(0.01) ? 0 : random.chance(0.02) ? random.int(1, 400) : 10_000_000
    here = closed
  }
  const settlements = Math.floor((at - (openAt[0] ?? 0)) / 3_600_000)
  const funding = {
    at: Float64Array.from(
      { length: settlements },
      (_, i) => Math.ceil((openAt[0] ?? 0) / 3_600_000) * 3_600_000 + i * 3_600_000,
    ),
    rate: Int32Array.from({ length: settlements }, () =>
      random.chance(0.1) ? 0 : random.int(-60_000, 60_000),
    ),
  }
  const mark = random.chance(0.3) ? marksOf(random, openAt, open) : null
  const timeZero = { openAt, open, high, low, close, volume }
  return {
    instrument: { ...base, quantityMin: quantity(1) },
    timeframeMs,
    candles: timeZero,
    funding,
    mark,
  }
}

function marksOf(random: Random, openAt: Float64Array, open: Int32Array) {
  const every = random.pick([1, 4, 32])
  const kept = Array.from(openAt.keys()).filter((i) => i % every === 0)
  return {
    at: Float64Array.from(kept, (i) => openAt[i] ?? 0),
    mark: Int32Array.from(kept, (i) => price((open[i] ?? 1) + random.int(-6, 6))),
  }
}

/** The shares of what was seen, and the median of the fills, for people. */
export function sharesOf(kinds: readonly CaseKinds[]): string {
  const share = (has: (one: CaseKinds) => boolean) =>
    `${((100 * kinds.filter(has).length) / Math.max(1, kinds.length)).toFixed(1)} %`
  const fills = kinds.map((one) => one.fills).sort((a, b) => a - b)
  return [
    `${kinds.length} runs`,
    `median ${fills[fills.length >> 1] ?? 0} fills`,
    `liquidated ${share((one) => one.isLiquidated)}`,
    `stopped ${share((one) => one.isStopped)}`,
    `trailing or boundary ${share((one) => one.isMoved)}`,
    `gaps over 3 lines ${share((one) => one.hasGap)}`,
    `leapt ${share((one) => one.hasLeapt)}`,
    `isolated ${share((one) => one.isIsolated)}`,
    `isolated and liquidated ${share((one) => one.isIsolated && one.isLiquidated)}`,
    `isolated and leapt ${share((one) => one.isIsolated && one.hasLeapt)}`,
    `losing trips limited ${share((one) => one.hasTripLimit)}`,
    `stopped by them ${share((one) => one.hasLostTrips)}`,
    `leverage ${[...new Set(kinds.map((one) => one.leverage))].sort((a, b) => a - b).join(', ')}`,
  ].join(', ')
}
