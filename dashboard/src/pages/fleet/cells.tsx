/** What rows and cards show of an instance. */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { memo, type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { EquityPoint } from '../../../../src/protocol/api-messages.ts'
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { Badge, StateBadge } from '../../components/badge.tsx'
import { Money, Quantity } from '../../components/numbers.tsx'
import { Sparkline } from '../../components/sparkline.tsx'
import { get, type Page } from '../../lib/api.ts'
import { clockTime, formatDecimal, plotted } from '../../lib/format.ts'
import { useRelay } from '../../lib/i18n.ts'
import { type Act, buttonSays, wayOutOf } from './actions.ts'
import {
  baseOf,
  contractName,
  heldText,
  isLeftOpen,
  isOpen,
  legsOf,
  missingCount,
  missingOf,
} from './figures.ts'
import { useRights } from './use-rights.ts'

interface CellProps {
  readonly item: InstanceView
}

/** @param badge on a phone the state stands here */
export function Identity({ item, badge }: CellProps & { readonly badge?: ReactNode }) {
  const { t } = useTranslation('fleet')
  const { id, name, symbol, venue, mode, tags } = item
  return (
    <div className="min-w-0">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
        <Link
          to="/instances/$id"
          params={{ id }}
          className="font-medium break-all hover:underline"
          onClick={(event) => event.stopPropagation()}
        >
          {id}
        </Link>
        {badge}
        <Badge
          tone={
            mode === 'live' ? 'bad' : mode === 'testnet' || mode === 'sandbox' ? 'info' : 'quiet'
          }
        >
          {t(`mode.${mode}`)}
        </Badge>
        {tags.map((tag) => (
          <span key={tag} className="text-xs text-faint">
            #{tag}
          </span>
        ))}
      </div>
      <p className="text-xs text-dim wrap-break-word">
        {symbol === '' ? name : `${name} · ${contractName(symbol)} · ${venue}`}
      </p>
    </div>
  )
}

/** Why it is not simply running, and what leads out. */
export function Reason({ item, clamped }: CellProps & { readonly clamped: boolean }) {
  const relay = useRelay()
  const rights = useRights()
  const { restraint, reason, state } = item
  const why = restraint?.why ?? reason
  if (why === null || why === '') return null
  const text = relay(why)
  const isSaid = restraint == null || buttonSays(item, rights)
  const way = isSaid ? '' : relay(restraint.way_out)
  const isBad = state === 'killed' || state === 'quarantined' || state === 'halted'
  return (
    <div className="text-xs" title={clamped ? `${text}\n${way}`.trim() : undefined}>
      <p className={clsx(clamped && 'line-clamp-2', isBad ? 'text-bad' : 'text-ink')}>{text}</p>
      {way !== '' && <p className={clsx('text-dim', clamped && 'line-clamp-3')}>{way}</p>}
    </div>
  )
}

/** A position that nobody trades must not look calm. */
export function HeldNote({ item }: CellProps) {
  const { t } = useTranslation('fleet')
  if (!isLeftOpen(item)) return null
  const { position, restraint, legs } = item
  const since = restraint?.state === item.state ? restraint.since : null
  const amount = legs === undefined ? formatDecimal(position, { upTo: 8 }) : heldText(item)
  const unit = legs === undefined ? baseOf(item) : ''
  return (
    <p className="text-xs font-medium text-warn">
      {since === null
        ? t('row.heldOld', { amount, unit })
        : t('row.held', { amount, unit, time: clockTime(since).slice(0, 5) })}
    </p>
  )
}

/** Of a pair, what is held on one leg alone. */
export function UnhedgedNote({ item }: CellProps) {
  const { t } = useTranslation('fleet')
  const relay = useRelay()
  const { unhedged = null } = item
  if (unhedged === null) return null
  const { amount, base, since, why } = unhedged
  return (
    <p className="text-xs font-medium text-bad wrap-break-word">
      {t('row.unhedged', { amount, base, time: clockTime(since), why: relay(why) })}
    </p>
  )
}

interface StateProps extends CellProps {
  readonly onAct: Act
}

/** The state, and what leads out of it. */
export function StateLine({ item, onAct }: StateProps) {
  const { t } = useTranslation('fleet')
  const way = wayOutOf(item, useRights())
  return (
    <span className="flex items-center gap-1.5">
      <StateBadge state={item.state} />
      {way !== null && (
        <button
          type="button"
          aria-label={t(`ask.${way}`, { id: item.id })}
          onClick={(event) => {
            event.stopPropagation()
            onAct(item.id, way)
          }}
          className="rounded-full border border-edge px-2 py-0.5 text-xs font-medium text-accent hover:bg-accent-soft phone:py-1.5"
        >
          {t(`action.${way}`)}
        </button>
      )}
    </span>
  )
}

export const StateCell = ({ item, onAct }: StateProps) => (
  <div className="space-y-1">
    <StateLine item={item} onAct={onAct} />
    <UnhedgedNote item={item} />
    <HeldNote item={item} />
    <Reason item={item} clamped />
  </div>
)

/** `78/80`, and why the two are missing. */
export function OrdersCell({ item, clamped }: CellProps & { readonly clamped: boolean }) {
  const relay = useRelay()
  const { orders, orders_wanted: wanted } = item
  if (orders === null) return <span className="text-dim">–</span>
  const reasons = missingOf(item).map(({ count, text }) => `${count} × ${relay(text)}`)
  const isMissing = missingCount(item) > 0
  return (
    <div title={reasons.join('\n')} className={clsx(clamped && 'max-w-44')}>
      <span className={clsx('num', isMissing && 'font-medium text-warn')}>
        {orders}
        {wanted != null && <span className={clsx(!isMissing && 'text-dim')}>/{wanted}</span>}
      </span>
      {reasons[0] !== undefined && (
        <p className={clsx('text-xs text-dim', clamped && 'line-clamp-2')}>
          {reasons[0]}
          {reasons.length > 1 && ` +${reasons.length - 1}`}
        </p>
      )}
    </div>
  )
}

export function PositionCell({ item }: CellProps) {
  const { t } = useTranslation('fleet')
  const { books, position_venue: venue } = item
  const unitOf = ({ symbol }: { readonly symbol: string }) =>
    item.legs === undefined ? baseOf(item) : (symbol.split('/')[0] ?? '')
  return (
    <>
      {legsOf(item).map((leg) => (
        <div key={`${leg.venue} ${leg.symbol}`} title={`${leg.symbol} · ${leg.venue}`}>
          <Quantity value={leg.position} signed unit={leg.position === null ? null : unitOf(leg)} />
        </div>
      ))}
      {isOpen(item) && books?.unrealised != null && (
        <p className="text-xs">
          <Money value={books.unrealised} signed />
        </p>
      )}
      {venue != null && (
        <p className="text-xs text-bad">
          {t('row.venueSays', { amount: formatDecimal(venue, { upTo: 8 }) })}
        </p>
      )}
    </>
  )
}

/** `59 MB · 0.3 %`. */
export function UsageCell({ item }: CellProps) {
  const { memory_mb: memory, cpu_percent: cpu } = item
  if (memory === null) return <span className="text-dim">–</span>
  return (
    <span className="num whitespace-nowrap">
      {memory} <span className="text-xs text-dim">MB</span>
      {cpu !== null && <span className="block text-xs text-dim">{cpu.toFixed(1)} %</span>}
    </span>
  )
}

const POINTS = 60
const ANEW_MS = 120_000

/** The last hour in few points. The stream adds to it; a gap is filled when it is asked for anew. */
const useSpark = (id: string) =>
  useQuery({
    queryKey: ['equity', id, 'spark'],
    queryFn: async ({ signal }): Promise<readonly EquityPoint[]> => {
      const path = `/instances/${encodeURIComponent(id)}/equity`
      return (await get<Page<EquityPoint>>(path, { span: '1h', limit: POINTS }, signal)).items
    },
    staleTime: ANEW_MS,
    refetchInterval: ANEW_MS,
  })

export const Spark = memo(function Spark({
  id,
  className,
}: {
  readonly id: string
  readonly className?: string
}) {
  const { t } = useTranslation('fleet')
  const { data } = useSpark(id)
  const values = useMemo(() => (data ?? []).map(({ equity }) => plotted(equity)), [data])
  return (
    <Sparkline
      values={values}
      label={t('row.spark', { id })}
      {...(className !== undefined && { className })}
    />
  )
})
