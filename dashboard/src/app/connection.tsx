/** How current everything on the screen is. */
import { clsx } from 'clsx'
import { PlugZap, Unplug } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Tooltip } from '../components/tooltip.tsx'
import { clockTime } from '../lib/format.ts'
import { type ConnectionState, useConnection } from '../lib/stream.ts'

/** True while what is shown is of now; else it is dimmed. */
export const isCurrent = (state: ConnectionState): boolean =>
  state === 'live' || state === 'polling' || state === 'connecting'

const TONES: Readonly<Record<ConnectionState, string>> = {
  connecting: 'text-info',
  live: 'text-good',
  polling: 'text-warn',
  stale: 'text-warn',
  down: 'text-bad',
}

/** A dot and a word in the header. */
export function ConnectionIndicator() {
  const { t } = useTranslation()
  const { state } = useConnection()
  return (
    <Tooltip text={t(`connection.hint.${state}`)}>
      <span
        // biome-ignore lint/a11y/noNoninteractiveTabindex: its explanation must be reachable by keyboard
        tabIndex={0}
        role="status"
        data-connection={state}
        className={clsx(
          'inline-flex items-center gap-1.5 rounded px-1.5 py-1 text-xs font-medium whitespace-nowrap',
          TONES[state],
        )}
      >
        <span
          aria-hidden
          className={clsx('size-2 rounded-full bg-current', state !== 'live' && 'animate-breathe')}
        />
        {t(`connection.${state}`)}
      </span>
    </Tooltip>
  )
}

/** Over the whole width while there is no line: nobody may take old numbers for a quiet market. */
export function ConnectionBanner() {
  const { t } = useTranslation()
  const { state, asOf } = useConnection()
  if (state !== 'down' && state !== 'stale') return null
  const isDown = state === 'down'
  const Icon = isDown ? Unplug : PlugZap
  return (
    <div
      role="alert"
      className={clsx(
        'flex items-center justify-center gap-2 px-4 py-2 text-center text-sm font-medium',
        isDown ? 'bg-bad-soft text-bad' : 'bg-warn-soft text-warn',
      )}
    >
      <Icon aria-hidden className="size-4 shrink-0" />
      <span>
        {t(isDown ? 'connection.banner.down' : 'connection.banner.stale')}
        {asOf !== null && ` ${t('connection.asOf', { time: clockTime(asOf) })}`}
      </span>
    </div>
  )
}
