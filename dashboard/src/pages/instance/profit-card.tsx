import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { Badge } from '../../components/badge.tsx'
import { Card } from '../../components/card.tsx'
import { Money } from '../../components/numbers.tsx'
import { signOf, sumOf } from '../../lib/format.ts'
import { negated } from '../fleet/figures.ts'
import type { BotStatus } from './grid-status.ts'

type Amount = string | null

/** Parts that add up to a total; a cost is negative already. */
interface Sum {
  readonly parts: readonly { readonly name: string; readonly value: Amount }[]
  readonly total: Amount
}

function SumTable({
  caption,
  hint,
  sum,
}: {
  readonly caption: string
  readonly hint: ReactNode
  readonly sum: Sum
}) {
  const { t } = useTranslation('instance')
  const { parts, total } = sum
  const counted = sumOf(parts.map(({ value }) => value))
  const gap = total === null || counted === null ? null : sumOf([total, negated(counted)])
  const isOff = gap !== null && signOf(gap, 6) !== 0
  return (
    <table className="w-full text-sm">
      <caption className="pb-1 text-left text-xs text-dim">
        <span className="font-medium text-ink">{caption}</span> {hint}
      </caption>
      <tbody>
        {parts.map(({ name, value }, at) => (
          <tr key={name}>
            <td aria-hidden className="w-4 py-0.5 text-faint">
              {at === 0 ? '' : '+'}
            </td>
            <th scope="row" className="py-0.5 text-left font-normal text-dim">
              {name}
            </th>
            <td className="py-0.5 text-right">
              <Money value={value} places={4} signed />
            </td>
          </tr>
        ))}
        <tr className="border-t border-edge">
          <td aria-hidden className="py-1 text-faint">
            =
          </td>
          <th scope="row" className="py-1 text-left font-semibold">
            {t('profit.total')}
          </th>
          <td className="py-1 text-right font-semibold">
            <Money value={total} places={4} signed />
          </td>
        </tr>
        {isOff && (
          <tr>
            <td colSpan={3} className="pt-1 text-xs text-bad">
              {t('profit.gap')} <Money value={gap} places={4} signed />
            </td>
          </tr>
        )}
      </tbody>
    </table>
  )
}

/** Profit in parts, counted twice: by the books, and by the grid. Both come to the same. */
export function ProfitCard({
  instance,
  status,
  isOld,
}: {
  readonly instance: InstanceView
  readonly status: BotStatus | undefined
  readonly isOld: boolean
}) {
  const { t } = useTranslation('instance')
  const { books, pnl } = instance
  const ledger = status?.pnl
  const grid = status?.grid
  const told: Sum = {
    parts: [
      { name: t('profit.realised'), value: ledger?.realised ?? books?.realised ?? null },
      { name: t('profit.unrealised'), value: ledger?.unrealised ?? books?.unrealised ?? null },
      { name: t('profit.funding'), value: ledger?.funding ?? books?.funding ?? null },
      { name: t('profit.fees'), value: negated(ledger?.fees ?? books?.fees ?? null) },
    ],
    total: ledger?.total ?? pnl,
  }
  const isKnown = told.parts.some(({ value }) => value !== null)
  const seldom = [
    { name: t('profit.entryAdjustment'), value: grid?.entry_adjustment ?? null },
    { name: t('profit.closed'), value: grid?.closed ?? null },
  ].filter(({ value }) => signOf(value) !== 0)
  const cells: Sum = {
    parts: [
      { name: t('profit.grid'), value: grid?.grid_profit ?? null },
      { name: t('profit.inventory'), value: grid?.inventory ?? null },
      ...seldom,
      { name: t('profit.funding'), value: grid?.funding ?? null },
      { name: t('profit.fees'), value: negated(grid?.fees ?? null) },
    ],
    total: grid?.total ?? null,
  }
  return (
    <Card
      title={t('profit.title')}
      actions={
        <>
          {isOld && <Badge tone="warn">{t('lastKnown')}</Badge>}
          <span className="text-xs text-dim">{status?.settle ?? books?.settle}</span>
        </>
      }
    >
      <div className={clsx('space-y-4', isOld && 'as-of')}>
        {!isKnown && <p className="text-sm text-dim">{t('profit.unknown')}</p>}
        {isKnown && <SumTable caption={t('profit.byBooks')} hint={null} sum={told} />}
        {instance.legs === undefined && cells.total !== null && (
          <SumTable
            caption={t('profit.byGrid')}
            hint={t('profit.cells', { n: grid?.completed_cells ?? 0 })}
            sum={cells}
          />
        )}
        {cells.total === null && books?.grid_profit != null && (
          <p className="flex justify-between text-sm" title={t('profit.gridHint')}>
            <span className="text-dim">{t('profit.gridOf')}</span>
            <Money value={books.grid_profit} places={4} signed />
          </p>
        )}
      </div>
    </Card>
  )
}
