/** The newest executions of the whole fleet; what has just come is seen for a moment. */
import { Link } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { ArrowLeftRight } from 'lucide-react'
import { memo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { FillRow } from '../../../../src/protocol/fleet-messages.ts'
import { Card } from '../../components/card.tsx'
import { Price, Quantity } from '../../components/numbers.tsx'
import { EmptyState, ErrorState, Skeleton } from '../../components/states.tsx'
import { clockTime, dateTime } from '../../lib/format.ts'
import { useFills } from '../../lib/queries.ts'
import { contractName } from './figures.ts'

const SHOWN = 40

const Fill = memo(function Fill({ fill, isNew }: { fill: FillRow; isNew: boolean }) {
  const { t } = useTranslation('fleet')
  const { instance, side, quantity, price, symbol, at } = fill
  const base = symbol.split('/')[0] ?? null
  return (
    <li
      className={clsx(
        'grid grid-cols-[auto_1fr_auto] items-baseline gap-x-2 border-b border-line px-4 py-1.5 text-sm last:border-b-0',
        isNew && 'fleet-arrival',
      )}
    >
      <span className={clsx('w-9 font-medium', side === 'buy' ? 'text-good' : 'text-bad')}>
        {t(`fills.side.${side}`)}
      </span>
      <span className="truncate">
        <Quantity value={quantity} unit={base} />
        <span className="text-faint"> @ </span>
        <Price value={price} />
      </span>
      <time dateTime={at} title={dateTime(at)} className="num text-xs text-dim">
        {clockTime(at)}
      </time>
      <Link
        to="/instances/$id"
        params={{ id: instance }}
        title={contractName(symbol)}
        className="col-span-2 col-start-2 truncate text-xs text-dim hover:text-ink hover:underline"
      >
        {instance}
      </Link>
    </li>
  )
})

/** Executions that were there when the page was opened are not news. */
function useOld(rows: readonly FillRow[] | undefined): ReadonlySet<string> | null {
  const old = useRef<ReadonlySet<string> | null>(null)
  if (rows !== undefined)
    old.current ??= new Set(rows.map(({ instance, id }) => `${instance} ${id}`))
  return old.current
}

function Rows() {
  const { t } = useTranslation('fleet')
  const { data, error, refetch } = useFills(null)
  const old = useOld(data)
  if (data === undefined) {
    if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />
    return <Skeleton lines={6} className="p-4" />
  }
  if (data.length === 0)
    return (
      <EmptyState title={t('fills.none')} icon={<ArrowLeftRight aria-hidden className="size-5" />}>
        {t('fills.soon')}
      </EmptyState>
    )
  return (
    <ul>
      {data.slice(0, SHOWN).map((fill) => {
        const key = `${fill.instance} ${fill.id}`
        return <Fill key={key} fill={fill} isNew={old?.has(key) === false} />
      })}
    </ul>
  )
}

export const FillsCard = memo(function FillsCard() {
  const { t } = useTranslation('fleet')
  return (
    <Card
      title={t('fills.title')}
      flush
      className="relative h-full"
      actions={<span className="text-xs text-dim">{t('fills.time')}</span>}
    >
      <section
        aria-label={t('fills.newest')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="h-[21rem] overflow-auto focus-visible:-outline-offset-2 xl:absolute xl:inset-0 xl:top-11 xl:h-auto"
      >
        <Rows />
      </section>
    </Card>
  )
})
