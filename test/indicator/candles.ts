/** Candles for the tests of indicators: plain numbers, reproducible. */
import fc from 'fast-check'

/** openAt (ms), high, low, close, volume. */
export interface PlainCandle {
  readonly openAt: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** Prices of one value only, one per minute. */
export const closesOnly = (closes: readonly number[]): readonly PlainCandle[] =>
  closes.map((close, i) => ({ openAt: i * 60_000, high: close, low: close, close, volume: 1 }))

/**
 * Candles of 7 hours (so that UTC days have three or four), a price of 5 to 500 in halves, some flat, some without
 * volume.
 */
export const anyCandles = (minLength: number, maxLength: number) =>
  fc
    .tuple(
      fc.integer({ min: 20, max: 900 }),
      fc.array(fc.tuple(fc.integer({ min: -6, max: 6 }), fc.nat(3), fc.nat(3), fc.nat(50)), {
        minLength,
        maxLength,
        // Without it fast-check stays at some ten candles: most would never be warm.
        size: 'max',
      }),
    )
    .map(([first, moves]) => {
      let last = first
      return moves.map(([move, above, below, volume], i): PlainCandle => {
        const close = Math.max(10, last + move)
        const high = Math.max(last, close) + above
        const low = Math.min(last, close) - below
        last = close
        return {
          openAt: i * 25_200_000,
          high: high / 2,
          low: low / 2,
          close: close / 2,
          volume: volume / 4,
        }
      })
    })
