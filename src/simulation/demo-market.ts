/**
 * The demo market: a generated, seeded market of minute candles without end (docs/concepts/demo-market.md).
 * Any base of the list is offered on any venue, quoted in USDC, USDT or USD; all contracts of one base share one series.
 */
import {
  type Instrument,
  type InstrumentId,
  instrumentId,
  linearMoneyPerUnit,
  type MarginTier,
} from '../domain/instrument.ts'
import type { Candle, FundingRate } from '../domain/market.ts'
import { MONEY_SCALE, money, price, quantity, ratio } from '../domain/money.ts'
import { parseSymbol } from '../domain/symbol.ts'
import { type DemoAsset, demoAssets } from './demo-assets.ts'
import { DAY_MINUTES, DemoPath, MINUTE_MS } from './demo-path.ts'
import type { MarketSource } from './market-source.ts'

/** Market time of the first demo minute: a Thursday. */
export const DEMO_START_AT = Date.UTC(2026, 0, 1)
export const demoQuotes: readonly string[] = ['USDC', 'USDT', 'USD']

const HOUR_MS = 3_600_000
const HOUR_MINUTES = 60
const FIRST_WEEKDAY = 4
// Base rate and clamp of the funding formula that the large venues publish, per 8 hours.
const INTEREST_8H = 0.0001
const CLAMP_8H = 0.0005
const PREMIUM_PER_DRIFT = 0.02
const PREMIUM_NOISE = 0.0002
const RATE_8H_MAX = 0.003

export class DemoMarket implements MarketSource {
  readonly seed: number
  readonly isJoinedMidCandle = true
  readonly #instruments: Instrument[] = []
  readonly #paths = new Map<InstrumentId, DemoPath>()
  readonly #pathsByBase = new Map<string, DemoPath>()

  constructor(seed: number) {
    this.seed = seed
  }

  get instruments(): readonly Instrument[] {
    return this.#instruments
  }

  /**
   * The contract behind a symbol (any spelling) of a venue, added to the market at its first use;
   * null when the demo market does not generate its base or quote.
   */
  offer(venue: string, symbol: string): Instrument | null {
    const contract = readContract(symbol)
    if (contract === null) return null
    const known = this.#instruments.find((one) => one.id === instrumentId(venue, contract.symbol))
    if (known) return known
    const made = makeInstrument(venue, contract.symbol, contract.asset, contract.quote)
    this.#instruments.push(made)
    this.#paths.set(made.id, this.#path(contract.asset))
    return made
  }

  candleFrom(instrument: InstrumentId, at: number): Candle | null {
    const path = this.#pathOf(instrument)
    const minute = Math.max(0, Math.ceil((at - DEMO_START_AT) / MINUTE_MS))
    const day = path.day(Math.floor(minute / DAY_MINUTES))
    const index = minute % DAY_MINUTES
    const openAt = DEMO_START_AT + minute * MINUTE_MS
    return {
      openAt,
      closeAt: openAt + MINUTE_MS,
      open: price(day.open[index] ?? 0),
      high: price(day.high[index] ?? 0),
      low: price(day.low[index] ?? 0),
      close: price(day.close[index] ?? 0),
      volume: quantity(day.volume[index] ?? 0),
    }
  }

  funding(instrument: InstrumentId, after: number, until: number): readonly FundingRate[] {
    const path = this.#pathOf(instrument)
    const hours = path.asset.fundingIntervalHours
    const interval = hours * HOUR_MS
    const rates: FundingRate[] = []
    // Nothing is settled at the first moment of the market: nobody can hold a position yet.
    const from = Math.max(after, DEMO_START_AT)
    for (let at = (Math.floor(from / interval) + 1) * interval; at <= until; at += interval) {
      rates.push({ at, rate: ratio(Math.round(rateOf(path, at, hours) * 1e8)) })
    }
    return rates
  }

  /** The mark of the demo market is the last price. */
  markAt(): null {
    return null
  }

  #path(asset: DemoAsset): DemoPath {
    const known = this.#pathsByBase.get(asset.base)
    if (known) return known
    const calendar = { firstWeekday: FIRST_WEEKDAY }
    const made = new DemoPath(asset, demoAssets.indexOf(asset), this.seed, calendar)
    this.#pathsByBase.set(asset.base, made)
    return made
  }

  #pathOf(instrument: InstrumentId): DemoPath {
    const path = this.#paths.get(instrument)
    if (!path) throw new RangeError(`instrument ${instrument} is not offered by the demo market`)
    return path
  }
}

/**
 * Rate of the interval that ends at `at`. The premium follows the drift of the last day; the published formula
 * premium + clamp(interest − premium, ±0.05 %) then gives the base rate in calm times and the premium in others.
 */
function rateOf(path: DemoPath, at: number, hours: number): number {
  const minute = (at - DEMO_START_AT) / MINUTE_MS - 1
  const drift = Math.log(path.priceAfter(minute) / path.priceAfter(minute - 24 * HOUR_MINUTES))
  const noise = path.fundingNoise(Math.round(at / HOUR_MS))
  const premium = PREMIUM_PER_DRIFT * drift + PREMIUM_NOISE * noise
  const clamped = Math.min(CLAMP_8H, Math.max(-CLAMP_8H, INTEREST_8H - premium))
  const rate = Math.min(RATE_8H_MAX, Math.max(-RATE_8H_MAX, premium + clamped))
  return (rate * hours) / 8
}

function readContract(symbol: string): { asset: DemoAsset; quote: string; symbol: string } | null {
  let parsed: ReturnType<typeof parseSymbol>
  try {
    parsed = parseSymbol(symbol)
  } catch {
    return null
  }
  const asset = demoAssets.find((one) => one.base === parsed.base)
  if (!asset || parsed.kind !== 'linear' || !demoQuotes.includes(parsed.quote)) return null
  return { asset, quote: parsed.quote, symbol: parsed.symbol }
}

function makeInstrument(
  venue: string,
  symbol: string,
  asset: DemoAsset,
  quote: string,
): Instrument {
  const { priceDecimals, quantityDecimals } = asset
  return {
    id: instrumentId(venue, symbol),
    venue,
    symbol,
    base: asset.base,
    quote,
    settle: quote,
    kind: 'linear',
    priceDecimals,
    priceRule: { kind: 'tick', tick: 1 },
    quantityDecimals,
    lotSize: 1,
    moneyPerUnit: linearMoneyPerUnit(priceDecimals, quantityDecimals, 1),
    quantityMin: quantity(1),
    notionalMin: money(5 * MONEY_SCALE),
    makerFee: ratio(20_000),
    takerFee: ratio(50_000),
    liquidationFee: ratio(500_000),
    marginTiers: demoMarginTiers,
    fundingIntervalMs: asset.fundingIntervalHours * HOUR_MS,
  }
}

/** Maintenance: 0.5 % to 100 thousand, 1 % to a million, 2.5 % to ten millions, then 5 %; continuous at the floors. */
const demoMarginTiers: readonly MarginTier[] = [
  tier(0, 0.005, 0, 50),
  tier(100_000, 0.01, 500, 40),
  tier(1_000_000, 0.025, 15_500, 20),
  tier(10_000_000, 0.05, 265_500, 10),
]

function tier(floor: number, rate: number, amount: number, leverageMax: number): MarginTier {
  return {
    notionalFloor: money(floor * MONEY_SCALE),
    maintenanceRate: ratio(Math.round(rate * 1e8)),
    maintenanceAmount: money(amount * MONEY_SCALE),
    leverageMax,
  }
}
