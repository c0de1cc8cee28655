import { lazy, Suspense } from 'react'
import type { EquityChartProps } from './chart-types.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import { Skeleton } from './states.tsx'

const Plot = lazy(() => import('./equity-plot.tsx'))

/** Equity with the span of each point, and the drawdown from its peak below. Loaded when first shown. */
export const EquityChart = (props: EquityChartProps) => (
  <ErrorBoundary>
    <Suspense fallback={<Skeleton lines={6} className="p-4" />}>
      <Plot {...props} />
    </Suspense>
  </ErrorBoundary>
)
