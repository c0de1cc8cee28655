/**
 * The contract that is traded in a replay, made from the recorded numbers: candle files carry no contract terms.
 * The assumptions are listed in docs/concepts/backtest.md.
 */
import {
  type Instrument,
  instrumentId,
  linearMoneyPerUnit,
  type MarginTier,
} from '../../domain/instrument.ts'
import { MONEY_SCALE, money, mulDiv, quantity, RATIO_SCALE, ratio } from '../../domain/money.ts'
import type { MarketSymbol } from '../../domain/symbol.ts'

/** How prices and lots of a recorded series are counted. */
export interface Scale {
  readonly priceDecimals: number
  readonly quantityDecimals: number
  readonly lotSize: number
}

const BASIS_POINT = RATIO_SCALE / 10_000
const HOUR_MS = 3_600_000

/** [from this notional in quote, maintenance rate in bps, largest leverage]: cautious steps like those of the large venues. */
const TIERS: readonly (readonly [number, number, number])[] = [
  [0, 50, 50],
  [250_000, 100, 25],
  [1_000_000, 250, 10],
  [5_000_000, 500, 5],
  [20_000_000, 1_000, 3],
  [50_000_000, 2_500, 1],
]

/** The default table; `maintenanceAmount` makes the margin continuous: floor·(rate − rate before) + amount before. */
export function defaultMarginTiers(): readonly MarginTier[] {
  let rateBefore = 0
  let amount = 0
  return TIERS.map(([floor, bps, leverageMax]) => {
    const notionalFloor = floor * MONEY_SCALE
    const rate = bps * BASIS_POINT
    amount += mulDiv(notionalFloor, rate - rateBefore, RATIO_SCALE, 'floor')
    rateBefore = rate
    return {
      notionalFloor: money(notionalFloor),
      maintenanceRate: ratio(rate),
      maintenanceAmount: money(amount),
      leverageMax,
    }
  })
}

/**
 * The lot: the largest power of ten of base that is worth at most 1 quote at the highest recorded price, so 0.1 to 1
 * quote; larger when price and quantity decimals would exceed 8 together.
 */
export function chooseScale(priceDecimals: number, highestPrice: number): Scale {
  const highest = highestPrice / 10 ** priceDecimals
  let exponent = 0
  while (highest * 10 ** exponent > 1) exponent -= 1
  while (highest * 10 ** (exponent + 1) <= 1) exponent += 1
  const quantityDecimals = Math.min(Math.max(0, -exponent), 8 - priceDecimals)
  return { priceDecimals, quantityDecimals, lotSize: 10 ** Math.max(0, exponent) }
}

/** A lot of ten times the size. */
export function largerLot({ priceDecimals, quantityDecimals, lotSize }: Scale): Scale {
  return quantityDecimals > 0
    ? { priceDecimals, quantityDecimals: quantityDecimals - 1, lotSize }
    : { priceDecimals, quantityDecimals, lotSize: lotSize * 10 }
}

/** The contract itself. `fundingIntervalMs` comes from the recorded funding, 8 h without one. */
export function makeReplayInstrument(
  venue: string,
  symbol: MarketSymbol,
  scale: Scale,
  fundingIntervalMs: number | null,
): Instrument {
  const { priceDecimals, quantityDecimals, lotSize } = scale
  return {
    id: instrumentId(venue, symbol.symbol),
    venue,
    symbol: symbol.symbol,
    base: symbol.base,
    quote: symbol.quote,
    settle: symbol.settle,
    kind: symbol.kind,
    priceDecimals,
    priceRule: { kind: 'tick', tick: 1 },
    quantityDecimals,
    lotSize,
    moneyPerUnit: linearMoneyPerUnit(priceDecimals, quantityDecimals, lotSize),
    quantityMin: quantity(1),
    notionalMin: money(5 * MONEY_SCALE),
    makerFee: ratio(2 * BASIS_POINT),
    takerFee: ratio(5 * BASIS_POINT),
    liquidationFee: ratio(50 * BASIS_POINT),
    marginTiers: defaultMarginTiers(),
    fundingIntervalMs: fundingIntervalMs ?? 8 * HOUR_MS,
  }
}
