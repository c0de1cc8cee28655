import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { ChevronLeft } from 'lucide-react'
import { memo, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StreamTopic } from '../../../../src/protocol/api-messages.ts'
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { Card } from '../../components/card.tsx'
import { EmptyState, ErrorState, Skeleton } from '../../components/states.tsx'
import { type Tab, Tabs } from '../../components/tabs.tsx'
import { type Timeframe, useFeed, useFills, useInstance, useOrders } from '../../lib/queries.ts'
import { useConnection, useLiveScope } from '../../lib/stream.ts'
import { InstanceActions } from './actions.tsx'
import { ChartCard } from './chart-card.tsx'
import { gridOrders, type KeyPrices, timeframeFor } from './chart-lines.ts'
import { ConfigTab } from './config-tab.tsx'
import { EquityCard } from './equity-card.tsx'
import { answers, type BotStatus, isAtRest, useGridStatus } from './grid-status.ts'
import { InstanceHead } from './head.tsx'
import { LogTab } from './log-tab.tsx'
import { GridOverview, PairOverview } from './overview.tsx'
import { FillsTab, FundingTab, JournalTab, OrdersTab } from './tables.tsx'

const route = getRouteApi('/inside/instances/$id')
const TOPICS: readonly StreamTopic[] = ['instances', 'orders', 'fills', 'equity', 'candles', 'logs']
const NO_ROWS = [] as const
const DEMO_SPEED = 1

/** Renders again by itself, not with each answer of the bot. */
const Details = memo(function Details({ id }: { readonly id: string }) {
  const { t } = useTranslation('instance')
  const { tab = 'orders' } = route.useSearch()
  const navigate = useNavigate({ from: '/instances/$id' })
  const tabs: readonly Tab[] = [
    { id: 'orders', label: t('tabs.orders'), content: <OrdersTab id={id} /> },
    { id: 'fills', label: t('tabs.fills'), content: <FillsTab id={id} /> },
    { id: 'funding', label: t('tabs.funding'), content: <FundingTab id={id} /> },
    { id: 'journal', label: t('tabs.journal'), content: <JournalTab id={id} /> },
    { id: 'log', label: t('tabs.log'), content: <LogTab id={id} /> },
    { id: 'config', label: t('tabs.config'), content: <ConfigTab id={id} /> },
  ]
  const known = tabs.some((one) => one.id === tab) ? tab : 'orders'
  return (
    <Card flush>
      <Tabs
        label={t('tabs.label')}
        tabs={tabs}
        value={known}
        onChange={(next) =>
          void navigate({ search: { tab: next }, replace: true, resetScroll: false })
        }
      />
    </Card>
  )
})

/** Of the bot while it answers; of what the fleet was told last when it does not. */
function keyPricesOf({ books }: InstanceView, status: BotStatus | undefined): KeyPrices {
  const { grid, position } = status ?? {}
  return {
    mark: status?.price?.mark ?? books?.mark ?? null,
    entry: position?.entry_price ?? books?.entry_price ?? null,
    liquidation:
      grid?.liquidation?.now ?? position?.liquidation_price ?? books?.liquidation_price ?? null,
    worstLong: grid?.liquidation?.worst_long ?? null,
    worstShort: grid?.liquidation?.worst_short ?? null,
    stop: grid?.stop_price ?? grid?.stop_loss_price ?? null,
    target: grid?.take_profit_price ?? null,
  }
}

function Loaded({ instance }: { readonly instance: InstanceView }) {
  const { id, state } = instance
  const speed = useFeed()?.speed ?? DEMO_SPEED
  const [chosen, setChosen] = useState<Timeframe | null>(null)
  const timeframe = chosen ?? timeframeFor(speed)
  useLiveScope(id, TOPICS, timeframe)
  const { data: told, isError } = useGridStatus(id, state)
  const { data: fills = NO_ROWS } = useFills(id)
  const { data: working } = useOrders(id)
  const { symbol, venue, legs } = instance
  // the chart is that of the first leg
  const ownFills = useMemo(() => {
    const of = legs?.[0]?.venue ?? venue
    return legs === undefined
      ? fills
      : fills.filter((fill) => fill.symbol === symbol && fill.venue === of)
  }, [fills, symbol, venue, legs])
  const { state: connection } = useConnection()
  const isOld = isAtRest(state)
  // while the control plane itself is silent the whole page says so
  const isLine = connection === 'live' || connection === 'polling'
  const isSilent = isLine && (isError || !answers(state))
  // what it wanted when it ended is not what rests now
  const status = isOld ? undefined : told
  const orders = useMemo(() => gridOrders(status, working), [status, working])
  const prices = useMemo(() => keyPricesOf(instance, status), [instance, status])
  const currency = status?.settle ?? instance.books?.settle ?? ''
  const chart = (
    <ChartCard
      id={id}
      symbol={instance.symbol}
      venue={legs?.[0]?.venue ?? null}
      orders={orders}
      prices={prices}
      isOld={isOld || isSilent}
      isKnown={status !== undefined}
      isLeg={legs !== undefined}
      fills={ownFills}
      timeframe={timeframe}
      onTimeframe={setChosen}
    />
  )
  const parts = { instance, status, orders, currency, chart, isOld: isOld || isSilent }
  return (
    <div className="space-y-4">
      <InstanceHead
        instance={instance}
        status={isSilent ? undefined : status}
        actions={<InstanceActions instance={instance} status={status} />}
      />
      {legs === undefined ? <GridOverview {...parts} /> : <PairOverview {...parts} />}
      <EquityCard id={id} currency={currency} />
      <Details id={id} />
    </div>
  )
}

/** One instance: what it does, why, and what it came to. */
export function InstancePage() {
  const { t } = useTranslation('instance')
  const { id } = route.useParams()
  const { data: instance, error, refetch } = useInstance(id)
  if (instance === undefined)
    return error === null ? (
      <Skeleton lines={6} />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    )
  return (
    <>
      <nav className="mb-2 phone:mb-1">
        <Link
          to="/"
          className="inline-flex items-center gap-1 py-1 text-xs text-dim hover:text-ink phone:min-h-9"
        >
          <ChevronLeft aria-hidden className="size-3.5" />
          {t('back')}
        </Link>
      </nav>
      {instance === null ? (
        <EmptyState title={t('missingInstance', { id })} />
      ) : (
        <Loaded key={id} instance={instance} />
      )}
    </>
  )
}
