/** Orders, fills, funding and journal of one instance. */
import { useInfiniteQuery } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FundingRow, JournalEventRow } from '../../../../src/protocol/api-messages.ts'
import type { FillRow, OrderRow } from '../../../../src/protocol/fleet-messages.ts'
import { Button } from '../../components/button.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { DateTime, Money, Percent, Price, Quantity } from '../../components/numbers.tsx'
import { EmptyState } from '../../components/states.tsx'
import { Segments } from '../../components/tabs.tsx'
import { get, type Page } from '../../lib/api.ts'
import { plotted } from '../../lib/format.ts'
import { useRelay, useTradeWord } from '../../lib/i18n.ts'
import { useFills, useOrders } from '../../lib/queries.ts'
import { SideWord } from './side-word.tsx'

type Words = TFunction<'instance'>
type Say = (word: string) => string

const HEIGHT = 'max-h-[32rem]'
/** Chinese words would break after each character. */
const NARROW = 'whitespace-nowrap'

type DealRow = Pick<OrderRow, 'side' | 'price' | 'quantity'>

/** The side; on a phone with quantity and price, as the heading of the card. */
const Deal = ({ row: { side, price, quantity } }: { readonly row: DealRow }) => (
  <span>
    <SideWord side={side} />
    <span className="sm:hidden">
      {' '}
      <Quantity value={quantity} /> @ <Price value={price} className="font-medium" />
    </span>
  </span>
)

const reasonColumn = (t: Words, relay: Say): Column<OrderRow> => ({
  id: 'reason',
  header: t('columns.why'),
  wide: true,
  className: 'w-full text-dim',
  cell: ({ reason }) => (reason === null ? '–' : relay(reason)),
})

/** Where rows are of several contracts, each says which. */
function withContract<Row extends { readonly venue: string; readonly symbol: string }>(
  columns: readonly Column<Row>[],
  rows: readonly Row[] | undefined,
  t: Words,
): readonly Column<Row>[] {
  const count = new Set(rows?.map(({ venue, symbol }) => `${venue} ${symbol}`)).size
  if (count < 2) return columns
  const contract: Column<Row> = {
    id: 'contract',
    header: t('head.contract'),
    wide: true,
    className: NARROW,
    cell: ({ venue, symbol }) => `${symbol} · ${venue}`,
  }
  return [...columns.slice(0, 1), contract, ...columns.slice(1)]
}

/** Of working orders the desk has nothing to say. */
const orderColumns = (
  t: Words,
  word: Say,
  relay: Say,
  isAll: boolean,
): readonly Column<OrderRow>[] => [
  { id: 'side', header: t('columns.side'), lead: true, cell: (row) => <Deal row={row} /> },
  {
    id: 'price',
    header: t('columns.price'),
    numeric: true,
    rare: true,
    cell: ({ price }) => <Price value={price} />,
  },
  {
    id: 'quantity',
    header: t('columns.quantity'),
    numeric: true,
    rare: true,
    cell: ({ quantity }) => <Quantity value={quantity} />,
  },
  {
    id: 'filled',
    header: t('columns.filled'),
    numeric: true,
    cell: ({ filled }) => <Quantity value={filled} />,
  },
  { id: 'state', header: t('columns.state'), className: NARROW, cell: ({ state }) => word(state) },
  { id: 'at', header: t('columns.sent'), cell: ({ sent_at: at }) => <DateTime at={at} /> },
  {
    id: 'kind',
    header: t('columns.kind'),
    rare: true,
    className: NARROW,
    cell: ({ kind }) => word(kind),
  },
  {
    id: 'slot',
    header: t('columns.slot'),
    rare: true,
    className: isAll ? '' : 'w-full',
    cell: ({ slot }) => <code>{slot}</code>,
  },
  ...(isAll ? [reasonColumn(t, relay)] : []),
]

const WORKING = ['sent', 'open', 'unknown']

/** As a grid is read: the highest price first. */
const working = (rows: readonly OrderRow[]): readonly OrderRow[] =>
  rows
    .filter(({ state }) => WORKING.includes(state))
    .sort((a, b) => plotted(b.price ?? '0') - plotted(a.price ?? '0'))

/** Working orders, or all that the journal of its desk has of late. */
export function OrdersTab({ id }: { readonly id: string }) {
  const { t } = useTranslation('instance')
  const word = useTradeWord()
  const relay = useRelay()
  const { data, error, refetch } = useOrders(id)
  const [which, setWhich] = useState<'working' | 'all'>('working')
  const isAll = which === 'all'
  const columns = useMemo(() => orderColumns(t, word, relay, isAll), [t, word, relay, isAll])
  const rows = useMemo(() => (isAll ? data : data && working(data)), [data, isAll])
  const shown = useMemo(() => withContract(columns, data, t), [columns, data, t])
  return (
    <>
      <div className="flex items-center gap-3 border-b border-line px-4 py-2">
        <Segments
          label={t('orders.which')}
          options={[
            { value: 'working', label: t('orders.working') },
            { value: 'all', label: t('orders.all') },
          ]}
          value={which}
          onChange={setWhich}
        />
        <span className="num text-xs text-dim">{rows?.length}</span>
      </div>
      <DataTable
        label={t('tabs.orders')}
        columns={shown}
        rows={rows}
        rowKey={(row) => `${row.venue} ${row.client_id}`}
        empty={<EmptyState title={t('orders.none')} />}
        error={error}
        onRetry={() => void refetch()}
        height={HEIGHT}
      />
    </>
  )
}

const fillColumns = (t: Words, word: Say): readonly Column<FillRow>[] => [
  { id: 'side', header: t('columns.side'), lead: true, cell: (row) => <Deal row={row} /> },
  { id: 'at', header: t('columns.marketTime'), cell: ({ at }) => <DateTime at={at} /> },
  {
    id: 'price',
    header: t('columns.price'),
    numeric: true,
    rare: true,
    cell: ({ price }) => <Price value={price} />,
  },
  {
    id: 'quantity',
    header: t('columns.quantity'),
    numeric: true,
    rare: true,
    cell: ({ quantity }) => <Quantity value={quantity} />,
  },
  {
    id: 'fee',
    header: t('columns.fee'),
    numeric: true,
    cell: ({ fee }) => <Money value={fee} places={6} />,
  },
  {
    id: 'maker',
    header: t('columns.role'),
    className: NARROW,
    cell: ({ maker }) => word(maker ? 'maker' : 'taker'),
  },
  {
    id: 'order',
    header: t('columns.order'),
    rare: true,
    className: 'w-full',
    cell: ({ client_id: order }) => <code className="text-xs text-dim">{order ?? '–'}</code>,
  },
]

export function FillsTab({ id }: { readonly id: string }) {
  const { t } = useTranslation('instance')
  const word = useTradeWord()
  const { data, error, refetch } = useFills(id)
  const columns = useMemo(() => withContract(fillColumns(t, word), data, t), [t, word, data])
  return (
    <DataTable
      label={t('tabs.fills')}
      columns={columns}
      rows={data}
      rowKey={(row) => `${row.venue} ${row.id}`}
      empty={<EmptyState title={t('fills.none')}>{t('fills.soon')}</EmptyState>}
      error={error}
      onRetry={() => void refetch()}
      height={HEIGHT}
    />
  )
}

const PAGE = 100

/** Pages of a table, the newest first; `older` loads the one before. */
function usePages<Row>(name: string, path: string, id: string, query: Record<string, string>) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    {
      queryKey: [name, id],
      queryFn: ({ pageParam, signal }) =>
        get<Page<Row>>(path, { ...query, limit: PAGE, cursor: pageParam }, signal),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next_cursor,
      refetchInterval: 5000,
      meta: { live: true },
    },
  )
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items), [data])
  return { rows, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage }
}

function Older({
  pages,
}: {
  readonly pages: Pick<
    ReturnType<typeof usePages>,
    'hasNextPage' | 'fetchNextPage' | 'isFetchingNextPage'
  >
}) {
  const { t } = useTranslation('instance')
  if (!pages.hasNextPage) return null
  return (
    <div className="border-t border-line p-2 text-center">
      <Button
        kind="ghost"
        small
        busy={pages.isFetchingNextPage}
        onClick={() => void pages.fetchNextPage()}
      >
        {t('older')}
      </Button>
    </div>
  )
}

const fundingColumns = (t: Words): readonly Column<FundingRow>[] => [
  { id: 'at', header: t('columns.marketTime'), lead: true, cell: ({ at }) => <DateTime at={at} /> },
  {
    id: 'amount',
    header: t('columns.amount'),
    numeric: true,
    cell: ({ amount }) => <Money value={amount} places={6} signed />,
  },
  {
    id: 'rate',
    header: t('columns.rate'),
    numeric: true,
    cell: ({ rate }) => <Percent share={rate} places={4} />,
  },
  {
    id: 'position',
    className: 'w-full',
    header: t('columns.position'),
    cell: ({ position }) => <Quantity value={position} signed />,
  },
]

export function FundingTab({ id }: { readonly id: string }) {
  const { t } = useTranslation('instance')
  const columns = useMemo(() => fundingColumns(t), [t])
  const pages = usePages<FundingRow>('funding', '/funding', id, { instance: id })
  return (
    <>
      <DataTable
        label={t('tabs.funding')}
        columns={columns}
        rows={pages.rows}
        rowKey={(row) => row.id}
        empty={<EmptyState title={t('funding.none')}>{t('funding.when')}</EmptyState>}
        error={pages.error}
        onRetry={() => void pages.refetch()}
        step={PAGE * 10}
        height={HEIGHT}
      />
      <Older pages={pages} />
    </>
  )
}

function EventText({ event }: { readonly event: JournalEventRow }) {
  const { t } = useTranslation('instance')
  const { fill, funding } = event
  if (fill !== null)
    return (
      <span className="num">
        <SideWord side={fill.side} /> <Quantity value={fill.quantity} /> @{' '}
        <Price value={fill.price} />
        <span className="text-dim">
          {' · '}
          {t('columns.fee')} <Money value={fill.fee} places={6} />
        </span>
      </span>
    )
  if (funding !== null) return <Money value={funding.amount} places={6} signed />
  return null
}

const journalColumns = (t: Words): readonly Column<JournalEventRow>[] => [
  {
    id: 'seq',
    header: t('columns.seq'),
    numeric: true,
    lead: true,
    cell: ({ seq }) => <span className="font-medium">{seq}</span>,
  },
  { id: 'at', header: t('columns.marketTime'), cell: ({ at }) => <DateTime at={at} /> },
  {
    id: 'kind',
    header: t('columns.kind'),
    className: NARROW,
    cell: ({ kind }) => (kind === 'fill' ? t('journal.fill') : t('journal.funding')),
  },
  {
    id: 'what',
    header: t('columns.what'),
    wide: true,
    className: 'w-full',
    cell: (event) => <EventText event={event} />,
  },
  {
    id: 'account',
    header: t('columns.account'),
    rare: true,
    className: NARROW,
    cell: ({ account }) => <code className="text-xs text-dim">{account}</code>,
  },
]

export function JournalTab({ id }: { readonly id: string }) {
  const { t } = useTranslation('instance')
  const columns = useMemo(() => journalColumns(t), [t])
  const path = `/instances/${encodeURIComponent(id)}/journal`
  const pages = usePages<JournalEventRow>('journal', path, id, {})
  return (
    <>
      <DataTable
        label={t('tabs.journal')}
        columns={columns}
        rows={pages.rows}
        rowKey={(row) => `${row.account} ${row.seq}`}
        empty={<EmptyState title={t('journal.none')} />}
        error={pages.error}
        onRetry={() => void pages.refetch()}
        step={PAGE * 10}
        height={HEIGHT}
      />
      <Older pages={pages} />
    </>
  )
}
