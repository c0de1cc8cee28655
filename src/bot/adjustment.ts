/** Hot adjustment of a grid: reads the request, judges it, counts the orders that change. */
import { type ReachOrder, type ReachState, reachOf } from '../domain/gate-reach.ts'
import type { Instrument } from '../domain/instrument.ts'
import { formatDecimal, parseDecimal, quantity } from '../domain/money.ts'
import { reasonCodes } from '../domain/reason.ts'
import type { Json, RestingWant } from '../domain/strategy.ts'
import type { WholeWants } from '../engine/instance.ts'
import type { MarketTrade } from '../protocol/adjust-messages.ts'
import { marketTradeOf } from './adjust-trade.ts'
import type { InstanceKeeper } from './instance-keeper.ts'
import type { Adjusted, Parameters } from './record.ts'
import type { WebError } from './web-guard.ts'

/** What was asked for, decimals as text. */
export interface AdjustRequest {
  readonly lower: string
  readonly upper: string
  /** Number of lines; null = as it is. */
  readonly levels: number | null
  readonly isDryRun: boolean
  readonly isTemporary: boolean
}

/** An order in the difference, decimals as text. */
export interface ChangedOrder {
  readonly slot: string
  readonly side: string
  readonly price: string
  readonly quantity: string
}

/** What rests after an adjustment, and what stands in its way. */
export interface AdjustOutlook {
  /** On which side of the new range the present price lies; null = inside. */
  readonly price_outside: 'below' | 'above' | null
  readonly price: string
  /** Orders that the grid wants, and how many of them the limits of the instance let through. */
  readonly orders_wanted: number
  readonly orders_allowed: number
  readonly limits: readonly {
    readonly code: string
    readonly text: string
    readonly side: string
    readonly line: string
    readonly before: number
  }[]
}

/** Orders by what happens to them. */
export interface OrderDifference {
  readonly orders_kept: number
  readonly orders_canceled: number
  readonly orders_placed: number
}

const LEVELS_MAX = 10_000
const keysKnown: ReadonlySet<string> = new Set([
  'grid_lower_price',
  'grid_upper_price',
  'grid_num',
  'levels',
  'dry_run',
  'temporary',
])

/** Reads the body of POST /api/grid/adjust; sentences when it says no range. */
export function readAdjustRequest(body: unknown): AdjustRequest | readonly string[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return ['The body must be an object like {"grid_upper_price": 165, "grid_lower_price": 135}.']
  }
  const fields = new Map(Object.entries(body))
  const faults: string[] = []
  for (const key of fields.keys()) {
    if (!keysKnown.has(key))
      faults.push(`${key} is unknown here; allowed: ${[...keysKnown].join(', ')}.`)
  }
  const lower = readPrice(fields, 'grid_lower_price', faults)
  const upper = readPrice(fields, 'grid_upper_price', faults)
  const levels = readLevels(fields, faults)
  const isDryRun = readSwitch(fields, 'dry_run', faults)
  const isTemporary = readSwitch(fields, 'temporary', faults)
  return faults.length > 0 ? faults : { lower, upper, levels, isDryRun, isTemporary }
}

type Fields = ReadonlyMap<string, unknown>

function readPrice(fields: Fields, key: string, faults: string[]): string {
  const value = fields.get(key)
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text === 'string' && isPositiveDecimal(text)) return text
  faults.push(`${key} must be a price above 0 as number or decimal text, found ${show(value)}.`)
  return ''
}

function isPositiveDecimal(text: string): boolean {
  try {
    return parseDecimal(text, 8) > 0
  } catch {
    return false
  }
}

function readLevels(fields: Fields, faults: string[]): number | null {
  const value = fields.get('grid_num') ?? fields.get('levels')
  if (value === undefined) return null
  if (fields.has('grid_num') && fields.has('levels')) {
    faults.push('grid_num and levels mean the same number of lines: give one of them.')
  }
  const isFit =
    typeof value === 'number' && Number.isInteger(value) && value >= 2 && value <= LEVELS_MAX
  if (isFit) return value
  faults.push(
    `The number of lines must be a whole number from 2 to ${LEVELS_MAX}, found ${show(value)}.`,
  )
  return null
}

function readSwitch(fields: Fields, key: string, faults: string[]): boolean {
  const value = fields.get(key) ?? false
  if (typeof value === 'boolean') return value
  faults.push(`${key} must be true or false, found ${show(value)}.`)
  return false
}

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value))

/** The parameters with the new range; a range that followed the price once (auto_price) is fixed from now on. */
export function adjustedParameters(present: Parameters, request: AdjustRequest): Parameters {
  const { grid_intervals: intervals, ...rest } = present
  const lines: { readonly [key: string]: Json | undefined } =
    request.levels !== null
      ? { grid_num: request.levels }
      : intervals === undefined
        ? {}
        : { grid_intervals: intervals }
  const fixed = 'auto_price' in present ? { auto_price: false } : {}
  return {
    ...rest,
    ...lines,
    ...fixed,
    grid_lower_price: request.lower,
    grid_upper_price: request.upper,
  }
}

/** Compares the resting wants before and after. A larger quantity keeps its order and adds one. */
export function orderDifference(before: WholeWants, after: WholeWants): OrderDifference {
  const old = restingBySlot(before)
  const next = restingBySlot(after)
  let kept = 0
  let placed = 0
  for (const [slot, want] of next) {
    const present = old.get(slot)
    const isKept = present !== undefined && staysAtVenue(present, want)
    if (isKept) kept += 1
    if (!isKept || present.quantity !== want.quantity) placed += 1
  }
  return { orders_kept: kept, orders_canceled: old.size - kept, orders_placed: placed }
}

/** What is cancelled and what is placed, in the order of their prices; a larger quantity is placed anew for the rest. */
export interface OrderChanges {
  readonly canceled: readonly ChangedOrder[]
  readonly placed: readonly ChangedOrder[]
}

export function orderChanges(
  before: WholeWants,
  after: WholeWants,
  instrument: Instrument | undefined,
): OrderChanges {
  if (instrument === undefined) return { canceled: [], placed: [] }
  const [old, next] = [restingBySlot(before), restingBySlot(after)]
  const canceled: RestingWant[] = []
  const placed: RestingWant[] = []
  for (const [slot, present] of old) {
    const want = next.get(slot)
    if (want === undefined || !staysAtVenue(present, want)) canceled.push(present)
  }
  for (const [slot, want] of next) {
    const present = old.get(slot)
    if (present !== undefined && staysAtVenue(present, want)) {
      if (present.quantity === want.quantity) continue
      const missing = Number(want.quantity) - Number(present.quantity)
      placed.push({ ...want, quantity: quantity(missing) })
    } else placed.push(want)
  }
  const byPrice = (a: RestingWant, b: RestingWant) => a.price - b.price
  const shown = (want: RestingWant) => changedOrder(want, instrument)
  return { canceled: canceled.sort(byPrice).map(shown), placed: placed.sort(byPrice).map(shown) }
}

const changedOrder = (
  { slot, side, price, quantity: lots }: RestingWant,
  { priceDecimals, quantityDecimals, lotSize }: Instrument,
): ChangedOrder => ({
  slot,
  side,
  price: formatDecimal(price, priceDecimals),
  quantity: lots === 'position' ? lots : formatDecimal(lots * lotSize, quantityDecimals),
})

/** What of the wants the gate would let through if all were sent now. */
export function outlookOf(
  after: WholeWants,
  { lower, upper }: Pick<AdjustRequest, 'lower' | 'upper'>,
  state: ReachState,
): AdjustOutlook {
  const { instrument, prices } = state
  const orders = [...restingBySlot(after).values()].flatMap((want): ReachOrder[] =>
    want.quantity === 'position' ? [] : [{ ...want, quantity: want.quantity }],
  )
  const { placed, reached } = reachOf(orders, state)
  const text = (at: number) => formatDecimal(at, instrument.priceDecimals)
  const last = prices.last / 10 ** instrument.priceDecimals
  const outside = last < Number(lower) ? 'below' : last > Number(upper) ? 'above' : null
  return {
    price_outside: outside,
    price: text(prices.last),
    orders_wanted: orders.length,
    orders_allowed: placed,
    limits: reached.map(({ code, side, price, before }) => {
      return { code, text: reasonCodes[code], side, line: text(price), before }
    }),
  }
}

function restingBySlot(wants: WholeWants): ReadonlyMap<string, RestingWant> {
  const resting = wants.changes.filter((change) => change.kind === 'rest')
  return new Map(resting.map(({ want }) => [want.slot, want]))
}

function staysAtVenue(present: RestingWant, want: RestingWant): boolean {
  const isSameKind =
    present.side === want.side &&
    present.price === want.price &&
    present.isPostOnly === want.isPostOnly &&
    present.isReduceOnly === want.isReduceOnly &&
    present.trigger?.price === want.trigger?.price
  if (!isSameKind || present.quantity === want.quantity) return isSameKind
  const areLots = present.quantity !== 'position' && want.quantity !== 'position'
  return areLots && want.quantity > present.quantity
}

/** The outcome of trying new parameters on a copy of the instance. */
export type Trial =
  | { readonly kind: 'refused'; readonly error: WebError }
  | {
      readonly kind: 'possible'
      readonly difference: OrderDifference
      readonly outlook: AdjustOutlook
      readonly changes: OrderChanges
      readonly trade: MarketTrade | null
      readonly parameters: Parameters
    }

/** Judges the request against the instance as it is now, without changing it. */
export function tryAdjustment(keeper: InstanceKeeper, request: AdjustRequest): Trial {
  const { engine, strategy } = keeper
  if (engine === null)
    return refused(
      503,
      'SERVICE_UNAVAILABLE',
      'The instance has not started yet: try again shortly.',
    )
  if (!('grid_lower_price' in strategy.parameters)) {
    return refused(412, 'PRECONDITION', `The strategy ${strategy.id} has no grid to adjust.`)
  }
  if (keeper.ended !== null || engine.wants().finish !== null) {
    return refused(409, 'CONFLICT', 'The instance is ending and takes no adjustment any more.')
  }
  const parameters = adjustedParameters(keeper.parameters, request)
  const { refusals, before, after } = keeper.tryParameters(parameters)
  if (refusals.length > 0) return refused(422, 'REFUSED_RISK', refusals.join(' '), refusals)
  const state = keeper.reachState()
  return {
    kind: 'possible',
    difference: orderDifference(before, after),
    changes: orderChanges(before, after, engine.instruments[0]),
    trade: marketTradeOf(before, after, state, keeper.takerFee),
    outlook: outlookOf(after, request, state),
    parameters,
  }
}

function refused(status: number, code: string, message: string, details?: unknown): Trial {
  return { kind: 'refused', error: { status, code, message, details } }
}

/** The note of an accepted adjustment. */
export function acceptedAdjustment(
  parameters: Parameters,
  isTemporary: boolean,
  wallMs: number,
): Adjusted {
  return { at: new Date(wallMs).toISOString(), isTemporary, parameters }
}
