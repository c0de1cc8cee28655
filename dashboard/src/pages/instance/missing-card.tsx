import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { InstanceView, MissingOrders } from '../../../../src/protocol/fleet-messages.ts'
import { Badge } from '../../components/badge.tsx'
import { Card } from '../../components/card.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { Price, Quantity } from '../../components/numbers.tsx'
import { useRelay, useTradeWord } from '../../lib/i18n.ts'
import { adviceOf } from './advice.ts'
import type { GridOrders, MissingOrder } from './chart-lines.ts'
import { SideWord } from './side-word.tsx'

function useAdvice(): (reason: string) => string {
  const { t } = useTranslation('instance')
  return (reason) => {
    const advice = adviceOf(reason)
    return advice === null ? '' : t(`advice.${advice}`)
  }
}

/** Of all reasons, the most frequent first: how many, why, and what to do. */
function Summary({ groups }: { readonly groups: readonly MissingOrders[] }) {
  const { t } = useTranslation('instance')
  const relay = useRelay()
  const advice = useAdvice()
  return (
    <ul className="space-y-2 px-4 py-3">
      {groups.map(({ reason, text, count }) => (
        <li key={reason} className="flex gap-3 text-sm">
          <span className="num w-10 shrink-0 text-right font-semibold text-warn">{count}</span>
          <span className="min-w-0">
            <span className="wrap-break-word">{relay(text)}</span>{' '}
            <code className="text-2xs text-faint">{reason}</code>
            {advice(reason) !== '' && (
              <span className="block text-xs text-dim">
                {t('missing.todo', { advice: advice(reason) })}
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

function groupsOf(orders: GridOrders): MissingOrders[] {
  const groups = new Map<string, MissingOrders>()
  for (const { reason, text } of orders.missing) {
    const count = (groups.get(reason)?.count ?? 0) + 1
    groups.set(reason, { reason, text, count })
  }
  return [...groups.values()].sort((a, b) => b.count - a.count)
}

function useColumns(): readonly Column<MissingOrder>[] {
  const { t } = useTranslation('instance')
  const relay = useRelay()
  const word = useTradeWord()
  return useMemo(
    (): readonly Column<MissingOrder>[] => [
      {
        id: 'price',
        header: t('columns.price'),
        numeric: true,
        lead: true,
        cell: ({ price }) => <Price value={price} className="font-medium" />,
      },
      {
        id: 'side',
        header: t('columns.side'),
        cell: ({ side }) => <SideWord side={side} />,
      },
      {
        id: 'quantity',
        header: t('columns.quantity'),
        numeric: true,
        cell: ({ quantity }) =>
          quantity === 'position' ? word(quantity) : <Quantity value={quantity} />,
      },
      {
        id: 'slot',
        header: t('columns.slot'),
        rare: true,
        cell: ({ slot }) => <code>{slot}</code>,
      },
      {
        id: 'why',
        header: t('columns.why'),
        wide: true,
        className: 'w-full',
        cell: ({ reason, text }) => (
          <>
            <span className="wrap-break-word">{relay(text)}</span>{' '}
            <code className="text-2xs text-faint">{reason}</code>
          </>
        ),
      },
    ],
    [t, relay, word],
  )
}

/** Every order that is wanted and does not rest. Nothing when all rest. */
export function MissingCard({
  instance,
  orders,
}: {
  readonly instance: InstanceView
  readonly orders: GridOrders
}) {
  const { t } = useTranslation('instance')
  const columns = useColumns()
  const told = groupsOf(orders)
  const groups = told.length > 0 ? told : (instance.missing_orders ?? [])
  if (groups.length === 0) return null
  const count = groups.reduce((sum, group) => sum + group.count, 0)
  return (
    <Card title={t('missing.title')} actions={<Badge tone="warn">{count}</Badge>} flush>
      <Summary groups={groups} />
      {orders.missing.length > 0 && (
        <details className="border-t border-line">
          <summary className="px-4 py-2.5 text-sm text-dim hover:text-ink">
            {t('missing.each')}
          </summary>
          <DataTable
            label={t('missing.title')}
            columns={columns}
            rows={orders.missing}
            rowKey={({ slot }) => slot}
            height="max-h-96"
          />
        </details>
      )}
    </Card>
  )
}
