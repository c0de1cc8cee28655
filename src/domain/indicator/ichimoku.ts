/** Ichimoku kinko hyo. */
import { type Donchian, donchianNext, donchianStart } from './donchian.ts'
import { isFull, oldestOf, type Window, windowPush, windowStart } from './window.ts'

/** State and outputs, in price units. The lagging span is the close itself, drawn `displacement` candles back. */
export type Ichimoku = {
  readonly short: Donchian
  readonly medium: Donchian
  readonly long: Donchian
  readonly leadsA: Window
  readonly leadsB: Window
  /** Tenkan-sen; null until `conversion` candles. */
  conversion: number | null
  /** Kijun-sen; null until `base` candles. */
  base: number | null
  /** Senkou spans computed now, to be drawn ahead; null until `span` candles. */
  leadA: number | null
  leadB: number | null
  /** The cloud at this candle: the spans drawn ahead to it; null until `span + displacement - 1` candles. */
  cloudA: number | null
  cloudB: number | null
}

/**
 * Usually 9, 26, 52 and 26.
 * @throws InvariantError when a length is not an integer of 1 or above
 */
export const ichimokuStart = (
  conversion: number,
  base: number,
  span: number,
  displacement: number,
): Ichimoku => ({
  short: donchianStart(conversion),
  medium: donchianStart(base),
  long: donchianStart(span),
  leadsA: windowStart(displacement),
  leadsB: windowStart(displacement),
  conversion: null,
  base: null,
  leadA: null,
  leadB: null,
  cloudA: null,
  cloudB: null,
})

/**
 * Lines are (highest high + lowest low) / 2 over `conversion`, `base` and `span` candles; span A is the mean of the
 * first two (Hosoda; drawn as TradingView: displaced by `displacement - 1` candles, the present one counts).
 * @returns span A of the cloud at this candle; NaN until warm, after `span + displacement - 1` candles, if `span` is
 * the longest; O(1) on average
 */
export function ichimokuNext(state: Ichimoku, high: number, low: number): number {
  donchianNext(state.short, high, low)
  donchianNext(state.medium, high, low)
  donchianNext(state.long, high, low)
  state.conversion = state.short.middle
  state.base = state.medium.middle
  if (state.conversion === null || state.base === null || state.long.middle === null) {
    return Number.NaN
  }
  state.leadA = (state.conversion + state.base) / 2
  state.leadB = state.long.middle
  windowPush(state.leadsA, state.leadA)
  windowPush(state.leadsB, state.leadB)
  if (!isFull(state.leadsA)) return Number.NaN
  state.cloudA = oldestOf(state.leadsA)
  state.cloudB = oldestOf(state.leadsB)
  return state.cloudA
}
