/** The cards between head and curve: of one contract a grid and what it earned, of two legs the pair. */
import type { ReactNode } from 'react'
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { Card } from '../../components/card.tsx'
import type { GridOrders } from './chart-lines.ts'
import { FactsCard } from './facts-card.tsx'
import type { BotStatus } from './grid-status.ts'
import { Figures } from './head.tsx'
import { LegsCard } from './legs-card.tsx'
import { MissingCard } from './missing-card.tsx'
import { OpportunitiesCard } from './opportunities-card.tsx'
import { PairCard } from './pair-card.tsx'
import { pairOf } from './pair-status.ts'
import { ProfitCard } from './profit-card.tsx'

interface OverviewProps {
  readonly instance: InstanceView
  /** Of the bot, as it answered last; undefined = it does not run. */
  readonly status: BotStatus | undefined
  readonly orders: GridOrders
  readonly currency: string
  readonly chart: ReactNode
  /** What is told is not of now. */
  readonly isOld: boolean
}

const COLUMNS = 'grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]'

const PhoneFigures = ({ instance, status, isOld }: OverviewProps) => (
  <Card className="sm:hidden">
    <Figures instance={instance} status={isOld ? undefined : status} part="rest" />
  </Card>
)

export function GridOverview(props: OverviewProps) {
  const { instance, status, orders, chart, isOld } = props
  return (
    <div className={COLUMNS}>
      <div className="flex min-w-0 flex-col gap-4">
        {chart}
        <PhoneFigures {...props} />
        <MissingCard instance={instance} orders={orders} />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <ProfitCard instance={instance} status={status} isOld={isOld} />
        {status?.grid != null && <FactsCard status={status} />}
      </div>
    </div>
  )
}

/** In one column legs and pair come first, whatever else stands beside them on a desk. */
const COLUMN = 'contents lg:flex lg:min-w-0 lg:flex-col lg:gap-4'
const LATER = 'flex min-w-0 flex-col gap-4 max-lg:order-1'

export function PairOverview(props: OverviewProps) {
  const { instance, status, orders, currency, chart, isOld } = props
  const pair = pairOf(status)
  return (
    <>
      <div className={COLUMNS}>
        <div className={COLUMN}>
          <LegsCard instance={instance} status={status} isOld={isOld} />
          <div className={LATER}>
            {chart}
            <PhoneFigures {...props} />
            <MissingCard instance={instance} orders={orders} />
          </div>
        </div>
        <div className={COLUMN}>
          {pair !== null && (
            <PairCard
              report={pair}
              disagreements={status?.disagreements ?? []}
              currency={currency}
              isOld={isOld}
            />
          )}
          <div className={LATER}>
            <ProfitCard instance={instance} status={status} isOld={isOld} />
          </div>
        </div>
      </div>
      <OpportunitiesCard id={instance.id} />
    </>
  )
}
