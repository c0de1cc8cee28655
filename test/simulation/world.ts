/** Random but seeded markets: instruments, candles with jumps, funding, terms. */
import {
  type Instrument,
  type InstrumentId,
  instrumentId,
  linearMoneyPerUnit,
  type PriceRule,
  roundPrice,
} from '../../src/domain/instrument.ts'
import type { Candle, FundingRate } from '../../src/domain/market.ts'
import { money, type Price, price, quantity, ratio } from '../../src/domain/money.ts'
import { completeTiers } from '../../src/domain/position/margin.ts'
import type { AccountTerms, MarketSource } from '../../src/simulation/simulated-exchange.ts'
import type { Random } from '../support/random.ts'

export const START_AT = Date.UTC(2024, 0, 1)
const MINUTE_MS = 60_000

export interface WorldMarket {
  readonly instrument: Instrument
  readonly terms: AccountTerms
  readonly candles: readonly Candle[]
  readonly rates: readonly FundingRate[]
  readonly marks: ReadonlyMap<number, Price>
  readonly tierRows: readonly { readonly floor: number; readonly rate: number }[]
}

export interface World {
  readonly markets: readonly WorldMarket[]
  readonly source: MarketSource
  readonly endAt: number
  readonly fillRule: 'through' | 'touch'
  readonly capital: number
  /** The stranger bets all that the leverage allows now and then. */
  readonly isGambling: boolean
}

export function makeWorld(random: Random): World {
  const minutes = random.pick([1, 5, 60])
  const count = random.int(60, 140)
  const marginMode = random.pick(['isolated', 'cross'] as const)
  const names = random.chance(0.25) ? ['AAA', 'BBB'] : ['AAA']
  const style = random.pick(['calm', 'wild', 'trend', 'trend'] as const)
  const markets = names.map((name) =>
    makeMarket(random, name, minutes * MINUTE_MS, count, marginMode, style),
  )
  return {
    markets,
    source: new WorldSource(markets),
    endAt: START_AT + count * minutes * MINUTE_MS,
    fillRule: random.pick(['through', 'touch'] as const),
    isGambling: random.chance(0.5),
    capital: random.pick([200, 1000, 5000]) * 100_000_000 + random.int(0, 99_999_999),
  }
}

function makeMarket(
  random: Random,
  base: string,
  candleMs: number,
  count: number,
  marginMode: 'isolated' | 'cross',
  style: 'calm' | 'wild' | 'trend',
): WorldMarket {
  const tierRows = [
    { floor: 0, rate: random.pick([400_000, 500_000, 1_000_000]) },
    { floor: 1_000 * 100_000_000, rate: 1_250_000 },
    { floor: 5_000 * 100_000_000, rate: 2_500_000 },
  ]
  const instrument = makeInstrument(random, base, tierRows)
  const candles = makeCandles(random, instrument, candleMs, count, style)
  return {
    instrument,
    terms: makeTerms(random, marginMode, candleMs),
    candles,
    rates: makeRates(random, candleMs, count),
    marks: random.chance(0.1) ? makeMarks(random, candles) : new Map(),
    tierRows,
  }
}

function makeInstrument(
  random: Random,
  base: string,
  rows: readonly { readonly floor: number; readonly rate: number }[],
): Instrument {
  const priceDecimals = random.int(0, 4)
  const quantityDecimals = random.int(0, 4)
  const lotSize = random.pick([1, 1, 5, 10])
  const priceRule: PriceRule = random.chance(0.2)
    ? { kind: 'significantFigures', figures: 5 }
    : { kind: 'tick', tick: random.pick([1, 1, 1, 5, 10]) }
  return {
    id: instrumentId('test', `${base}/USDC:USDC`),
    venue: 'test',
    symbol: `${base}/USDC:USDC`,
    base,
    quote: 'USDC',
    settle: 'USDC',
    kind: 'linear',
    priceDecimals,
    priceRule,
    quantityDecimals,
    lotSize,
    moneyPerUnit: linearMoneyPerUnit(priceDecimals, quantityDecimals, lotSize),
    quantityMin: quantity(1),
    notionalMin: money(random.pick([0, 0, 100_000_000])),
    makerFee: ratio(20_000),
    takerFee: ratio(50_000),
    liquidationFee: ratio(random.pick([0, 500_000, 1_234_567])),
    marginTiers: completeTiers(
      rows.map(({ floor, rate }) => ({
        notionalFloor: money(floor),
        maintenanceRate: ratio(rate),
        leverageMax: 50,
      })),
    ),
    fundingIntervalMs: 3_600_000,
  }
}

function makeTerms(
  random: Random,
  marginMode: 'isolated' | 'cross',
  candleMs: number,
): AccountTerms {
  return {
    leverage: random.pick([1, 3, 10, 20, 30, 40, 50, 50]),
    marginMode,
    paper: {
      initialBalance: money(0),
      maker: ratio(random.pick([-5_000, -12_345, 0, 20_000, 33_333])),
      taker: ratio(random.pick([30_000, 50_000, 54_321])),
      slippage: ratio(random.pick([0, 0, 0, 20_000, 100_000])),
      latencyMs: random.pick([0, 0, 0, 250, Math.floor(candleMs / 7)]),
      volumeShare: ratio(random.pick([100_000_000, 100_000_000, 30_000_000, 5_000_000])),
    },
  }
}

/** Around 20,000 price units, so that a lot of any size makes a value between cents and thousands. */
function makeCandles(
  random: Random,
  instrument: Instrument,
  candleMs: number,
  count: number,
  style: 'calm' | 'wild' | 'trend',
): Candle[] {
  const width = { calm: 0.002, wild: 0.01, trend: 0.004 }[style]
  const drift = style === 'trend' ? random.pick([-1, 1]) * 0.002 : 0
  const allowed = (value: number): Price =>
    roundPrice(instrument, price(Math.max(1_000, Math.min(99_000, Math.round(value)))), 'floor')
  const candles: Candle[] = []
  let last = allowed(random.int(15_000, 25_000))
  for (let index = 0; index < count; index += 1) {
    // A hole in the data now and then.
    if (index > 2 && random.chance(0.01)) continue
    const isJump = random.chance(0.04)
    const open = isJump ? allowed(last * (1 + (random.next() - 0.5) * 0.08)) : last
    const close = allowed(open * (1 + drift + (random.next() - 0.5) * 2 * width))
    const high = allowed(Math.max(open, close) * (1 + random.next() * width) + 1)
    const low = allowed(Math.min(open, close) * (1 - random.next() * width))
    const openAt = START_AT + index * candleMs
    const volume = quantity(random.chance(0.05) ? 0 : random.int(1, 40_000))
    const top = price(Math.max(high, open, close))
    const bottom = price(Math.min(low, open, close))
    candles.push({
      openAt,
      closeAt: openAt + candleMs,
      open,
      high: top,
      low: bottom,
      close,
      volume,
    })
    last = close
  }
  return candles
}

/** Every hour, sometimes between the candles' boundaries. */
function makeRates(random: Random, candleMs: number, count: number): FundingRate[] {
  const every = random.pick([3_600_000, candleMs * 7])
  const mean = random.pick([-20_000, 0, 0, 20_000])
  const rates: FundingRate[] = []
  for (let at = START_AT; at <= START_AT + count * candleMs; at += every) {
    rates.push({ at, rate: ratio(mean + random.int(-60_000, 60_000)) })
  }
  return rates
}

function makeMarks(random: Random, candles: readonly Candle[]): Map<number, Price> {
  return new Map(candles.map(({ openAt, open }) => [openAt, price(open + random.int(-40, 40))]))
}

class WorldSource implements MarketSource {
  readonly instruments: readonly Instrument[]
  readonly #markets: ReadonlyMap<InstrumentId, WorldMarket>

  constructor(markets: readonly WorldMarket[]) {
    this.instruments = markets.map(({ instrument }) => instrument)
    this.#markets = new Map(markets.map((market) => [market.instrument.id, market]))
  }

  candleFrom(instrument: InstrumentId, at: number): Candle | null {
    return this.#markets.get(instrument)?.candles.find(({ openAt }) => openAt >= at) ?? null
  }

  funding(instrument: InstrumentId, after: number, until: number): readonly FundingRate[] {
    const rates = this.#markets.get(instrument)?.rates ?? []
    return rates.filter(({ at }) => at > after && at <= until)
  }

  markAt(instrument: InstrumentId, at: number): Price | null {
    return this.#markets.get(instrument)?.marks.get(at) ?? null
  }
}
