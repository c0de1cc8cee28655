/** What /api/status says: the instance for people and for the fleet; numbers as decimal text. */

import type { InstanceState } from '../domain/instance-state.ts'
import type { Instrument } from '../domain/instrument.ts'
import { formatDecimal, formatMoney, type Quantity } from '../domain/money.ts'
import { reasonCodes } from '../domain/reason.ts'
import type { Json, RestingWant } from '../domain/strategy.ts'
import {
  disagreementsOf,
  type InstanceEngine,
  type InstanceReport,
  type WholeWants,
} from '../engine/instance.ts'
import type { StoredFill } from '../ports/bot-store.ts'
import type { BotLaunch } from '../protocol/launch.ts'
import type { InstanceKeeper } from './instance-keeper.ts'
import { entryPriceOf, legRowsOf } from './leg-status.ts'
import type { LegView } from './leg-view.ts'
import type { DeskView } from './session.ts'

/** Facts of the process that the status needs. */
export interface ProcessFacts {
  readonly pid: number
  readonly uptimeMs: number
  readonly rssBytes: number
  readonly heapBytes: number
  readonly startedAt: string
  readonly port: number
}

export interface StatusParts {
  readonly launch: BotLaunch
  readonly keeper: InstanceKeeper
  readonly view: DeskView
  /** Of each leg, in their order. */
  readonly legs: readonly LegView[]
  readonly isFinishing: boolean
  readonly facts: ProcessFacts
  /** Where the dashboard is; null when no control plane runs. */
  readonly controlUrl?: string | null
}

const FILLS_SHOWN = 20

/** The state of the instance as far as its own process knows it. */
export function stateOf({ keeper, view, isFinishing }: StatusParts): InstanceState {
  if (keeper.engine === null) return 'starting'
  if (keeper.ended !== null) return 'stopped'
  if (!view.isReady) return 'reconciling'
  return isFinishing ? 'stopping' : view.mode
}

export function statusOf(parts: StatusParts): Json {
  const { launch, keeper, view, legs, facts } = parts
  const { settings } = launch
  return {
    id: settings.instance,
    name: launch.name,
    state: stateOf(parts),
    mode: settings.mode,
    mode_reason: view.modeReason,
    feed: view.feed ?? settings.feed,
    pace: view.pace,
    strategy: launch.strategy,
    venue: settings.venue,
    account: settings.account,
    symbol: settings.symbol,
    pid: facts.pid,
    web_port: facts.port,
    control_url: parts.controlUrl ?? null,
    started_at: facts.startedAt,
    uptime: Math.floor(facts.uptimeMs / 1000),
    memory: { rss_bytes: facts.rssBytes, heap_used_bytes: facts.heapBytes },
    desk: { connected: view.isConnected, ready: view.isReady },
    parameters: keeper.parameters,
    adjusted: keeper.adjusted === null ? null : { ...keeper.adjusted },
    finished: finishedOf(keeper),
    ...(keeper.engine === null ? {} : instanceOf(keeper, keeper.engine, view, legs)),
    ...(legs.length === 1 ? {} : { legs: legRowsOf(launch, keeper, legs) }),
  }
}

/** The part of the status that lists of the fleet show: asked each second, so nothing else is made. */
export function figuresOf({
  keeper,
  view,
  legs,
}: Pick<StatusParts, 'keeper' | 'view' | 'legs'>): Json {
  const { engine } = keeper
  if (engine === null) return {}
  const report = engine.report(keeper.prices)
  return {
    born_at: iso(engine.startedAt),
    ...booksOf(keeper, engine, report),
    fills: { count: engine.ledger.fillsCount },
    orders: countsOf(engine.wants(), whyOf(engine, legs)),
    reasons: { ...view.reasons },
    ...(legs.length > 1 ? { legs_closed: legs.map(({ closedReason }) => closedReason) } : {}),
    grid: {
      grid_profit: fieldOf(report.strategy, 'grid_profit'),
      opportunities_by_outcome: fieldOf(report.strategy, 'opportunities_by_outcome'),
    },
  }
}

function finishedOf({ ended }: InstanceKeeper): Json {
  if (ended === null) return null
  const { reason, position, ordersCanceled } = ended
  return { at: iso(ended.at), reason, position, orders_canceled: ordersCanceled }
}

function instanceOf(
  keeper: InstanceKeeper,
  engine: InstanceEngine,
  view: DeskView,
  legs: readonly LegView[],
) {
  const report = engine.report(keeper.prices)
  const wants = engine.wants()
  const orders = ordersOf(wants, engine, whyOf(engine, legs))
  return {
    market_time: iso(engine.lastAt),
    born_at: iso(engine.startedAt),
    last_seq: engine.lastSeq,
    last_step: engine.lastStep,
    ...booksOf(keeper, engine, report),
    fills: { count: engine.ledger.fillsCount, last: keeper.lastFills(FILLS_SHOWN).map(fillOf) },
    orders: {
      wanted: orders.length,
      resting: orders.filter((order) => order.state === 'resting').length,
      missing: orders.filter((order) => order.state === 'missing').length,
      list: orders,
    },
    targets: targetsOf(wants, engine),
    reasons: { ...view.reasons },
    disagreements: disagreementsOf(report),
    grid: report.strategy,
  }
}

function booksOf(keeper: InstanceKeeper, engine: InstanceEngine, report: InstanceReport) {
  const instrument = engine.instruments[0]
  const { ledger } = engine
  return {
    price: priceOf(keeper, instrument),
    position: {
      quantity: lots(instrument, ledger.position),
      base: instrument?.base ?? '',
      cost: formatMoney(ledger.cost),
      entry_price: entryPriceOf(instrument, ledger),
      liquidation_price: liquidationOf(report.strategy),
    },
    settle: instrument?.settle ?? '',
    equity: report.ledger.equity,
    pnl: report.ledger,
    fingerprint: report.ledger.fingerprint,
  }
}

function priceOf({ prices }: InstanceKeeper, instrument: Instrument | undefined): Json {
  const price = prices[0]
  if (price === undefined || instrument === undefined) return null
  const { priceDecimals } = instrument
  return {
    last: formatDecimal(price.last, priceDecimals),
    mark: formatDecimal(price.mark, priceDecimals),
  }
}

/** As the strategy counts it; null when it does not, or when no price liquidates the position. */
function liquidationOf(strategy: Json): string | null {
  const now = fieldOf(fieldOf(strategy, 'liquidation'), 'now')
  return typeof now === 'string' ? now : null
}

const fieldOf = (value: Json, name: string): Json =>
  value !== null && typeof value === 'object'
    ? (new Map(Object.entries(value)).get(name) ?? null)
    : null

function lots(instrument: Instrument | undefined, count: Quantity): string {
  return formatDecimal(count * (instrument?.lotSize ?? 1), instrument?.quantityDecimals ?? 0)
}

const iso = (at: number): string => new Date(at).toISOString()

function fillOf(fill: StoredFill) {
  const { seq, side, price, quantity, fee, isMaker, origin } = fill
  return { seq, at: iso(fill.at), side, price, quantity, fee, maker: isMaker, slot: origin }
}

/** Why an order that is wanted does not rest; undefined = it rests. Each leg has a desk of its own. */
type Why = (want: RestingWant) => string | undefined

const whyOf =
  (engine: InstanceEngine, legs: readonly LegView[]): Why =>
  ({ slot, instrument }) => {
    const leg = engine.instruments.findIndex(({ id }) => id === instrument)
    const view = legs[leg]
    return view?.isReady === true ? view.reasons[slot] : 'venue_unavailable'
  }

/** Every resting order that is wanted: it rests unless the desk has given a reason why not. */
function ordersOf(wants: WholeWants, { instruments }: InstanceEngine, why: Why) {
  return restingOf(wants)
    .sort((a, b) => b.price - a.price)
    .flatMap((want) => {
      const instrument = instruments.find(({ id }) => id === want.instrument)
      return instrument === undefined ? [] : [orderOf(want, instrument, why(want))]
    })
}

const restingOf = (wants: WholeWants): RestingWant[] =>
  wants.changes.filter((change) => change.kind === 'rest').map(({ want }) => want)

/** Of the orders their numbers, and of those that do not rest the reasons. */
function countsOf(wants: WholeWants, why: Why) {
  const resting = restingOf(wants)
  const list = resting.flatMap((want) => {
    const reason = why(want)
    return reason === undefined ? [] : [{ reason }]
  })
  const [wanted, missing] = [resting.length, list.length]
  return { wanted, resting: wanted - missing, missing, list }
}

function orderOf(want: RestingWant, instrument: Instrument, code: string | undefined) {
  return {
    slot: want.slot,
    side: want.side,
    price: formatDecimal(want.price, instrument.priceDecimals),
    quantity: want.quantity === 'position' ? 'position' : lots(instrument, want.quantity),
    protective: want.trigger !== null,
    state: code === undefined ? 'resting' : 'missing',
    reason: code ?? null,
    reason_text: code === undefined ? null : reasonText(code),
  }
}

function reasonText(code: string): string {
  return Object.hasOwn(reasonCodes, code) ? reasonCodes[code as keyof typeof reasonCodes] : code
}

function targetsOf(wants: WholeWants, { instruments }: InstanceEngine) {
  const targets = wants.changes.filter((change) => change.kind === 'target')
  return targets.map(({ want }) => ({
    instrument: want.instrument,
    quantity: lots(
      instruments.find(({ id }) => id === want.instrument),
      want.quantity,
    ),
    style: want.style,
  }))
}
