/** What was tested, the newest first. */
import { Link } from '@tanstack/react-router'
import { Ban, RotateCcw, Trash2 } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { JobRow } from '../../../../src/protocol/lab-messages.ts'
import { IconButton } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { Money, Percent, RelativeTime } from '../../components/numbers.tsx'
import { EmptyState, useFaultText } from '../../components/states.tsx'
import { toast } from '../../components/toasts.tsx'
import { useMay } from '../../lib/session.ts'
import { JobState, LimitBadge } from './job-state.tsx'
import { headlineOf, isOpen, type JobAction, useJobAction, useJobs } from './lab-data.ts'

export function RunsCard() {
  const { t } = useTranslation('lab')
  const jobs = useJobs()
  const columns = useColumns()
  return (
    <Card title={t('runs.title')} flush>
      <DataTable
        label={t('runs.title')}
        columns={columns}
        rows={jobs.data}
        rowKey={({ id }) => id}
        error={jobs.error}
        onRetry={() => void jobs.refetch()}
        empty={<EmptyState title={t('runs.empty')} />}
        step={50}
      />
    </Card>
  )
}

function useColumns(): readonly Column<JobRow>[] {
  const { t } = useTranslation('lab')
  return useMemo(
    () => [
      { id: 'name', header: t('runs.name'), lead: true, cell: (job) => <Name job={job} /> },
      { id: 'state', header: t('runs.state'), cell: (job) => <State job={job} /> },
      {
        id: 'total',
        header: t('runs.total'),
        numeric: true,
        cell: (job) => <Money value={headlineOf(job).total} signed />,
      },
      {
        id: 'share',
        header: t('runs.return'),
        numeric: true,
        cell: (job) => <Percent share={headlineOf(job).share} />,
      },
      {
        id: 'drawdown',
        header: t('runs.drawdown'),
        numeric: true,
        cell: (job) => <Percent share={headlineOf(job).maxDrawdown} />,
      },
      {
        id: 'sharpe',
        header: t('runs.sharpe'),
        numeric: true,
        rare: true,
        cell: (job) => <span className="num">{headlineOf(job).sharpe?.toFixed(2) ?? '–'}</span>,
      },
      {
        id: 'when',
        header: t('runs.when'),
        cell: (job) => <RelativeTime at={job.created_at} className="text-xs text-dim" />,
      },
      { id: 'act', header: t('runs.act'), cell: (job) => <Actions job={job} /> },
    ],
    [t],
  )
}

const State = ({ job }: { readonly job: JobRow }) => (
  <span className="inline-flex flex-wrap gap-1">
    <JobState job={job} />
    <LimitBadge job={job} />
  </span>
)

const SMALL = 'block max-w-[min(24rem,80vw)] truncate text-xs text-dim'

function Name({ job }: { readonly job: JobRow }) {
  const { t } = useTranslation('lab')
  const { name, set, window, changed } = headlineOf(job)
  return (
    <>
      <Link
        to="/lab/$id"
        params={{ id: job.id }}
        className="font-medium text-ink underline-offset-2 hover:underline"
      >
        {name}
      </Link>
      {job.kind !== 'backtest' && (
        <span className="ml-2 text-xs text-dim">{t(`kind.${job.kind}`)}</span>
      )}
      <span className={SMALL}>{window === null ? set : `${set} · ${window}`}</span>
      {changed !== '' && (
        <span className={SMALL} title={changed}>
          {changed}
        </span>
      )}
      {job.error !== null && (
        <span className="block max-w-96 text-xs wrap-break-word text-bad">{job.error}</span>
      )}
    </>
  )
}

function Actions({ job }: { readonly job: JobRow }) {
  const { t } = useTranslation('lab')
  const faultText = useFaultText()
  const may = useMay('operator')
  const { mutate, isPending } = useJobAction()
  if (!may) return null
  const act = (action: JobAction) =>
    mutate({ id: job.id, action }, { onError: (error) => toast('bad', faultText(error)) })
  if (isOpen(job)) {
    return (
      <IconButton
        small
        busy={isPending}
        label={t('runs.cancel')}
        icon={<Ban className="size-4" />}
        onClick={() => act('cancel')}
      />
    )
  }
  return (
    <span className="inline-flex">
      <IconButton
        small
        busy={isPending}
        label={t('runs.retry')}
        icon={<RotateCcw className="size-4" />}
        onClick={() => act('retry')}
      />
      <IconButton
        small
        busy={isPending}
        label={t('runs.remove')}
        icon={<Trash2 className="size-4" />}
        onClick={() => act('remove')}
      />
    </span>
  )
}
