import { clsx } from 'clsx'
import { memo, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './button.tsx'
import { EmptyState, ErrorState, Skeleton } from './states.tsx'

export interface Column<Row> {
  /** Unique in the table. */
  readonly id: string
  readonly header: string
  readonly cell: (row: Row) => ReactNode
  /** Right-aligned, tabular figures. */
  readonly numeric?: boolean
  /** The heading of the card on a phone: without a label, over the whole width. */
  readonly lead?: boolean
  /** Left out on a phone. */
  readonly rare?: boolean
  /** Over the whole width of the card on a phone. */
  readonly wide?: boolean
  /** Tailwind classes of its cells: a width, wrapping. */
  readonly className?: string
}

interface DataTableProps<Row> {
  /** What it lists, for readers of screens. */
  readonly label: string
  /** A constant, or memoised: rows render again only when it or the row changes. */
  readonly columns: readonly Column<Row>[]
  /** Undefined while they are loaded for the first time. */
  readonly rows: readonly Row[] | undefined
  readonly rowKey: (row: Row) => string
  readonly empty?: ReactNode
  readonly error?: Error | null
  readonly onRetry?: () => void
  /** A stable function. For the mouse: give the row a link or button of its own for the keyboard. */
  readonly onRow?: (row: Row) => void
  /** Rows shown at first, and added by each "show more". */
  readonly step?: number
  /** Tailwind height classes: the head then stays while the body scrolls. */
  readonly height?: string
}

const CELL = 'px-3 py-2 first:pl-4 last:pr-4 align-middle'
const CARD_CELL =
  'phone:flex phone:flex-col phone:items-start phone:px-0! phone:py-0 phone:text-left phone:before:text-2xs phone:before:text-dim phone:before:content-[attr(data-label)]'

interface RowProps<Row> {
  readonly row: Row
  readonly columns: readonly Column<Row>[]
  readonly onRow: ((row: Row) => void) | undefined
}

function PlainRow<Row>({ row, columns, onRow }: RowProps<Row>) {
  return (
    <tr
      onClick={onRow === undefined ? undefined : () => onRow(row)}
      className={clsx(
        'border-b border-line last:border-b-0 hover:bg-raised/60',
        'phone:grid phone:grid-cols-2 phone:gap-x-4 phone:gap-y-2 phone:px-4 phone:py-3',
        onRow !== undefined && 'cursor-pointer',
      )}
    >
      {columns.map((column) => (
        <td
          key={column.id}
          data-label={column.lead === true ? '' : column.header}
          className={clsx(
            CELL,
            CARD_CELL,
            column.numeric === true && 'num text-right',
            column.lead === true && 'phone:col-span-2 phone:before:hidden',
            column.wide === true && 'phone:col-span-2',
            column.rare === true && 'phone:hidden',
            column.className,
          )}
        >
          {column.cell(row)}
        </td>
      ))}
    </tr>
  )
}

const MemoRow = memo(PlainRow) as typeof PlainRow

function Head<Row>({ columns }: { readonly columns: readonly Column<Row>[] }) {
  return (
    <thead className="sticky top-0 z-10 bg-panel phone:sr-only">
      <tr>
        {columns.map((column) => (
          <th
            key={column.id}
            scope="col"
            className={clsx(
              CELL,
              'h-9 border-b border-line py-0 text-xs font-medium whitespace-nowrap text-dim',
              column.numeric === true ? 'text-right' : 'text-left',
            )}
          >
            {column.header}
          </th>
        ))}
      </tr>
    </thead>
  )
}

/** A table on a desk, cards on a phone; the same rows. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, empty, error, onRetry, onRow, step = 100, height } = props
  const { t } = useTranslation()
  const [shown, setShown] = useState(step)
  if (rows === undefined) {
    if (error != null) return <ErrorState error={error} {...(onRetry && { onRetry })} />
    return <Skeleton lines={4} className="p-4" />
  }
  if (rows.length === 0) return empty ?? <EmptyState title={t('table.empty')} />
  const hidden = rows.length - shown
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div tabIndex={0} className={clsx('overflow-auto focus-visible:-outline-offset-2', height)}>
      <table aria-label={label} className="w-full border-collapse text-sm phone:block">
        <Head columns={columns} />
        <tbody className="phone:block">
          {rows.slice(0, shown).map((row) => (
            <MemoRow key={rowKey(row)} row={row} columns={columns} onRow={onRow} />
          ))}
        </tbody>
      </table>
      {hidden > 0 && (
        <div className="border-t border-line p-2 text-center">
          <Button kind="ghost" small onClick={() => setShown(shown + step)}>
            {t('table.more', { n: hidden })}
          </Button>
        </div>
      )}
    </div>
  )
}
