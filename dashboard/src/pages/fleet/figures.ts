/** The figures of the whole fleet, and the order and choice of its instances. Pure; money stays decimal text. */
import type { InstanceView, MissingOrders } from '../../../../src/protocol/fleet-messages.ts'
import { formatDecimal, plotted, signOf, sumOf } from '../../lib/format.ts'

export type State = InstanceView['state']

export interface FleetFigures {
  /** Settlement currency; `USD` where several are added up 1:1; null = not known yet. */
  readonly currency: string | null
  readonly equity: string | null
  readonly today: string | null
  readonly total: string | null
  readonly realised: string | null
  readonly unrealised: string | null
  readonly funding: string | null
  /** What was paid, as a loss: below zero. */
  readonly fees: string | null
  readonly gridProfit: string | null
  readonly count: number
  readonly running: number
  /** Instances at rest that hold a position. */
  readonly held: number
  readonly states: readonly { readonly state: State; readonly count: number }[]
  readonly orders: number
  readonly missing: number
  /** The most frequent reason of all missing orders. */
  readonly missingReason: string | null
  readonly restarts: number
}

export function negated(text: string | null | undefined): string | null {
  if (text == null) return null
  if (signOf(text) === 0) return text
  return text.startsWith('-') ? text.slice(1) : `-${text.replace(/^\+/, '')}`
}

/** Orders that are wanted and do not rest, by reason, the most frequent first. */
export function missingOf(item: InstanceView): readonly MissingOrders[] {
  const told = item.missing_orders ?? []
  if (told.length > 0) return told
  const count = (item.orders_wanted ?? 0) - (item.orders ?? 0)
  const text = item.orders_missing_reason ?? ''
  return count > 0 && text !== '' ? [{ reason: '', text, count }] : []
}

export const missingCount = (item: InstanceView): number =>
  missingOf(item).reduce((sum, { count }) => sum + count, 0)

function mostFrequent(items: readonly InstanceView[]): string | null {
  const counts = new Map<string, number>()
  for (const { text, count } of items.flatMap(missingOf))
    counts.set(text, (counts.get(text) ?? 0) + count)
  const [first] = [...counts].sort((a, b) => b[1] - a[1])
  return first?.[0] ?? null
}

function statesOf(items: readonly InstanceView[]): FleetFigures['states'] {
  const counts = new Map<State, number>()
  for (const { state } of items) counts.set(state, (counts.get(state) ?? 0) + 1)
  return [...counts].map(([state, count]) => ({ state, count })).sort((a, b) => b.count - a.count)
}

/** Whether it has traded, or may be trading, and its books are not known: without them every sum is one of a part. */
const lacksBooks = ({ books, pnl, pid }: InstanceView): boolean =>
  books == null && (pnl !== null || pid !== null)

/** Null while one that runs has not told its own: the sum of the others must not be read as that of all. */
const sumOfAll = (
  items: readonly InstanceView[],
  figure: (item: InstanceView) => string | null | undefined,
): string | null =>
  items.some((item) => item.pid !== null && figure(item) == null) ? null : sumOf(items.map(figure))

export function fleetFigures(items: readonly InstanceView[]): FleetFigures {
  const known = items.flatMap((item) => item.books ?? [])
  const currencies = new Set(known.map(({ settle }) => settle))
  const books = items.some(lacksBooks) ? [] : known
  const [currency = null] = currencies
  return {
    currency: currencies.size > 1 ? 'USD' : currency,
    equity: sumOfAll(items, (item) => item.equity),
    today: sumOfAll(items, (item) => item.pnl_today),
    total: sumOfAll(items, (item) => item.pnl),
    realised: sumOf(books.map((one) => one.realised)),
    unrealised: sumOf(books.map((one) => one.unrealised)),
    funding: sumOf(books.map((one) => one.funding)),
    fees: negated(sumOf(books.map((one) => one.fees))),
    gridProfit: sumOf(books.map((one) => one.grid_profit)),
    count: items.length,
    running: items.filter(({ state }) => state === 'running').length,
    held: items.filter(isLeftOpen).length,
    states: statesOf(items),
    orders: items.reduce((sum, { orders }) => sum + (orders ?? 0), 0),
    missing: items.reduce((sum, item) => sum + missingCount(item), 0),
    missingReason: mostFrequent(items),
    restarts: items.reduce((sum, { restarts }) => sum + restarts, 0),
  }
}

/** `SOL/USDC:USDC` → `SOL/USDC` where it settles in what it is quoted in. */
export function contractName(symbol: string): string {
  const [pair = symbol, settle] = symbol.split(':')
  return settle !== undefined && pair.endsWith(`/${settle}`) ? pair : symbol
}

/** Of a quantity: what the books say, else the first half of the contract. */
export const baseOf = ({ books, symbol }: InstanceView): string =>
  books?.base ?? symbol.split('/')[0] ?? ''

/** What each leg trades and holds; an instance of one contract is its own leg. */
export const legsOf = (item: InstanceView) => item.legs ?? [item]

/** True for a position that is not zero, of any leg. */
export const isOpen = (item: InstanceView): boolean =>
  legsOf(item).some(({ position }) => signOf(position) !== 0)

/** `0.5 BTC`, of several legs `0.5 BTC (okx), -0.5 BTC (hyperliquid)`. */
export function heldText(item: InstanceView): string {
  if (item.legs === undefined)
    return `${formatDecimal(item.position ?? '0', { upTo: 8 })} ${baseOf(item)}`
  return item.legs
    .filter(({ position }) => signOf(position) !== 0)
    .map(({ venue, symbol, position }) => {
      const base = symbol.split('/')[0] ?? ''
      return `${formatDecimal(position ?? '0', { upTo: 8 })} ${base} (${venue})`
    })
    .join(', ')
}

/** It holds a position and no process trades it. */
export const isLeftOpen = (item: InstanceView): boolean =>
  (item.state === 'stopped' || item.state === 'quarantined') && isOpen(item)

// --- order and choice -----------------------------------------------------------------------------

export const sortKeys = [
  'id',
  'state',
  'equity',
  'today',
  'total',
  'orders',
  'fills',
  'restarts',
  'memory',
  'uptime',
] as const
export type SortKey = (typeof sortKeys)[number]

export interface Choice {
  readonly text: string
  /** Null = every state. */
  readonly state: State | null
  readonly tag: string | null
  readonly sort: SortKey
  readonly isDescending: boolean
}

export const everything: Choice = {
  text: '',
  state: null,
  tag: null,
  sort: 'id',
  isDescending: false,
}

/** What needs somebody stands first. */
const URGENCY: readonly State[] = [
  'quarantined',
  'unreachable',
  'killed',
  'halted',
  'disarmed',
  'reduce_only',
  'paused',
  'restarting',
  'starting',
  'reconciling',
  'stopping',
  'running',
  'stopped',
  'foreign',
]

/** For the order of rows only, never shown. */
const place = (text: string | null): number =>
  text === null ? Number.NEGATIVE_INFINITY : plotted(text)

const RANKS: Readonly<Record<Exclude<SortKey, 'id'>, (item: InstanceView) => number>> = {
  state: ({ state }) => URGENCY.indexOf(state),
  equity: ({ equity }) => place(equity),
  today: (item) => place(item.pnl_today),
  total: ({ pnl }) => place(pnl),
  orders: missingCount,
  fills: ({ fills }) => fills ?? -1,
  restarts: ({ restarts }) => restarts,
  memory: (item) => item.memory_mb ?? -1,
  uptime: (item) => item.uptime_s ?? -1,
}

const byId = (a: InstanceView, b: InstanceView): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

function matches(item: InstanceView, { text, state, tag }: Choice): boolean {
  if (state !== null && item.state !== state) return false
  if (tag !== null && !item.tags.includes(tag)) return false
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = [
    item.id,
    item.name,
    item.symbol,
    item.venue,
    ...(item.legs ?? []).map(({ symbol }) => symbol),
    item.mode,
    item.strategy,
    ...item.tags,
  ]
    .join(' ')
    .toLowerCase()
  return words.every((word) => shown.includes(word))
}

/** The instances that were asked for, in the order that was asked for; equal ones by id. */
export function chosen(items: readonly InstanceView[], choice: Choice): readonly InstanceView[] {
  const { sort, isDescending } = choice
  const turn = isDescending ? -1 : 1
  const found = items.filter((item) => matches(item, choice))
  if (sort === 'id') return found.sort((a, b) => turn * byId(a, b))
  const rankOf = RANKS[sort]
  return found.sort((a, b) => {
    const [first, second] = [rankOf(a), rankOf(b)]
    return first === second ? byId(a, b) : turn * (first < second ? -1 : 1)
  })
}

/** Figures are read from the largest, words from the first. */
export const startsDescending = (key: SortKey): boolean => key !== 'id' && key !== 'state'
