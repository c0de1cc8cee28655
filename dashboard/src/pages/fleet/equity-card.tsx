/** What the whole fleet is and was worth. */
import { LineChart } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '../../components/card.tsx'
import { CurveChoice } from '../../components/curve-choice.tsx'
import { EquityChart } from '../../components/equity-chart.tsx'
import { EmptyState, ErrorState, Skeleton } from '../../components/states.tsx'
import { Segments } from '../../components/tabs.tsx'
import { equityRanges, useEquity } from '../../lib/queries.ts'
import { useStore } from '../../lib/store.ts'
import { curveStore, rangeStore } from './view.ts'

interface EquityCardProps {
  readonly currency: string | null
  /** Of the upper chart, px. */
  readonly height: number
}

export const EquityCard = memo(function EquityCard({ currency, height }: EquityCardProps) {
  const { t } = useTranslation('fleet')
  const range = useStore(rangeStore)
  const curve = useStore(curveStore)
  const options = equityRanges.map((value) => ({ value, label: t(`equity.range.${value}`) }))
  return (
    <Card
      title={curve === 'pnl' ? t('equity.pnlTitle') : t('equity.title')}
      flush
      className="h-full"
      actions={
        <>
          <CurveChoice value={curve} onChange={curveStore.set} />
          <Segments
            label={t('equity.ranges')}
            options={options}
            value={range}
            onChange={rangeStore.set}
          />
        </>
      }
    >
      <Curve currency={currency} height={height} />
    </Card>
  )
})

function Curve({ currency, height }: EquityCardProps) {
  const { t } = useTranslation('fleet')
  const range = useStore(rangeStore)
  const curve = useStore(curveStore)
  const { data, error, refetch } = useEquity(null, range)
  if (data === undefined) {
    if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />
    return <Skeleton lines={6} className="p-4" />
  }
  if (data.length < 2)
    return (
      <EmptyState title={t('equity.none')} icon={<LineChart aria-hidden className="size-5" />}>
        {t('equity.soon')}
      </EmptyState>
    )
  return (
    <EquityChart
      points={data}
      currency={currency ?? ''}
      curve={curve}
      label={curve === 'pnl' ? t('equity.pnlTitle') : t('equity.title')}
      height={height}
    />
  )
}
