/** GET /health in words: the control plane and what it stands on. */
import { useQuery } from '@tanstack/react-query'
import { clsx } from 'clsx'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { CheckStatus, HealthReport } from '../../../../src/protocol/fleet-messages.ts'
import { Duration } from '../../components/numbers.tsx'
import { Tooltip } from '../../components/tooltip.tsx'
import { clockTime } from '../../lib/format.ts'
import { useConnection } from '../../lib/stream.ts'

const EACH_MS = 5000
const CHECKS = ['bots', 'venues', 'database', 'memory', 'disk', 'redis'] as const

const TONES: Readonly<Record<CheckStatus, string>> = {
  healthy: 'text-good',
  warning: 'text-warn',
  unhealthy: 'text-bad',
  disabled: 'text-faint',
}

/** 503 carries the same report. */
async function askHealth({ signal }: { readonly signal: AbortSignal }): Promise<HealthReport> {
  const response = await fetch('/health', { signal })
  return (await response.json()) as HealthReport
}

const useHealth = () =>
  useQuery({ queryKey: ['health'], queryFn: askHealth, refetchInterval: EACH_MS })

interface CheckProps {
  readonly name: (typeof CHECKS)[number]
  readonly status: CheckStatus
  /** Of the last answer, which is no longer of now. */
  readonly isOld: boolean
}

function Check({ name, status, isOld }: CheckProps) {
  const { t } = useTranslation('fleet')
  const tone = isOld ? 'text-dim' : TONES[status]
  return (
    <Tooltip text={t(`health.hint.${name}`)}>
      <li
        // biome-ignore lint/a11y/noNoninteractiveTabindex: its explanation must be reachable by keyboard
        tabIndex={0}
        data-check={name}
        className={clsx(
          'flex items-center gap-1.5 rounded whitespace-nowrap',
          // a phone shows what is not as it should be
          (status === 'healthy' || status === 'disabled') && 'phone:hidden',
        )}
      >
        <span aria-hidden className={clsx('size-1.5 rounded-full bg-current', tone)} />
        <span className="text-dim">{t(`health.check.${name}`)}</span>
        <span className={clsx('font-medium', tone)}>
          {name === 'bots' && status === 'warning'
            ? t('health.look')
            : t(`health.status.${status}`)}
        </span>
      </li>
    </Tooltip>
  )
}

const OVERALL = { healthy: 'text-good', degraded: 'text-warn', unhealthy: 'text-bad' } as const

interface StripProps {
  /** Instances at rest that hold a position. */
  readonly held: number
}

export const HealthStrip = memo(function HealthStrip({ held }: StripProps) {
  const { t } = useTranslation('fleet')
  const { data, dataUpdatedAt, isError } = useHealth()
  const { state } = useConnection()
  if (data === undefined) return <div className="h-9" />
  // nobody may read the last answer as that of now while nothing comes
  const isOld = isError || state === 'down' || state === 'stale'
  return (
    <section
      aria-label={t('health.title')}
      className="flex flex-wrap items-center gap-x-5 gap-y-1.5 rounded-lg border border-line bg-panel px-4 py-2 text-xs"
    >
      <p
        className={clsx('font-semibold', isOld ? 'text-warn' : OVERALL[data.status])}
        data-health={isOld ? 'unknown' : data.status}
      >
        {isOld
          ? t('health.unknown', { time: clockTime(dataUpdatedAt) })
          : t(`health.overall.${data.status}`)}
      </p>
      {held > 0 && <p className="font-medium text-warn">{t('health.held', { n: held })}</p>}
      <ul className="contents">
        {CHECKS.map((name) => (
          <Check key={name} name={name} status={data.checks[name]} isOld={isOld} />
        ))}
      </ul>
      <p className="num text-dim sm:ml-auto">
        {t('health.uptime')} <Duration seconds={data.uptime} />
      </p>
    </section>
  )
})
