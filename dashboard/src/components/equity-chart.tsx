import { latePart } from './late-part.tsx'
import { Skeleton } from './states.tsx'

/** Equity with the span of each point, and the drawdown from its peak below. Loaded when first shown. */
export const EquityChart = latePart(
  () => import('./equity-plot.tsx'),
  <Skeleton lines={6} className="p-4" />,
)
