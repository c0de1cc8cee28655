/** What a trader sees first: which bots run, what they earn, why an order is missing. */
import { useCallback, useMemo, useState } from 'react'
import type { StreamTopic } from '../../../../src/protocol/api-messages.ts'
import type { InstanceList } from '../../../../src/protocol/fleet-messages.ts'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { useInstances } from '../../lib/queries.ts'
import { useLiveScope } from '../../lib/stream.ts'
import { ActionDialog } from './action-dialog.tsx'
import type { ActionName } from './actions.ts'
import { Alerts } from './alerts.tsx'
import { EmptyFleet } from './empty-fleet.tsx'
import { EquityCard } from './equity-card.tsx'
import { fleetFigures } from './figures.ts'
import { FillsCard } from './fills-card.tsx'
import { HealthStrip } from './health-strip.tsx'
import { InstancesCard } from './instances-card.tsx'
import { PhoneSummary, Summary } from './summary.tsx'
import { usePhone } from './use-phone.ts'
import { useRights } from './use-rights.ts'
import './fleet.css'

const TOPICS: readonly StreamTopic[] = ['instances', 'equity', 'fills']
const MENU_CLOSES_MS = 40
const CHART_HEIGHT = { phone: 140, desk: 268 } as const

interface Question {
  readonly id: string
  readonly action: ActionName
}

export function FleetPage() {
  useLiveScope(null, TOPICS)
  const { data, error, refetch } = useInstances()
  if (data !== undefined) return <Fleet list={data} />
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />
  return <Skeleton lines={12} />
}

function Fleet({ list: { items, faults } }: { readonly list: InstanceList }) {
  const isPhone = usePhone()
  const rights = useRights()
  const [question, setQuestion] = useState<Question | null>(null)
  const act = useCallback((id: string, action: ActionName) => {
    // first the menu gives the focus back to its button: there it returns to when the dialog closes
    setTimeout(() => setQuestion({ id, action }), MENU_CLOSES_MS)
  }, [])
  const start = useCallback((id: string) => act(id, 'start'), [act])
  const figures = useMemo(() => fleetFigures(items), [items])
  const asked = question === null ? undefined : items.find(({ id }) => id === question.id)
  const alerts = <Alerts faults={faults} items={items} onStart={rights.operator ? start : null} />
  if (items.length === 0)
    return (
      <div className="space-y-3">
        {alerts}
        <HealthStrip held={0} />
        <EmptyFleet />
      </div>
    )
  const list = <InstancesCard items={items} isPhone={isPhone} onAct={act} />
  return (
    <div className="space-y-3">
      {isPhone && <PhoneSummary figures={figures} />}
      {alerts}
      <HealthStrip held={figures.held} />
      <div className="grid gap-3 lg:grid-cols-[20rem_minmax(0,1fr)] xl:grid-cols-[22rem_minmax(0,1fr)_21rem]">
        <Summary figures={figures} />
        {isPhone && list}
        <EquityCard
          currency={figures.currency}
          height={isPhone ? CHART_HEIGHT.phone : CHART_HEIGHT.desk}
        />
        <div className="lg:col-span-2 xl:col-span-1">
          <FillsCard />
        </div>
      </div>
      {!isPhone && list}
      {question !== null && asked !== undefined && (
        <ActionDialog
          key={`${question.id} ${question.action}`}
          item={asked}
          action={question.action}
          onClose={() => setQuestion(null)}
        />
      )}
    </div>
  )
}
