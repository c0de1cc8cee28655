/** The instances as cards, for a phone. */
import { clsx } from 'clsx'
import { memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { Duration, Money } from '../../components/numbers.tsx'
import { ActionMenu } from './action-menu.tsx'
import type { Act } from './actions.ts'
import {
  HeldNote,
  Identity,
  OrdersCell,
  PositionCell,
  Reason,
  Spark,
  StateLine,
  UnhedgedNote,
} from './cells.tsx'
import { isLeftOpen } from './figures.ts'

interface FigureProps {
  readonly label: string
  readonly wide?: boolean
  readonly children: ReactNode
}

const Figure = ({ label, wide = false, children }: FigureProps) => (
  <div className={wide ? 'col-span-2 min-w-0' : 'min-w-0'}>
    <dt className="text-2xs text-dim">{label}</dt>
    <dd className="num text-sm">{children}</dd>
  </div>
)

function Technical({ item }: { readonly item: InstanceView }) {
  const { t } = useTranslation('fleet')
  const { fills, restarts, memory_mb: memory, cpu_percent: cpu, uptime_s: uptime } = item
  return (
    <p className="num flex flex-wrap gap-x-3 text-xs text-dim">
      <span>{t('row.fills', { n: fills ?? '–' })}</span>
      <span className={restarts > 0 ? 'text-warn' : ''}>{t('row.restarts', { n: restarts })}</span>
      {memory !== null && (
        <span>
          {memory} MB · {cpu === null ? '–' : cpu.toFixed(1)} %
        </span>
      )}
      {uptime !== null && <Duration seconds={uptime} />}
    </p>
  )
}

interface CardProps {
  readonly item: InstanceView
  readonly onAct: Act
}

const InstanceCard = memo(function InstanceCard({ item, onAct }: CardProps) {
  const { t } = useTranslation('fleet')
  return (
    <li
      data-instance={item.id}
      className="space-y-2.5 border-b border-line px-4 py-3 last:border-b-0"
    >
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <Identity item={item} badge={<StateLine item={item} onAct={onAct} />} />
        </div>
        <ActionMenu item={item} onAct={onAct} />
      </div>
      <UnhedgedNote item={item} />
      <HeldNote item={item} />
      <Reason item={item} clamped={false} />
      <dl className={clsx('grid grid-cols-3 gap-x-3 gap-y-2', isLeftOpen(item) && 'as-of')}>
        <Figure label={t('column.equity')}>
          <Money value={item.equity} />
        </Figure>
        <Figure label={t('column.today')}>
          <Money value={item.pnl_today} signed />
        </Figure>
        <Figure label={t('column.total')}>
          <Money value={item.pnl} signed />
        </Figure>
        <Figure label={t('column.position')}>
          <PositionCell item={item} />
        </Figure>
        <Figure label={t('column.orders')} wide>
          <OrdersCell item={item} clamped={false} />
        </Figure>
      </dl>
      <Spark id={item.id} className={clsx('h-8 w-full', isLeftOpen(item) && 'as-of')} />
      <Technical item={item} />
    </li>
  )
})

interface InstanceCardsProps {
  readonly items: readonly InstanceView[]
  readonly onAct: Act
}

export const InstanceCards = ({ items, onAct }: InstanceCardsProps) => (
  <ul>
    {items.map((item) => (
      <InstanceCard key={item.id} item={item} onAct={onAct} />
    ))}
  </ul>
)
