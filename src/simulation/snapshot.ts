/** The state of a simulated exchange as plain JSON and back; the candles themselves stay with the source. */
import type { InstrumentId } from '../domain/instrument.ts'
import type { MarketPrice } from '../domain/market.ts'
import { invariant, price } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { Json } from '../domain/strategy.ts'
import { openAccount, openHolding } from './accounts.ts'
import { fillLevel, rest } from './book.ts'
import { goesLowFirst } from './candle-path.ts'
import { type Hall, type NamedEvent, newMarket } from './hall.ts'
import type {
  Account,
  Attachment,
  BookOrder,
  DelayedRequest,
  Holding,
  MarketState,
} from './state.ts'

/** A part of the state and where it stands in the snapshot; null = it is gone. */
export interface ChangedPart {
  readonly path: readonly [section: string, name: string]
  readonly value: Json | null
}

type StoredHolding = Pick<Holding, 'terms' | 'position' | 'margin' | 'usedAt' | 'usedLots'>
interface StoredAccount {
  readonly settle: string
  readonly balance: number
  readonly seq: number
  readonly ledger: Account['ledger']
  readonly holdings: { readonly [instrument: string]: StoredHolding }
}
type StoredOrder = Pick<
  BookOrder,
  'number' | 'clientId' | 'request' | 'lots' | 'filled' | 'place' | 'reason'
> & { readonly account: string }
interface StoredMarket
  extends Pick<MarketState, 'isOpen' | 'leg' | 'last' | 'basis' | 'wakes' | 'fundedUntil'> {
  readonly told: MarketPrice | null
  readonly candleAt: number | null
  /** Only while a candle runs; absent in a state of an earlier version. */
  readonly isLowFirst?: boolean
  readonly nextAt: number | null
  readonly accounts: readonly string[]
  /** Keys of orders, in their order. */
  readonly conditionals: readonly string[]
  readonly chasing: readonly string[]
}
interface StoredDelay extends Pick<DelayedRequest, 'at' | 'kind'> {
  readonly order: string
}
interface StoredClock {
  readonly at: number
  readonly lastNumber: number
  readonly queue: readonly StoredDelay[]
  readonly events: readonly NamedEvent[]
}
interface Stored {
  readonly clock: StoredClock
  readonly markets: { readonly [id: string]: StoredMarket }
  readonly accounts: { readonly [name: string]: StoredAccount }
  readonly orders: { readonly [key: string]: StoredOrder }
  readonly instances: { readonly [instance: string]: Attachment }
}

const keyOf = (order: BookOrder): string => `${order.holding.account.name} ${order.clientId}`

// Everything below is plain data of numbers, strings and lists.
const asJson = (
  value: StoredClock | StoredMarket | StoredAccount | StoredOrder | Attachment | Stored,
) => value as unknown as Json

/** The whole state. Later changes of the exchange do not reach it. */
export function writeState(hall: Hall): Json {
  const stored: Stored = {
    clock: clockOf(hall),
    markets: Object.fromEntries(hall.markets.map((one) => [one.instrument.id, marketOf(one)])),
    accounts: Object.fromEntries([...hall.accounts].map(([name, one]) => [name, accountOf(one)])),
    orders: Object.fromEntries(
      [...hall.accounts.values()].flatMap(({ orders }) =>
        [...orders.values()].map((order) => [keyOf(order), orderOf(order)]),
      ),
    ),
    instances: Object.fromEntries(hall.instances),
  }
  return asJson(stored)
}

/** The parts that changed since the last call; the clock and the markets always do. */
export function takeChangedParts(hall: Hall): ChangedPart[] {
  const clock = clockOf(hall)
  const parts: ChangedPart[] = Object.entries(clock).map(([name, value]) => ({
    path: ['clock', name] as const,
    value: value as Json,
  }))
  for (const market of hall.markets) {
    parts.push({ path: ['markets', market.instrument.id], value: asJson(marketOf(market)) })
  }
  for (const name of hall.changedAccounts) {
    parts.push({ path: ['accounts', name], value: asJson(accountOf(hall.account(name))) })
  }
  for (const order of hall.changedOrders) {
    const value = order.status === 'open' ? asJson(orderOf(order)) : null
    parts.push({ path: ['orders', keyOf(order)], value })
  }
  for (const instance of hall.changedInstances) {
    const attachment = hall.instances.get(instance)
    parts.push({ path: ['instances', instance], value: attachment ? asJson(attachment) : null })
  }
  hall.changedAccounts.clear()
  hall.changedOrders.clear()
  hall.changedInstances.clear()
  return parts
}

const clockOf = (hall: Hall): StoredClock => ({
  at: hall.at,
  lastNumber: hall.lastNumber,
  // A cancel that came too late has nothing left to do.
  queue: hall.queue
    .filter(({ order }) => order.status === 'open')
    .map(({ at, kind, order }) => ({ at, kind, order: keyOf(order) })),
  events: [...hall.events],
})

/** The price that was told last; null before the first. */
export const toldOf = ({ toldLast, toldMark }: MarketState): MarketPrice | null =>
  toldLast === 0 ? null : { last: price(toldLast), mark: price(toldMark) }

const marketOf = (market: MarketState): StoredMarket => ({
  candleAt: market.candle?.openAt ?? null,
  nextAt: market.next?.openAt ?? null,
  isOpen: market.isOpen,
  ...(market.isOpen ? { isLowFirst: market.isLowFirst } : {}),
  leg: market.leg,
  last: market.last,
  basis: market.basis,
  told: toldOf(market),
  wakes: market.wakes.map((watched) => ({ ...watched })),
  fundedUntil: market.fundedUntil,
  accounts: market.holdings.map(({ account }) => account.name),
  conditionals: market.conditionals.map(keyOf),
  chasing: market.chasing.map(keyOf),
})

const accountOf = (account: Account): StoredAccount => ({
  settle: account.settle,
  balance: account.balance,
  seq: account.seq,
  ledger: { ...account.ledger },
  holdings: Object.fromEntries(
    [...account.holdings].map(([id, { terms, position, margin, usedAt, usedLots }]) => [
      id,
      { terms, position, margin, usedAt, usedLots },
    ]),
  ),
})

const orderOf = (order: BookOrder): StoredOrder => ({
  account: order.holding.account.name,
  number: order.number,
  clientId: order.clientId,
  request: order.request,
  lots: order.lots,
  filled: order.filled,
  place: order.place,
  reason: order.reason,
})

/** Puts a written state into an empty hall with the same source. */
export function readState(hall: Hall, json: Json): void {
  const {
    clock,
    markets = {},
    accounts = {},
    orders = {},
    instances = {},
  } = json as unknown as Partial<Stored>
  invariant(clock !== undefined, 'a stored state of the simulated exchange has a clock')
  hall.at = clock.at
  hall.lastNumber = clock.lastNumber
  hall.events = [...clock.events]
  for (const [id, stored] of Object.entries(markets)) readMarket(hall, id as InstrumentId, stored)
  for (const [name, stored] of Object.entries(accounts)) {
    const { settle, balance, seq, ledger } = stored
    hall.accounts.set(name, { ...openAccount(name), settle, balance, seq, ledger: { ...ledger } })
  }
  for (const [id, { accounts: names }] of Object.entries(markets)) {
    for (const name of names)
      readHolding(hall, hall.account(name), id as InstrumentId, accounts[name])
  }
  const byKey = readOrders(hall, orders)
  for (const [id, stored] of Object.entries(markets)) {
    const market = hall.market(id as InstrumentId)
    market.conditionals.push(...pick(byKey, stored.conditionals))
    market.chasing.push(...pick(byKey, stored.chasing))
  }
  hall.queue = clock.queue.flatMap(({ at, kind, order }) =>
    pick(byKey, [order]).map((found) => ({ at, kind, order: found })),
  )
  for (const [instance, attachment] of Object.entries(instances)) {
    hall.instances.set(instance, attachment)
  }
}

function readMarket(hall: Hall, id: InstrumentId, stored: StoredMarket): void {
  const candleAt = (at: number | null) => (at === null ? null : hall.source.candleFrom(id, at))
  const { isOpen, leg, last, basis, told, wakes, fundedUntil } = stored
  const { volumeSpanMs } = hall.source
  const next = candleAt(stored.nextAt)
  const market = newMarket(hall.instrument(id), next, fundedUntil, volumeSpanMs)
  market.candle = candleAt(stored.candleAt)
  invariant(
    (market.candle?.openAt ?? null) === stored.candleAt,
    `the market data holds the candle of ${id} at which the exchange stopped`,
  )
  Object.assign(market, { isOpen, leg, last, basis, wakes: wakes.map((one) => ({ ...one })) })
  const { candle } = market
  market.isLowFirst =
    stored.isLowFirst ?? (candle !== null && goesLowFirst(candle, 'by_direction', 0))
  // Absent in a state of an earlier version.
  market.toldLast = told?.last ?? 0
  market.toldMark = told?.mark ?? 0
  hall.addMarket(market)
}

function readHolding(
  hall: Hall,
  account: Account,
  id: InstrumentId,
  stored: StoredAccount | undefined,
): void {
  const from = stored?.holdings[id]
  invariant(from !== undefined, `the stored account ${account.name} holds ${id}`)
  const { terms, position, margin, usedAt, usedLots } = from
  const holding = openHolding(account, hall.market(id), terms)
  Object.assign(holding, { position, margin, usedAt, usedLots })
}

function readOrders(hall: Hall, orders: Stored['orders']): Map<string, BookOrder> {
  const byKey = new Map<string, BookOrder>()
  const sorted = Object.entries(orders).sort(([, a], [, b]) => a.number - b.number)
  for (const [
    key,
    { account: name, number, clientId, request, lots, filled, place, reason },
  ] of sorted) {
    const account = hall.account(name)
    const holding = account.holdings.get(request.instrument)
    invariant(holding !== undefined, `the stored order ${key} belongs to a holding`)
    const level = fillLevel(holding.market.instrument, request, hall.fillRule)
    const status = 'open' as const
    const order: BookOrder = {
      number,
      clientId,
      request,
      holding,
      lots,
      filled,
      place,
      status,
      reason,
      level,
    }
    account.orders.set(clientId as ClientOrderId, order)
    byKey.set(key, order)
    if (place === 'resting') rest(holding.market, order)
  }
  return byKey
}

const pick = (orders: ReadonlyMap<string, BookOrder>, keys: readonly string[]): BookOrder[] =>
  keys.flatMap((key) => orders.get(key) ?? [])
