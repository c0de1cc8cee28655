import { latePart } from './late-part.tsx'
import { Skeleton } from './states.tsx'

/** Candles with price lines and markers. Loaded when first shown. */
export const CandleChart = latePart(
  () => import('./candle-plot.tsx'),
  <Skeleton lines={8} className="p-4" />,
)
