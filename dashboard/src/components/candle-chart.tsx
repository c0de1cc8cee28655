import { lazy, Suspense } from 'react'
import type { CandleChartProps } from './chart-types.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import { Skeleton } from './states.tsx'

const Plot = lazy(() => import('./candle-plot.tsx'))

/** Candles with price lines and markers. Loaded when first shown. */
export const CandleChart = (props: CandleChartProps) => (
  <ErrorBoundary>
    <Suspense fallback={<Skeleton lines={8} className="p-4" />}>
      <Plot {...props} />
    </Suspense>
  </ErrorBoundary>
)
