/** How a job stands, as a word or as a bar that fills. */
import { useTranslation } from 'react-i18next'
import type { JobRow } from '../../../../src/protocol/lab-messages.ts'
import { Badge, type Tone } from '../../components/badge.tsx'
import { headlineOf } from './lab-data.ts'

const TONES: Readonly<Record<JobRow['state'], Tone>> = {
  queued: 'info',
  running: 'info',
  done: 'good',
  failed: 'bad',
  cancelled: 'quiet',
  interrupted: 'warn',
}

export function JobState({ job }: { readonly job: JobRow }) {
  const { t } = useTranslation('lab')
  const { state, progress } = job
  if (state === 'running') return <Progress share={progress ?? 0} />
  return <Badge tone={TONES[state]}>{t(`state.${state}`)}</Badge>
}

export function Progress({ share }: { readonly share: number }) {
  const { t } = useTranslation('lab')
  const percent = Math.round(share * 100)
  return (
    <span className="inline-flex items-center gap-2">
      <progress
        aria-label={t('progress')}
        value={percent}
        max={100}
        className="h-1.5 w-24 overflow-hidden rounded-full accent-accent"
      />
      <span className="num text-xs text-dim">{percent} %</span>
    </span>
  )
}

/** A run whose entries a limit has ended tells little of its strategy. */
export function LimitBadge({ job }: { readonly job: JobRow }) {
  const { t } = useTranslation('lab')
  const { limit } = headlineOf(job)
  if (limit === null) return null
  return (
    <Badge tone="warn">
      <span title={t('limited', limit)}>{t('limitedShort', limit)}</span>
    </Badge>
  )
}
