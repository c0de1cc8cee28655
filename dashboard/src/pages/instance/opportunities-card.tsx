import { useQuery } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ExecutedRow } from '../../../../src/protocol/arbitrage-messages.ts'
import { Badge, type Tone } from '../../components/badge.tsx'
import { Card } from '../../components/card.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { DateTime, Duration, Money, Percent, Quantity } from '../../components/numbers.tsx'
import { EmptyState } from '../../components/states.tsx'
import { read } from '../../lib/api.ts'
import { useRelay } from '../../lib/i18n.ts'
import { negated } from '../fleet/figures.ts'

type Words = TFunction<'pair'>
type Say = (text: string) => string
type Outcome = NonNullable<ExecutedRow['outcome']> | 'held'

const STEP_MS = 2000
/** As many as an instance keeps, and the open one. */
const ROWS = 51

const TONES: Readonly<Record<Outcome, Tone>> = {
  held: 'info',
  profit: 'good',
  loss: 'bad',
  unwound: 'warn',
}

const outcomeOf = ({ outcome }: ExecutedRow): Outcome => outcome ?? 'held'

const timeColumns = (t: Words): readonly Column<ExecutedRow>[] => [
  {
    id: 'opened',
    header: t('taken.opened'),
    lead: true,
    cell: ({ number, opened_at: at }) => (
      <span className="whitespace-nowrap">
        <span className="num mr-2 text-xs text-dim">{number}</span>
        <DateTime at={at} />
      </span>
    ),
  },
  {
    id: 'closed',
    header: t('taken.closed'),
    cell: ({ closed_at: at, held_s: seconds }) => (
      <>
        <DateTime at={at} />
        <span className="block text-xs text-dim">
          <Duration seconds={seconds} />
        </span>
      </>
    ),
  },
  {
    id: 'outcome',
    header: t('taken.outcome'),
    cell: (row) => <Badge tone={TONES[outcomeOf(row)]}>{t(`outcome.${outcomeOf(row)}`)}</Badge>,
  },
]

const figureColumns = (t: Words): readonly Column<ExecutedRow>[] => [
  {
    id: 'size',
    header: t('taken.size'),
    numeric: true,
    cell: ({ size, base, first_leg: side }) => (
      <>
        <Quantity value={size} unit={base} />
        <span className="block text-xs whitespace-nowrap text-dim">
          {side === 'long' ? t('taken.long') : t('taken.short')}
        </span>
      </>
    ),
  },
  {
    id: 'result',
    header: t('taken.result'),
    numeric: true,
    cell: ({ total, settle }) => (
      <Money value={total} signed currency={settle} className="font-medium" />
    ),
  },
  {
    id: 'legs',
    header: t('taken.legs'),
    numeric: true,
    cell: ({ legs }) => (
      <ul className="text-xs">
        {legs.map(({ venue, symbol, total, settle }) => (
          <li key={`${venue} ${symbol}`} className="whitespace-nowrap" title={symbol}>
            <span className="text-dim">{venue}</span> <Money value={total} signed />{' '}
            <span className="text-dim">{settle}</span>
          </li>
        ))}
      </ul>
    ),
  },
  {
    id: 'fees',
    header: t('taken.fees'),
    numeric: true,
    cell: ({ fees }) => <Money value={negated(fees)} />,
  },
  {
    id: 'funding',
    header: t('taken.funding'),
    numeric: true,
    cell: ({ funding }) => <Money value={funding} signed />,
  },
  {
    id: 'slippage',
    header: t('taken.slippage'),
    numeric: true,
    // A cost: positive is worse, as the command line has it.
    cell: ({ slippage }) => <Money value={slippage} />,
  },
]

const returnColumns = (t: Words, relay: Say): readonly Column<ExecutedRow>[] => [
  {
    id: 'return',
    header: t('taken.return'),
    numeric: true,
    cell: ({ margin_return: share }) => <Percent share={share} />,
  },
  {
    id: 'yearly',
    header: t('taken.yearly'),
    numeric: true,
    cell: ({ annual_return: share }) =>
      share === null ? <span title={t('taken.noYear')}>–</span> : <Percent share={share} />,
  },
  {
    id: 'exit',
    header: t('taken.exit'),
    wide: true,
    className: 'w-full text-dim',
    cell: ({ exit }) => (exit === null ? '–' : relay(exit)),
  },
]

/** What the pair came to each time: from both legs flat to both flat again. */
export function OpportunitiesCard({ id }: { readonly id: string }) {
  const { t } = useTranslation('pair')
  const relay = useRelay()
  const { data, error, refetch } = useQuery({
    queryKey: ['executed', id],
    queryFn: async ({ signal }) => {
      const query = { instance: id, limit: String(ROWS) }
      return (await read('/api/v1/arbitrage/executed', { params: { query }, signal })).items
    },
    refetchInterval: STEP_MS,
    meta: { live: true },
  })
  const columns = useMemo(
    () => [...timeColumns(t), ...figureColumns(t), ...returnColumns(t, relay)],
    [t, relay],
  )
  return (
    <Card
      title={t('taken.title')}
      actions={<span className="num text-xs text-dim">{data?.length}</span>}
      flush
    >
      <DataTable
        label={t('taken.title')}
        columns={columns}
        rows={data}
        rowKey={({ number }) => String(number)}
        empty={<EmptyState title={t('taken.none')}>{t('taken.when')}</EmptyState>}
        error={error}
        onRetry={() => void refetch()}
        height="max-h-[32rem]"
      />
    </Card>
  )
}
