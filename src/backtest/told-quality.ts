/** What the recorded candles and rates of a window lack, as a result tells it. */
import { type DataQuality, qualityOf } from '../domain/data-quality.ts'
import { fundingMissing } from '../domain/funding-coverage.ts'
import type { RecordedMarket } from '../domain/history.ts'
import { formatTime } from '../domain/timeframe.ts'

/** DataQuality with times as text, and the share of the window without recorded funding rates. */
export interface ToldQuality extends Omit<DataQuality, 'from' | 'to' | 'longestGap'> {
  readonly from: string
  readonly to: string
  readonly fundingMissing: number
  readonly longestGap: {
    readonly from: string
    readonly to: string
    readonly candles: number
  } | null
}

/** @param span what was run, UTC ms: rates are missing of it, candles of the window that was asked for */
export function toldQuality(
  market: RecordedMarket,
  window: Parameters<typeof qualityOf>[1],
  span: { readonly startAt: number; readonly endAt: number },
): ToldQuality {
  const quality = qualityOf(market, window)
  const { longestGap: gap } = quality
  const told = ({ from, to }: { readonly from: number; readonly to: number }) => ({
    from: formatTime(from),
    to: formatTime(to),
  })
  return {
    ...quality,
    ...told(quality),
    fundingMissing: fundingMissing(market.funding, { from: span.startAt, to: span.endAt }),
    longestGap: gap === null ? null : { ...told(gap), candles: gap.candles },
  }
}
