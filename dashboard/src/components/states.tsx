/** What stands where nothing, nothing yet, or a fault is. */
import { clsx } from 'clsx'
import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiFault } from '../lib/api.ts'
import { useRelay } from '../lib/i18n.ts'
import { Button } from './button.tsx'

/** Something is on its way. */
export function Skeleton({
  lines = 1,
  className,
}: {
  readonly lines?: number
  readonly className?: string
}) {
  const { t } = useTranslation()
  return (
    <output aria-label={t('loading')} className={clsx('block space-y-2', className)}>
      {Array.from({ length: lines }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines without content of their own
        <span key={at} className="block h-6 animate-pulse rounded bg-raised" />
      ))}
    </output>
  )
}

interface EmptyStateProps {
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly icon?: ReactNode
}

export const EmptyState = ({ title, children, icon }: EmptyStateProps) => (
  <div className="flex flex-col items-center gap-1 px-6 py-10 text-center">
    {icon !== undefined && <span className="mb-1 text-faint">{icon}</span>}
    <p className="text-sm font-medium text-dim">{title}</p>
    {children !== undefined && <div className="max-w-md text-xs text-dim">{children}</div>}
  </div>
)

/** One sentence for an error: the server's in the reader's language, or that it does not answer. */
export function useFaultText(): (error: Error) => string {
  const { t } = useTranslation()
  const relay = useRelay()
  return (error) => {
    if (!(error instanceof ApiFault)) return t('fault.unexpected', { message: error.message })
    if (error.code === 'UNREACHABLE') return t('fault.unreachable')
    if (error.code === 'TOO_MANY_REQUESTS') return t('fault.tooMany')
    if (error.code === 'FORBIDDEN') return t('fault.forbidden', { message: relay(error.message) })
    return relay(error.message)
  }
}

interface ErrorStateProps {
  readonly error: Error
  readonly onRetry?: () => void
}

export function ErrorState({ error, onRetry }: ErrorStateProps) {
  const { t } = useTranslation()
  const textOf = useFaultText()
  return (
    <div role="alert" className="flex flex-col items-center gap-3 px-6 py-10 text-center">
      <CircleAlert aria-hidden className="size-5 text-bad" />
      <p className="max-w-md text-sm wrap-break-word text-ink">{textOf(error)}</p>
      {onRetry !== undefined && (
        <Button small onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
    </div>
  )
}
