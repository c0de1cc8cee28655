/** What the simulated exchange remembers: markets, accounts, orders. Plain data; the functions stand beside it. */
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { Candle, FundingRate } from '../domain/market.ts'
import type { Money, Price } from '../domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../domain/order.ts'
import type { PaperTerms } from '../domain/paper-terms.ts'
import type { Position } from '../domain/position/position.ts'
import type { Wake } from '../domain/strategy.ts'
import type { VenueOrderStatus } from '../domain/venue-report.ts'

/** On which terms an account trades an instrument. */
export interface AccountTerms {
  readonly leverage: number
  readonly marginMode: 'isolated' | 'cross'
  readonly paper: PaperTerms
}

/** Totals since the account was opened; balance = deposits + realised + funding - fees + insurance. */
export interface AccountLedger {
  deposits: Money
  /** Profit against the market of what was closed. */
  realised: Money
  /** Received (+) and paid (-). */
  funding: Money
  /** Paid, rebates negative; liquidation fees included. */
  fees: Money
  /** The part of `fees` that liquidations charged. */
  liquidationFees: Money
  /** Losses beyond what the account had, taken over by the exchange. */
  insurance: Money
}

export interface Account {
  readonly name: string
  settle: string
  balance: number
  /** Number of the last event. */
  seq: number
  readonly ledger: AccountLedger
  readonly holdings: Map<InstrumentId, Holding>
  /** Orders that are not final. */
  readonly orders: Map<ClientOrderId, BookOrder>
  /** The latest final orders, in two generations: when the younger is full, the older is forgotten as a whole. */
  finals: Map<ClientOrderId, BookOrder>
  olderFinals: Map<ClientOrderId, BookOrder>
}

/** One account on one instrument. */
export interface Holding {
  readonly account: Account
  readonly market: MarketState
  terms: AccountTerms
  position: Position
  /** Isolated: put aside for the position; 0 for cross. */
  margin: number
  /** Notional of the orders in the book that may raise |position|, at their limits. */
  buying: number
  selling: number
  /** Open of the candle, or begin of the span, whose volume `usedLots` counts. */
  usedAt: number
  usedLots: number
  /** The mark at which the position dies as it was computed last; null = none. */
  death: Price | null
  /** Position, balance or terms of the account have changed since. */
  isDeathStale: boolean
}

/**
 * Where an order is: delayed = on its way; conditional = waits for its trigger; resting = in the book; chasing = a
 * triggered market order that waits for the volume of the next candle; gone = final.
 */
export type BookPlace = 'delayed' | 'conditional' | 'resting' | 'chasing' | 'gone'

export interface BookOrder {
  /** Order of arrival over all accounts. */
  readonly number: number
  readonly clientId: ClientOrderId
  readonly request: OrderRequest
  readonly holding: Holding
  /** Lots to trade in all; 0 for a close-position order before its trigger. */
  lots: number
  filled: number
  place: BookPlace
  status: VenueOrderStatus
  reason: string | null
  /** Resting: the price at which the path fills it. */
  level: number
}

/** A wake and what became of it; `late`: it was set when the price was beyond the bound already. */
export interface WatchedWake {
  readonly instance: string
  readonly wake: Wake
  below: 'armed' | 'late' | 'told'
  above: 'armed' | 'late' | 'told'
  isTimeTold: boolean
}

/**
 * What a market meets next: a level of the path, a position that is dead where the price is, the end of a leg that
 * somebody watches, the close, the next open, or nothing more.
 */
export type NextKind = 'level' | 'death' | 'corner' | 'close' | 'open' | 'end'

export interface MarketState {
  readonly instrument: Instrument
  /** The candle that runs or ran last; null before the first opens. */
  candle: Candle | null
  /** The candle that opens next while none runs. */
  next: Candle | null
  isOpen: boolean
  /** The way of the candle that runs: to its low first. */
  isLowFirst: boolean
  /** Index of the leg that runs. */
  leg: number
  last: number
  /** mark - last, fixed at each open. */
  basis: number
  /** Candles that open within the same span share one volume, ms; 0 = each has its own. */
  readonly volumeSpanMs: number
  /** The price that was told last; 0 before the first. */
  toldLast: number
  toldMark: number
  /** Both sorted so that the order which the price reaches first is the last. */
  readonly bids: BookOrder[]
  readonly asks: BookOrder[]
  readonly conditionals: BookOrder[]
  readonly chasing: BookOrder[]
  readonly holdings: Holding[]
  wakes: WatchedWake[]
  /** Funding up to here is settled. */
  fundedUntil: number
  /** Rates fetched up to `fundingFetchedUntil`, of which the first are due next. */
  funding: FundingRate[]
  fundingFetchedUntil: number
  /** The bounds below must be computed anew: orders, wakes, positions, terms or the basis have changed. */
  isStale: boolean
  /** Last prices between which nothing is met. */
  up: number
  down: number
  /** A position must be liquidated where the price is. */
  isDeadNow: boolean
  /** Somebody watches the ends of the legs. */
  isCornered: boolean
  /** An order waits for the volume of the next candle. */
  isBlocked: boolean
  /** The earliest time that an instance waits for; Infinity = none does. */
  wakeAt: number
  /** What is met next must be computed anew: the price has moved. */
  isMoved: boolean
  nextKind: NextKind
  nextAt: number
  nextPrice: number
  nextLeg: number
}

/** A request on its way: latency holds it back until `at`. */
export interface DelayedRequest {
  readonly at: number
  readonly kind: 'place' | 'cancel'
  readonly order: BookOrder
}

/** Which instance trades which instrument of which account. */
export interface Attachment {
  readonly account: string
  readonly instrument: InstrumentId
}
