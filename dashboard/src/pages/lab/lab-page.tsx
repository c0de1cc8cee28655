/** Test a strategy on recorded data before it trades. */
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { StreamTopic } from '../../../../src/protocol/api-messages.ts'
import { useMay } from '../../lib/session.ts'
import { useLiveScope } from '../../lib/stream.ts'
import { RunForm } from './run-form.tsx'
import { RunsCard } from './runs-card.tsx'

const TOPICS: readonly StreamTopic[] = ['instances']

export function LabPage() {
  const { t } = useTranslation('lab')
  useLiveScope(null, TOPICS)
  const may = useMay('operator')
  const navigate = useNavigate()
  return (
    <div className="space-y-3">
      <h1 className="sr-only">{t('title')}</h1>
      {may && <RunForm onStarted={(id) => void navigate({ to: '/lab/$id', params: { id } })} />}
      <RunsCard />
    </div>
  )
}
