/** The instances as a table, for a desk: sorted by a click on a column. */
import { useNavigate } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { memo, type ReactNode, useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { Duration, Money } from '../../components/numbers.tsx'
import { useStore } from '../../lib/store.ts'
import { ActionMenu } from './action-menu.tsx'
import type { Act } from './actions.ts'
import { Identity, OrdersCell, PositionCell, Spark, StateCell, UsageCell } from './cells.tsx'
import { isLeftOpen, type SortKey, startsDescending } from './figures.ts'
import { choiceStore } from './view.ts'

const columnIds = [
  'id',
  'state',
  'spark',
  'equity',
  'today',
  'total',
  'position',
  'orders',
  'fills',
  'restarts',
  'memory',
  'uptime',
] as const
type ColumnId = (typeof columnIds)[number]

interface Look {
  readonly cell: (item: InstanceView, onAct: Act) => ReactNode
  readonly numeric?: boolean
  readonly sort?: SortKey
  /** Of the column; absent: what is left. Fixed, so that no number moves another. */
  readonly width?: string
}

const LOOKS: Readonly<Record<ColumnId, Look>> = {
  id: { cell: (item) => <Identity item={item} />, sort: 'id' },
  state: {
    width: 'w-[11rem]',
    cell: (item, onAct) => <StateCell item={item} onAct={onAct} />,
    sort: 'state',
  },
  spark: { width: 'w-[5.25rem]', cell: ({ id }) => <Spark id={id} className="h-7 w-full" /> },
  equity: {
    width: 'w-[6rem]',
    cell: ({ equity }) => <Money value={equity} />,
    numeric: true,
    sort: 'equity',
  },
  today: {
    width: 'w-[5rem]',
    cell: (item) => <Money value={item.pnl_today} signed />,
    numeric: true,
    sort: 'today',
  },
  total: {
    width: 'w-[5rem]',
    cell: ({ pnl }) => <Money value={pnl} signed />,
    numeric: true,
    sort: 'total',
  },
  position: { width: 'w-[6.75rem]', cell: (item) => <PositionCell item={item} />, numeric: true },
  orders: {
    width: 'w-[10.25rem]',
    cell: (item) => <OrdersCell item={item} clamped />,
    sort: 'orders',
  },
  fills: { width: 'w-[3.5rem]', cell: ({ fills }) => fills ?? '–', numeric: true, sort: 'fills' },
  restarts: {
    width: 'w-[4.5rem]',
    cell: ({ restarts }) => (
      <span className={clsx(restarts > 0 ? 'text-warn' : 'text-dim')}>{restarts}</span>
    ),
    numeric: true,
    sort: 'restarts',
  },
  memory: {
    width: 'w-[6.5rem]',
    cell: (item) => <UsageCell item={item} />,
    numeric: true,
    sort: 'memory',
  },
  uptime: {
    width: 'w-[5.75rem]',
    cell: (item) => <Duration seconds={item.uptime_s} className="text-dim" />,
    numeric: true,
    sort: 'uptime',
  },
}

/** Of a moment that is over while nobody trades its position. */
const FIGURES: readonly ColumnId[] = ['spark', 'equity', 'today', 'total', 'position']

const CELL = 'px-2 py-2 align-top first:pl-4'

interface RowProps {
  readonly item: InstanceView
  readonly onAct: Act
  readonly onOpen: (id: string) => void
}

const Row = memo(function Row({ item, onAct, onOpen }: RowProps) {
  const isOld = isLeftOpen(item)
  return (
    <tr
      data-instance={item.id}
      onClick={() => {
        if (getSelection()?.isCollapsed !== false) onOpen(item.id)
      }}
      className="group cursor-pointer border-b border-line last:border-b-0 hover:bg-raised"
    >
      {columnIds.map((id) => {
        const { cell, numeric } = LOOKS[id]
        return (
          <td
            key={id}
            className={clsx(
              CELL,
              numeric === true && 'num text-right',
              isOld && FIGURES.includes(id) && 'as-of',
            )}
          >
            {cell(item, onAct)}
          </td>
        )
      })}
      {/* what is chosen in the menu bubbles here through its portal */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: it only keeps clicks from the row */}
      <td
        className="sticky right-0 bg-panel py-1.5 pr-2 text-right align-top group-hover:bg-raised"
        onClick={(event) => event.stopPropagation()}
      >
        <ActionMenu item={item} onAct={onAct} />
      </td>
    </tr>
  )
})

function HeadCell({ id }: { readonly id: ColumnId }) {
  const { t } = useTranslation('fleet')
  const choice = useStore(choiceStore)
  const { sort, numeric } = LOOKS[id]
  const isSorted = sort === choice.sort
  const Arrow = choice.isDescending ? ArrowDown : ArrowUp
  const label = t(`column.${id}`)
  const turn = () => {
    if (sort === undefined) return
    const isDescending = isSorted ? !choice.isDescending : startsDescending(sort)
    choiceStore.set({ ...choice, sort, isDescending })
  }
  return (
    <th
      scope="col"
      aria-sort={!isSorted ? undefined : choice.isDescending ? 'descending' : 'ascending'}
      className={clsx(
        CELL,
        'h-9 border-b border-line py-0! align-middle! text-xs font-medium whitespace-nowrap text-dim',
        numeric === true ? 'text-right' : 'text-left',
      )}
    >
      {sort === undefined ? (
        label
      ) : (
        <button
          type="button"
          onClick={turn}
          className={clsx(
            'inline-flex h-7 items-center gap-1 rounded hover:text-ink',
            numeric === true && 'flex-row-reverse',
            isSorted && 'text-ink',
          )}
        >
          {label}
          {isSorted && <Arrow aria-hidden className="size-3" />}
        </button>
      )}
    </th>
  )
}

interface InstanceTableProps {
  readonly items: readonly InstanceView[]
  readonly onAct: Act
}

export function InstanceTable({ items, onAct }: InstanceTableProps) {
  const { t } = useTranslation('fleet')
  const navigate = useNavigate()
  const open = useCallback(
    (id: string) => void navigate({ to: '/instances/$id', params: { id } }),
    [navigate],
  )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={t('instances.title')} tabIndex={0} className="relative overflow-x-auto">
      <table className="w-full min-w-[89rem] table-fixed border-collapse text-sm">
        <colgroup>
          {columnIds.map((id) => (
            <col key={id} className={LOOKS[id].width} />
          ))}
          <col className="w-11" />
        </colgroup>
        <thead>
          <tr>
            {columnIds.map((id) => (
              <HeadCell key={id} id={id} />
            ))}
            <th scope="col" className="sticky right-0 border-b border-line bg-panel">
              <span className="sr-only">{t('column.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <Row key={item.id} item={item} onAct={onAct} onOpen={open} />
          ))}
        </tbody>
      </table>
    </section>
  )
}
