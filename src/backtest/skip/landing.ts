/**
 * Exchange and order loop as they stand after a leap, built from the books as a restart builds them from what was
 * stored (simulation/snapshot.ts, engine/order-loop.ts).
 */
import { dateIn } from '../../domain/day.ts'
import type { Instrument } from '../../domain/instrument.ts'
import type { MarketPrice } from '../../domain/market.ts'
import { price, quantity } from '../../domain/money.ts'
import type { ClientOrderId, OrderRequest, StoredOrder } from '../../domain/order.ts'
import type { Json, RestingWant, Wake } from '../../domain/strategy.ts'
import type { WholeWants } from '../../engine/instance.ts'
import { OrderLoop } from '../../engine/order-loop.ts'
import type { SlotDelays } from '../../engine/working-orders.ts'
import type { ReplaySource } from '../../simulation/replay-source.ts'
import { SimulatedExchange } from '../../simulation/simulated-exchange.ts'
import type { BacktestRequest } from '../run-types.ts'
import type { Books } from './chronicle.ts'

/** The account and its market between two candles. */
export interface LandingPlace {
  readonly account: string
  readonly request: BacktestRequest
  readonly instrument: Instrument
  readonly source: ReplaySource
  readonly books: Books
  /** By line, before the leap; and what its slots had to wait for then. */
  readonly idsBefore: Float64Array
  readonly delays: SlotDelays
  readonly lots: number
  readonly wants: WholeWants
  readonly at: number
  readonly price: MarketPrice
  /** Opens of the candle that closed last and of the next; null at the end. */
  readonly candleAt: number
  readonly nextAt: number | null
  readonly fundedUntil: number
  /** Lots that the account has traded within the candle that closed last. */
  readonly usedLots: number
  readonly peakEquity: number
  readonly dayStartEquity: number
}

export interface World {
  readonly exchange: SimulatedExchange
  readonly loop: OrderLoop
}

interface Resting {
  readonly id: ClientOrderId
  readonly number: number
  readonly rank: number
  /** The order that rested there before the leap. */
  readonly isOld: boolean
  readonly want: RestingWant
  readonly request: OrderRequest
}

/** The world before anything was placed. */
export function openedWorld(
  request: BacktestRequest,
  source: ReplaySource,
  instrument: Instrument,
  account: string,
): World {
  const { startAt, endAt } = source
  const { fillRule, candlePath = 'by_direction' } = request
  const { instance, paper, leverage, marginMode } = request
  const rules = { fillRule, candlePath, tracksChanges: false }
  const exchange = new SimulatedExchange({ source, startAt, endAt, ...rules })
  exchange.openAccount(account)
  exchange.deposit(account, paper.initialBalance, `paper:${instance}`)
  exchange.attach(account, instance, instrument.id, { leverage, marginMode, paper })
  const opening = exchange.price(instrument.id)
  const loop = new OrderLoop({ ...request, instrument }, startAt, opening)
  loop.onPrice(startAt, opening)
  return { exchange, loop }
}

/** The world after a leap. */
export function landedWorld(place: LandingPlace): World {
  const resting = restingOrders(place)
  return { exchange: exchangeAt(place, resting), loop: loopAt(place, resting) }
}

/** Line by line. */
const restsOf = ({ changes }: WholeWants): readonly RestingWant[] =>
  changes
    .flatMap((change) => (change.kind === 'rest' ? [change.want] : []))
    .sort((a, b) => a.price - b.price)

function restingOrders({ wants, books, idsBefore }: LandingPlace): readonly Resting[] {
  const orders: Resting[] = []
  let line = -1
  for (const want of restsOf(wants)) {
    do line += 1
    while (books.ids[line] === 0)
    const { instrument, side, price: at, quantity: lots, isReduceOnly } = want
    const request: OrderRequest = {
      instrument,
      side,
      kind: 'limit',
      price: at,
      quantity: lots,
      timeInForce: 'gtc',
      isPostOnly: true,
      isReduceOnly,
      trigger: null,
    }
    const id = `pf1b${books.ids[line]}` as ClientOrderId
    const [number, rank] = [books.numbers[line] as number, books.ranks[line] as number]
    const isOld = books.ids[line] === idsBefore[line]
    orders.push({ id, number, rank, isOld, want, request })
  }
  return orders.sort((a, b) => a.number - b.number)
}

function exchangeAt(place: LandingPlace, resting: readonly Resting[]): SimulatedExchange {
  const { request, source, account, instrument, books, at } = place
  const { fillRule, candlePath = 'by_direction', instance } = request
  const { startAt, endAt } = source
  const rules = { fillRule, candlePath, tracksChanges: false }
  const exchange = new SimulatedExchange({ source, startAt, endAt, ...rules })
  const orders = resting.map(({ id, number, request: asked }) => [
    `${account} ${id}`,
    {
      account,
      number,
      clientId: id,
      request: asked,
      lots: asked.quantity,
      filled: 0,
      place: 'resting',
      reason: null,
    },
  ])
  exchange.restore({
    clock: { at, lastNumber: books.orderNumber, queue: [], events: [] },
    markets: { [instrument.id]: marketOf(place) },
    accounts: { [account]: accountOf(place) },
    orders: Object.fromEntries(orders),
    instances: { [instance]: { account, instrument: instrument.id } },
  } as unknown as Json)
  exchange.setWakes(instance, place.wants.wakes)
  return exchange
}

function marketOf(place: LandingPlace): object {
  const { account, price: told, candleAt, nextAt, fundedUntil } = place
  return {
    candleAt,
    nextAt,
    isOpen: false,
    leg: 2,
    last: told.last,
    basis: told.mark - told.last,
    told,
    wakes: [] as readonly Wake[],
    fundedUntil,
    accounts: [account],
    conditionals: [],
    chasing: [],
  }
}

function accountOf({ request, instrument, books, lots, candleAt, usedLots }: LandingPlace): object {
  const { paper, leverage, marginMode } = request
  const { realised, fees, funding, cost, margin } = books
  return {
    settle: instrument.settle,
    balance: paper.initialBalance + realised + funding - fees,
    seq: books.accountSeq,
    ledger: {
      deposits: paper.initialBalance,
      realised,
      funding,
      fees,
      liquidationFees: 0,
      insurance: 0,
    },
    holdings: {
      [instrument.id]: {
        terms: { leverage, marginMode, paper },
        position: { quantity: lots, cost },
        margin,
        usedAt: candleAt,
        usedLots,
      },
    },
  }
}

function loopAt(place: LandingPlace, resting: readonly Resting[]): OrderLoop {
  const { request, instrument, books, lots, at, price: told, wants } = place
  const loop = new OrderLoop({ ...request, instrument }, at, told)
  const stored = resting.map(
    ({ id, want, request: asked }): StoredOrder => ({
      clientId: id,
      origin: { kind: 'slot', slot: want.slot },
      request: asked,
      quantityFilled: quantity(0),
      expiresAt: null,
    }),
  )
  const state = {
    position: lots,
    cash: books.cash,
    fees: books.fees,
    funding: books.funding,
    day: dateIn(request.timeZone, at),
    dayStartEquity: place.dayStartEquity,
    peakEquity: place.peakEquity,
    mode: 'running',
    latch: null,
    cause: null,
    pause: null,
    trips: { cash: books.trip, losses: books.losses },
    price: { last: price(told.last), mark: price(told.mark) },
    delays: delaysOf(place, resting),
  } as const
  loop.restore(state, stored, books.toldSeq)
  for (const { clientId, request: asked } of stored)
    loop.onResolved(clientId, {
      clientId,
      request: asked,
      status: 'open',
      quantityFilled: quantity(0),
      reason: null,
    })
  loop.setReconciled(true)
  loop.applyWants(books.toldSeq, true, wants.changes)
  loop.plan(at, neverPlaced, null)
  return loop
}

/** What every slot waits for, in the order of the slots: that is how the loop takes up their order. */
function delaysOf({ delays }: LandingPlace, resting: readonly Resting[]): SlotDelays {
  const none = { retryAt: 0, backoffMs: 0, retryReason: 'venue_rejected' } as const
  const byRank = [...resting].sort((a, b) => a.rank - b.rank)
  return Object.fromEntries(
    byRank.map(({ want, isOld }) => [want.slot, isOld ? (delays[want.slot] ?? none) : none]),
  )
}

function neverPlaced(): never {
  throw new Error('a landed grid has all its orders: nothing is left to place')
}
