/** Test a strategy on recorded data before it trades. */
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { StreamTopic } from '../../../../src/protocol/api-messages.ts'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { useMay } from '../../lib/session.ts'
import { useLiveScope } from '../../lib/stream.ts'
import { useJob } from './lab-data.ts'
import { RunForm } from './run-form.tsx'
import { RunsCard } from './runs-card.tsx'

const TOPICS: readonly StreamTopic[] = ['instances']
const route = getRouteApi('/inside/lab')

export function LabPage() {
  const { t } = useTranslation('lab')
  useLiveScope(null, TOPICS)
  const may = useMay('operator')
  const navigate = useNavigate()
  const { from } = route.useSearch()
  const open = (id: string) => void navigate({ to: '/lab/$id', params: { id } })
  return (
    <div className="space-y-3">
      <h1 className="sr-only">{t('title')}</h1>
      {may &&
        (from === undefined ? (
          <RunForm onStarted={open} />
        ) : (
          <RunFormLike key={from} id={from} onStarted={open} />
        ))}
      <RunsCard />
    </div>
  )
}

/** Filled as an earlier run was asked for. */
function RunFormLike({
  id,
  onStarted,
}: {
  readonly id: string
  readonly onStarted: (id: string) => void
}) {
  const { data, error, refetch } = useJob(id)
  if (data !== undefined) return <RunForm like={data} onStarted={onStarted} />
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />
  return <Skeleton lines={4} />
}
