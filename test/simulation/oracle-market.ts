/** The oracle's input, plain numbers, and what it reads from a market: prices, candles, brackets of margin. */
import {
  minus,
  over,
  plus,
  type Rational,
  rational,
  rounded,
  signum,
  smallest,
  times,
  UNIT,
  ZERO,
} from './rational.ts'

export interface OracleCandle {
  readonly openAt: number
  readonly closeAt: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** An instrument with the terms of the account on it; rates in 1e-8. */
export interface OracleInstrument {
  readonly id: string
  readonly priceDecimals: number
  readonly quantityDecimals: number
  readonly lotSize: number
  readonly maker: number
  readonly taker: number
  readonly liquidationFee: number
  readonly leverage: number
  readonly isIsolated: boolean
  readonly volumeShare: number
  readonly slippage: number
  readonly tiers: readonly { readonly floor: number; readonly rate: number }[]
  readonly candles: readonly OracleCandle[]
  readonly rates: readonly { readonly at: number; readonly rate: number }[]
  /** Marks of candles by their open; where none stands the mark is the last price. */
  readonly marks: ReadonlyMap<number, number>
}

export interface OracleRequest {
  readonly side: 'buy' | 'sell'
  readonly kind: 'limit' | 'market'
  readonly price: number | null
  readonly quantity: number | 'position'
  readonly isReduceOnly: boolean
}

export type OracleEvent =
  | { readonly kind: 'deposit'; readonly at: number; readonly amount: number }
  | { readonly kind: 'insurance'; readonly at: number; readonly amount: number }
  | {
      readonly kind: 'funding'
      readonly at: number
      readonly instrument: string
      readonly amount: number
      readonly rate: number
      readonly position: number
    }
  | {
      readonly kind: 'fill'
      readonly at: number
      readonly instrument: string
      readonly clientId: string | null
      readonly side: 'buy' | 'sell'
      readonly price: number
      readonly quantity: number
      readonly fee: number
      readonly isMaker: boolean
      readonly isLiquidation: boolean
    }

export type OracleFill = Extract<OracleEvent, { kind: 'fill' }>

/** What the oracle knows of one instrument. */
export interface OraclePosition {
  readonly terms: OracleInstrument
  /** Signed, in base. */
  held: Rational
  cost: Rational
  realised: Rational
  fees: Rational
  funding: Rational
  /** Minus the signed value of all fills. */
  cash: Rational
  margin: Rational
  fills: number
  usedAt: number
  used: number
  /** Lots held after each fill, by time. */
  readonly history: { readonly at: number; readonly held: number }[]
  readonly paidAt: Set<number>
}

export interface OracleCounts {
  partialCloses: number
  flips: number
  rebates: number
  received: number
  paid: number
  liquidations: number
  insurance: number
  /** Liquidations and quiet candles that were checked against the margin. */
  checkedDeaths: number
  checkedLives: number
}

export const RATE = rational(1, 100_000_000)

export const money = (units: number): Rational => times(rational(units), UNIT)
export const text = (a: Rational): string => (Number(a.top) / Number(a.bottom)).toString()
export const priceOf = (terms: OracleInstrument, units: number): Rational =>
  rational(BigInt(units), 10n ** BigInt(terms.priceDecimals))
export const quantityOf = (terms: OracleInstrument, count: number): Rational =>
  rational(BigInt(count) * BigInt(terms.lotSize), 10n ** BigInt(terms.quantityDecimals))
export const tickNear = (fill: OracleFill): number => Math.max(10, fill.price / 1000)

export function lots(terms: OracleInstrument, held: Rational): number {
  const exact = over(
    times(held, rational(10n ** BigInt(terms.quantityDecimals))),
    rational(terms.lotSize),
  )
  if (exact.bottom !== 1n) throw new Error('a position is a whole number of lots')
  return Number(exact.top)
}

export const lotsHeld = (position: OraclePosition): number => lots(position.terms, position.held)

export function limitOf(terms: OracleInstrument, candle: OracleCandle): number {
  return Number((BigInt(candle.volume) * BigInt(terms.volumeShare)) / 100_000_000n)
}

/** The candles that may have made a fill at a time: the one that runs, at its open also the one before. */
export function candlesAt(terms: OracleInstrument, at: number): readonly OracleCandle[] {
  const { candles } = terms
  const next = firstAfter(candles, at)
  const running = Math.max(0, next - 1)
  const isAtOpen = candles[running]?.openAt === at
  return candles.slice(isAtOpen ? Math.max(0, running - 1) : running, running + 1)
}

/** Index of the first candle that opens after a time. */
export function firstAfter(candles: readonly OracleCandle[], at: number): number {
  let [low, high] = [0, candles.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((candles[middle]?.openAt ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low
}

/** The mark at a time between candles: of the series, else the last close with the distance of its candle's open. */
export function markAt(terms: OracleInstrument, at: number): number {
  const { candles, marks } = terms
  const before = candles[firstAfter(candles, at - 1) - 1]
  const known = marks.get(at)
  if (known !== undefined) return known
  if (before === undefined) return candles[0]?.open ?? 0
  return before.close + (marks.get(before.openAt) ?? before.open) - before.open
}

/** Maintenance margin by brackets: each part of the value at the rate of its bracket, like a tax. */
export function maintenance(terms: OracleInstrument, value: Rational): Rational {
  let sum = ZERO
  for (const [index, { floor, rate }] of terms.tiers.entries()) {
    const next = terms.tiers[index + 1]
    const top = next === undefined ? value : smallest(value, money(next.floor))
    const part = minus(top, money(floor))
    if (signum(part) > 0) sum = plus(sum, times(part, times(rational(rate), RATE)))
  }
  return rounded(sum, 'up')
}
