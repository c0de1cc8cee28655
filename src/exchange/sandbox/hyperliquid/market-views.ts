/** Public market data in the venue's words. All stamps are market time, ms. */
import type { BookLevel, SandboxBackend, SandboxCandle, SandboxTrade } from '../front.ts'
import type { Coin } from './universe.ts'
import { wireDecimal, wireFloat, wireHash, wirePrice, wireRatio, wireSize } from './wire-number.ts'

const BOOK_DEPTH = 20
const FAST_DEPTH = 5
const SOMEBODY = `0x${'5a'.repeat(20)}`
const SOMEBODY_ELSE = `0x${'a5'.repeat(20)}`

export const intervalsMs: Readonly<Record<string, number>> = {
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
  '3d': 259_200_000,
  '1w': 604_800_000,
  '1M': 2_592_000_000,
}

/** How prices of a book are put together; null = as they are. */
export interface Grouping {
  readonly nSigFigs: number | null
  readonly mantissa: number | null
}

export function assetContext(backend: SandboxBackend, coin: Coin) {
  const { instrument } = coin
  const { mark, index } = backend.price(instrument.id)
  const day = backend.day(instrument.id)
  const { bids, asks } = backend.book(instrument.id, 1)
  const [bid, ask] = [bids[0]?.[0], asks[0]?.[0]]
  const isTwoSided = bid !== undefined && ask !== undefined
  return {
    funding: wireRatio(backend.funding(instrument.id).rate),
    openInterest: wireSize(instrument, backend.openInterest(instrument.id)),
    prevDayPx: wirePrice(instrument, day.open),
    dayNtlVlm: wireFloat(day.turnover / 1e8, 8),
    premium: isTwoSided ? wireFloat((bid + ask) / 2 / index - 1, 10) : null,
    oraclePx: wirePrice(instrument, index),
    markPx: wirePrice(instrument, mark),
    midPx: midOf(backend, coin),
    impactPxs: isTwoSided ? [wirePrice(instrument, bid), wirePrice(instrument, ask)] : null,
    dayBaseVlm: wireSize(instrument, day.volume),
  }
}

/** Null when a side of the book is empty. */
export function midOf(backend: SandboxBackend, coin: Coin): string | null {
  const { bids, asks } = backend.book(coin.instrument.id, 1)
  const [bid, ask] = [bids[0]?.[0], asks[0]?.[0]]
  if (bid === undefined || ask === undefined) return null
  return wireFloat((bid + ask) / 2 / 10 ** coin.instrument.priceDecimals, 8)
}

export function allMids(backend: SandboxBackend, coins: readonly Coin[]) {
  const mids: Record<string, string> = {}
  for (const coin of coins) {
    const mid = midOf(backend, coin)
    if (mid !== null) mids[coin.name] = mid
  }
  return mids
}

const level = (coin: Coin, [px, lots]: BookLevel, n = 1) => ({
  px: wirePrice(coin.instrument, px),
  sz: wireSize(coin.instrument, lots),
  n,
})

/** Both sides, best first. `fast` books are five levels deep. */
export function l2Book(backend: SandboxBackend, coin: Coin, grouping: Grouping, isFast = false) {
  const depth = isFast ? FAST_DEPTH : BOOK_DEPTH
  const { nSigFigs, mantissa } = grouping
  const isGrouped = nSigFigs !== null
  const { bids, asks, at } = backend.book(coin.instrument.id, isGrouped ? depth * 10 : depth)
  const side = (levels: readonly BookLevel[], rounding: 'floor' | 'ceil') =>
    isGrouped
      ? grouped(coin, levels, nSigFigs, mantissa ?? 1, rounding).slice(0, depth)
      : levels.map((one) => level(coin, one))
  return { coin: coin.name, time: at, levels: [side(bids, 'floor'), side(asks, 'ceil')] }
}

function grouped(
  coin: Coin,
  levels: readonly BookLevel[],
  figures: number,
  mantissa: number,
  rounding: 'floor' | 'ceil',
) {
  const sums = new Map<number, { lots: number; n: number }>()
  for (const [px, lots] of levels) {
    const step = Math.max(1, 10 ** (String(px).length - figures)) * mantissa
    const at = Math[rounding](px / step) * step
    const sum = sums.get(at) ?? { lots: 0, n: 0 }
    sums.set(at, { lots: sum.lots + lots, n: sum.n + 1 })
  }
  const { instrument } = coin
  return [...sums].map(([px, { lots, n }]) => ({
    px: wireDecimal(px, instrument.priceDecimals),
    sz: wireSize(instrument, lots),
    n,
  }))
}

export function bestOf(backend: SandboxBackend, coin: Coin) {
  const { bids, asks, at } = backend.book(coin.instrument.id, 1)
  const side = (one: BookLevel | undefined) => (one ? level(coin, one) : null)
  return { coin: coin.name, time: at, bbo: [side(bids[0]), side(asks[0])] }
}

/** `bid@ask`, as refusals of post-only orders tell it. */
export function bboText(backend: SandboxBackend, coin: Coin): string {
  const { bids, asks } = backend.book(coin.instrument.id, 1)
  const side = (one: BookLevel | undefined) =>
    one ? wirePrice(coin.instrument, one[0]).replace(/\.0$/, '') : '0'
  return `${side(bids[0])}@${side(asks[0])}`
}

export const tradeView = (coin: Coin, trade: SandboxTrade) => ({
  coin: coin.name,
  side: trade.side === 'buy' ? 'B' : 'A',
  px: wirePrice(coin.instrument, trade.price),
  sz: wireSize(coin.instrument, trade.quantity),
  time: trade.at,
  hash: wireHash(trade.id),
  tid: trade.id,
  users: [SOMEBODY, SOMEBODY_ELSE],
})

/** `n` is made up of the volume: the market knows no single trades of a bar. */
export const candleView = (coin: Coin, interval: string, candle: SandboxCandle) => ({
  t: candle.openAt,
  T: candle.openAt + (intervalsMs[interval] ?? 60_000) - 1,
  s: coin.name,
  i: interval,
  o: wirePrice(coin.instrument, candle.open),
  c: wirePrice(coin.instrument, candle.close),
  h: wirePrice(coin.instrument, candle.high),
  l: wirePrice(coin.instrument, candle.low),
  v: wireSize(coin.instrument, candle.volume),
  n: candle.volume === 0 ? 0 : 1 + Math.floor(Math.log2(candle.volume + 1)),
})

/** The next payment here and what others are said to pay: only the venue's own is known. */
export const predictedFundings = (backend: SandboxBackend, coins: readonly Coin[]) =>
  coins.map((coin) => {
    const { rate, nextAt, intervalMs } = backend.funding(coin.instrument.id)
    const own = {
      fundingRate: wireRatio(rate),
      nextFundingTime: nextAt,
      fundingIntervalHours: Math.max(1, Math.round(intervalMs / 3_600_000)),
    }
    return [coin.name, [['HlPerp', own]]]
  })

/** Premiums of the past are not kept: the rate stands for them. */
export function fundingHistory(
  backend: SandboxBackend,
  coin: Coin,
  from: number,
  until: number,
  limit: number,
) {
  // The venue answers the oldest rows of a range first; the backend keeps the newest of a limit.
  const all = backend.fundingHistory(coin.instrument.id, { from, until, limit: 100_000 })
  return all.slice(0, limit).map(({ at, rate }) => ({
    coin: coin.name,
    fundingRate: wireRatio(rate),
    premium: wireRatio(rate),
    time: at,
  }))
}
