import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { Badge, StateBadge } from '../../components/badge.tsx'
import { Card } from '../../components/card.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { Money, Price, Quantity } from '../../components/numbers.tsx'
import { useRelay } from '../../lib/i18n.ts'
import { negated } from '../fleet/figures.ts'
import type { BotStatus } from './grid-status.ts'
import { type LegRow, legRows } from './pair-status.ts'

type Words = TFunction<'pair'>
type Say = (text: string) => string

const baseOf = ({ leg }: LegRow): string => leg.symbol.split('/')[0] ?? ''

const Contract = ({ leg }: LegRow) => (
  <span className="font-medium">
    {leg.symbol}
    <span className="block text-xs font-normal text-dim">
      {leg.venue} · {leg.account}
    </span>
  </span>
)

/** Its mode, and whether it may take new risk: a leg that is not running is told by its mode alone. */
function Openness({
  row,
  t,
  relay,
}: {
  readonly row: LegRow
  readonly t: Words
  readonly relay: Say
}) {
  const { leg, closedReason, isKnownWhy, isTold } = row
  return (
    <span className="inline-flex flex-col items-start gap-1">
      {leg.state === null ? '–' : <StateBadge state={leg.state} />}
      {isTold && closedReason === null && (
        <span className="text-xs text-dim">{t('legs.open')}</span>
      )}
      {closedReason !== null && (
        <span className="max-w-56 text-xs wrap-break-word text-warn">
          {isKnownWhy ? t('legs.held') : t('legs.closed', { reason: relay(closedReason) })}
        </span>
      )}
    </span>
  )
}

function Held({ row, t }: { readonly row: LegRow; readonly t: Words }) {
  const { leg, report } = row
  const { position_wanted: wanted } = report
  const isMoving = wanted !== undefined && Number(wanted) !== Number(leg.position)
  return (
    <>
      <Quantity value={leg.position} signed unit={baseOf(row)} />
      {isMoving && (
        <span className="block text-xs text-dim">
          {t('legs.wanted')} <Quantity value={wanted} signed />
        </span>
      )}
    </>
  )
}

function Touch({ report, relay }: { readonly report: LegRow['report']; readonly relay: Say }) {
  const { bid, ask, price_fault: fault = null } = report
  if (bid == null && ask == null) return '–'
  return (
    <span>
      <Price value={bid} />
      <span className="text-faint"> / </span>
      <Price value={ask} />
      {fault !== null && <span className="block text-xs text-warn">{relay(fault)}</span>}
    </span>
  )
}

const columnsOf = (t: Words, relay: Say): readonly Column<LegRow>[] => [
  { id: 'contract', header: t('legs.contract'), lead: true, cell: (row) => <Contract {...row} /> },
  {
    id: 'state',
    header: t('legs.state'),
    wide: true,
    cell: (row) => <Openness row={row} t={t} relay={relay} />,
  },
  {
    id: 'position',
    header: t('legs.position'),
    numeric: true,
    cell: (row) => <Held row={row} t={t} />,
  },
  {
    id: 'price',
    header: t('legs.price'),
    numeric: true,
    cell: ({ report }) => <Touch report={report} relay={relay} />,
  },
  {
    id: 'result',
    header: t('legs.result'),
    numeric: true,
    cell: ({ report }) => <Money value={report.total} signed currency={report.settle ?? null} />,
  },
  {
    id: 'fees',
    header: t('legs.fees'),
    numeric: true,
    cell: ({ report }) => <Money value={negated(report.fees)} />,
  },
  {
    id: 'funding',
    header: t('legs.funding'),
    numeric: true,
    cell: ({ report }) => <Money value={report.funding} signed />,
  },
  {
    id: 'margin',
    header: t('legs.margin'),
    numeric: true,
    cell: ({ leg, report }) => (
      <span>
        <Money value={report.margin} />
        <span className="block text-xs text-dim">
          {t('legs.of')} <Money value={report.equity ?? leg.equity} />
        </span>
      </span>
    ),
  },
]

/** What lies at each venue. */
export function LegsCard({
  instance,
  status,
  isOld,
}: {
  readonly instance: InstanceView
  readonly status: BotStatus | undefined
  readonly isOld: boolean
}) {
  const { t } = useTranslation('pair')
  const relay = useRelay()
  const columns = useMemo(() => columnsOf(t, relay), [t, relay])
  const rows = useMemo(() => legRows(instance, status), [instance, status])
  return (
    <Card
      title={t('legs.title')}
      actions={isOld && <Badge tone="warn">{t('lastKnown')}</Badge>}
      flush
    >
      <div className={isOld ? 'as-of' : undefined}>
        <DataTable
          label={t('legs.title')}
          columns={columns}
          rows={rows}
          rowKey={({ leg }) => leg.name}
        />
      </div>
    </Card>
  )
}
