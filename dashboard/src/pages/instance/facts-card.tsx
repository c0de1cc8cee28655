import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Badge } from '../../components/badge.tsx'
import { Card } from '../../components/card.tsx'
import { Money, Price, Quantity } from '../../components/numbers.tsx'
import { useRelay, useTradeWord } from '../../lib/i18n.ts'
import type { BotStatus } from './grid-status.ts'

interface Fact {
  readonly name: string
  readonly value: ReactNode
}

const priceFact = (name: string, value: string | null | undefined): Fact[] =>
  value == null ? [] : [{ name, value: <Price value={value} /> }]

function useFacts(status: BotStatus): readonly Fact[] {
  const { t } = useTranslation('instance')
  const word = useTradeWord()
  const relay = useRelay()
  const { grid, position, pnl, settle, parameters } = status
  const unit = position?.base ?? null
  const kept = Number(parameters['open_orders_max'] ?? 0)
  const facts: Fact[] = []
  if (grid?.range !== undefined && grid.range !== null)
    facts.push({
      name: t('facts.range'),
      value: (
        <>
          <Price value={grid.range.lower} /> – <Price value={grid.range.upper} />
        </>
      ),
    })
  if (parameters['grid_num'] !== undefined)
    facts.push({ name: t('facts.lines'), value: String(parameters['grid_num']) })
  if (grid?.type !== undefined)
    facts.push({
      name: t('facts.type'),
      value: `${word(grid.type)} · ${word(grid.mode ?? '')}`,
    })
  if (grid?.quantity !== undefined)
    facts.push({
      name: t('facts.quantity'),
      value: <Quantity value={grid.quantity} unit={unit} />,
    })
  if (kept > 0) facts.push({ name: t('facts.openOrdersMax'), value: String(kept) })
  if (grid?.position_wanted !== undefined && grid.position_wanted !== position?.quantity)
    facts.push({
      name: t('facts.wanted'),
      value: <Quantity value={grid.position_wanted} signed unit={unit} />,
    })
  if (pnl !== undefined)
    facts.push({
      name: t('facts.capital'),
      value: <Money value={pnl.capital} currency={settle ?? null} />,
    })
  facts.push(
    ...priceFact(t('facts.stop'), grid?.stop_price ?? grid?.stop_loss_price),
    ...priceFact(t('facts.target'), grid?.take_profit_price),
    ...priceFact(t('facts.trigger'), grid?.trigger_price),
  )
  if (grid?.trailing_stop != null)
    facts.push({ name: t('facts.trailing'), value: `${grid.trailing_stop} %` })
  if (grid?.finish != null) facts.push({ name: t('facts.finish'), value: relay(grid.finish) })
  return facts
}

/** How the grid is laid out, and what is special about it now. */
export function FactsCard({ status }: { readonly status: BotStatus }) {
  const { t } = useTranslation('instance')
  const relay = useRelay()
  const facts = useFacts(status)
  const { grid, adjusted = null, disagreements = [] } = status
  const notes = (
    <>
      {grid?.in_range === false && <Badge tone="warn">{t('facts.outside')}</Badge>}
      {adjusted !== null && <Badge tone="info">{t('facts.adjusted')}</Badge>}
    </>
  )
  return (
    <Card title={t('facts.title')} actions={notes}>
      <dl className="space-y-1 text-sm">
        {facts.map(({ name, value }) => (
          <div key={name} className="flex justify-between gap-4">
            <dt className="text-dim">{name}</dt>
            <dd className="num text-right">{value}</dd>
          </div>
        ))}
      </dl>
      {disagreements.length > 0 && (
        <ul className="mt-3 space-y-1 rounded-md bg-bad-soft p-3 text-xs text-bad">
          {disagreements.map((text) => (
            <li key={text}>{relay(text)}</li>
          ))}
        </ul>
      )}
    </Card>
  )
}
