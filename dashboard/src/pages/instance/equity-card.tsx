import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '../../components/card.tsx'
import { CurveChoice } from '../../components/curve-choice.tsx'
import { EquityChart } from '../../components/equity-chart.tsx'
import { EmptyState, ErrorState, Skeleton } from '../../components/states.tsx'
import { Segments } from '../../components/tabs.tsx'
import { type EquityRange, useEquity } from '../../lib/queries.ts'
import { useStore } from '../../lib/store.ts'
import { curveStore } from '../fleet/view.ts'

/** What it is and was worth, and how far below its peak. */
export function EquityCard({ id, currency }: { readonly id: string; readonly currency: string }) {
  const { t } = useTranslation('instance')
  const [range, setRange] = useState<EquityRange>('1h')
  const curve = useStore(curveStore)
  const { data: points, error, refetch } = useEquity(id, range)
  const options = [
    { value: '1h', label: t('equity.hour') },
    { value: '24h', label: t('equity.day') },
    { value: '7d', label: t('equity.week') },
    { value: '30d', label: t('equity.month') },
    { value: 'all', label: t('equity.all') },
  ] as const
  return (
    <Card
      title={curve === 'pnl' ? t('equity.pnlTitle') : t('equity.title')}
      actions={
        <>
          <CurveChoice value={curve} onChange={curveStore.set} />
          <Segments label={t('equity.range')} options={options} value={range} onChange={setRange} />
        </>
      }
      flush
    >
      {points === undefined && error === null && <Skeleton lines={6} className="p-4" />}
      {points === undefined && error !== null && (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
      {points?.length === 0 && <EmptyState title={t('equity.empty')} />}
      {points !== undefined && points.length > 0 && (
        <EquityChart
          points={points}
          currency={currency}
          curve={curve}
          label={curve === 'pnl' ? t('equity.pnlTitle') : t('equity.label')}
          height={170}
        />
      )}
    </Card>
  )
}
