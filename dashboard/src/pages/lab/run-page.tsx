/** One test: how far it is, and its report. */
import { getRouteApi, Link } from '@tanstack/react-router'
import { ArrowLeft, ExternalLink, Pencil } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StreamTopic } from '../../../../src/protocol/api-messages.ts'
import type { JobRow } from '../../../../src/protocol/lab-messages.ts'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { DateTime, Money, Percent } from '../../components/numbers.tsx'
import { Stat } from '../../components/stat.tsx'
import { ErrorState, Skeleton, useFaultText } from '../../components/states.tsx'
import { toast } from '../../components/toasts.tsx'
import { useMay } from '../../lib/session.ts'
import { useLiveScope } from '../../lib/stream.ts'
import { JobState, LimitBadge } from './job-state.tsx'
import { headlineOf, isOpen, reportAddress, useJob } from './lab-data.ts'

const TOPICS: readonly StreamTopic[] = ['instances']
const route = getRouteApi('/inside/lab/$id')
/** A link that looks like a small button. */
const LINK =
  'ml-auto inline-flex h-7 items-center gap-1.5 rounded-md border border-edge bg-panel px-2 text-xs font-medium text-ink hover:bg-raised phone:h-9'

export function RunPage() {
  useLiveScope(null, TOPICS)
  const { id } = route.useParams()
  const { data, error, refetch } = useJob(id)
  if (data !== undefined) return <Run job={data} />
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />
  return <Skeleton lines={8} />
}

function Run({ job }: { readonly job: JobRow }) {
  const { t } = useTranslation('lab')
  const { name, set, window, changed } = headlineOf(job)
  const may = useMay('operator')
  const asked = [window ?? '', changed].filter((part) => part !== '').join(' · ')
  return (
    <div className="space-y-3">
      <Link to="/lab" className="inline-flex items-center gap-1.5 text-xs text-dim hover:text-ink">
        <ArrowLeft aria-hidden className="size-3.5" />
        {t('run.back')}
      </Link>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="text-xl font-semibold">{name}</h1>
        {job.kind !== 'backtest' && (
          <span className="text-sm text-dim">{t(`kind.${job.kind}`)}</span>
        )}
        <JobState job={job} />
        <LimitBadge job={job} />
        <span className="num text-sm break-all text-dim">{set}</span>
        {may && job.kind === 'backtest' && !isOpen(job) && (
          <Link to="/lab" search={{ from: job.id }} className={LINK}>
            <Pencil aria-hidden className="size-3.5" />
            {t('run.change')}
          </Link>
        )}
      </div>
      {asked !== '' && <p className="num text-xs wrap-break-word text-dim">{asked}</p>}
      {job.error !== null && (
        <p
          role="alert"
          className="rounded-lg border border-bad/40 bg-bad-soft p-3 text-sm text-bad"
        >
          {job.error}
        </p>
      )}
      {isOpen(job) && <p className="text-sm text-dim">{t('run.waits')}</p>}
      {job.state === 'done' && job.kind === 'backtest' && <Outcome job={job} />}
      {job.state === 'done' && <Report id={job.id} />}
    </div>
  )
}

function Outcome({ job }: { readonly job: JobRow }) {
  const { t } = useTranslation('lab')
  const { total, share, maxDrawdown, sharpe, fills } = headlineOf(job)
  return (
    <Card>
      <dl className="grid grid-cols-2 gap-4 sm:grid-cols-3 lg:grid-cols-6">
        <Stat label={t('runs.total')} value={<Money value={total} signed />} large />
        <Stat label={t('runs.return')} value={<Percent share={share} />} large />
        <Stat label={t('runs.drawdown')} value={<Percent share={maxDrawdown} />} />
        <Stat label={t('runs.sharpe')} value={sharpe?.toFixed(2) ?? '–'} />
        <Stat label={t('run.fills')} value={fills?.toLocaleString('en-US') ?? '–'} />
        <Stat label={t('run.ended')} value={<DateTime at={job.ended_at} />} />
      </dl>
    </Card>
  )
}

/** An address opens the report once: each frame asks for its own. */
function useAddress(id: string) {
  const [url, setUrl] = useState<string | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const [round, setRound] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round asks again
  useEffect(() => {
    let isWanted = true
    setUrl(null)
    setError(null)
    reportAddress(id).then(
      (address) => isWanted && setUrl(address),
      (fault: Error) => isWanted && setError(fault),
    )
    return () => {
      isWanted = false
    }
  }, [id, round])
  return { url, error, again: () => setRound(round + 1) }
}

/** The page that the command writes, in a frame that reaches nothing. */
function Report({ id }: { readonly id: string }) {
  const { t } = useTranslation('lab')
  const faultText = useFaultText()
  const { url, error, again } = useAddress(id)
  const open = () =>
    reportAddress(id).then(
      (url) => window.open(url, '_blank', 'noreferrer'),
      (fault: unknown) =>
        toast('bad', faultText(fault instanceof Error ? fault : new Error(String(fault)))),
    )
  return (
    <Card
      title={t('run.report')}
      flush
      actions={
        <Button
          small
          icon={<ExternalLink aria-hidden className="size-3.5" />}
          onClick={() => void open()}
        >
          {t('run.open')}
        </Button>
      }
    >
      {error !== null && <ErrorState error={error} onRetry={again} />}
      {url === null ? (
        error === null && <Skeleton lines={6} className="p-4" />
      ) : (
        <iframe
          title={t('run.report')}
          src={url}
          sandbox="allow-scripts allow-downloads"
          className="h-[80vh] min-h-96 w-full border-0 bg-back"
        />
      )}
    </Card>
  )
}
