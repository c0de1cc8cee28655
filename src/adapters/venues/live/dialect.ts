/**
 * What one venue's adapter tells LiveVenue: requests, reports and streams in the words of the domain, without numbers,
 * without memory, without retries. LiveVenue makes a VenueAccount (ports/venue.ts) of it.
 */
import type { Instrument, InstrumentId } from '../../../domain/instrument.ts'
import type { Candle, MarketPrice } from '../../../domain/market.ts'
import type { Ratio } from '../../../domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../../../domain/order.ts'
import type {
  CancelOutcome,
  PlaceOutcome,
  VenueAccountEvent,
  VenueBalance,
  VenueOrder,
  VenuePosition,
} from '../../../domain/venue-report.ts'
import type { RequestPool } from '../../../ports/request-budget.ts'

/** Of this account; checked at every connect. A dialect refuses with VenueError what must not trade. */
export interface AccountFacts {
  /** What the venue calls the account (uid, wallet address): a key of another account is noticed by it. */
  readonly fingerprint: string
  /** Whether the key may withdraw; null = the venue does not tell. */
  readonly canWithdraw: boolean | null
  /** Whether the key is bound to addresses; null = the venue does not tell. */
  readonly isAddressBound: boolean | null
  /** Venue wall clock minus ours, ms. */
  readonly clockOffsetMs: number
  /** Things worth a warning, one sentence each. */
  readonly warnings: readonly string[]
}

export interface InstrumentFacts {
  readonly instrument: Instrument
  readonly price: MarketPrice
  /** Market time of the price, ms. */
  readonly at: number
  readonly fees: { readonly maker: Ratio; readonly taker: Ratio }
}

/** An approved order on its way to the wire. */
export interface WireOrder {
  readonly clientId: ClientOrderId
  readonly instrument: Instrument
  readonly request: OrderRequest
  /** Venue wall ms after which the venue must refuse it; null = none. */
  readonly expiresAt: number | null
}

type WithoutNumber<E = VenueAccountEvent> = E extends unknown ? Omit<E, 'venueSeq'> : never

/**
 * Something that happened to the account. `key` is the same for the same thing, from whatever stream or query it comes and
 * after every restart: `fill:{id}`, `order:{clientId}:{status}:{lots filled}`, `funding:{instrument}:{at}`, `cash:{id}`.
 */
export type VenueFact = { readonly key: string } & WithoutNumber

/** What streams tell. Every callback may come late, twice or out of order. */
export interface DialectListener {
  onFacts(facts: readonly VenueFact[]): void
  /** `isClosed`: the candle is final. */
  onCandle(instrument: InstrumentId, candle: Candle, isClosed: boolean, price: MarketPrice): void
  onPrice(instrument: InstrumentId, price: MarketPrice, at: number): void
  /** A private stream is connected and subscribed. */
  onLive(stream: string): void
  /** A private stream has lost messages, or may have: everything must be asked. */
  onGap(stream: string, reason: string): void
}

/** What a venue can do. */
export interface VenueTraits {
  /** How client ids look there (domain/client-id.ts). */
  readonly idScheme: 'text' | 'hex128' | 'uint32'
  /** From sending to the moment after which the venue refuses the order, ms; null = the venue knows no deadline. */
  readonly deadlineMs: number | null
  /** Orders in one message, at most; 1 = no batch. */
  readonly batchMax: number
  /** Which dead-man switch the venue has. */
  readonly deadMan: 'account' | 'instrument' | null
  /** Least and greatest time of the switch, ms. */
  readonly deadManMs: { readonly min: number; readonly max: number } | null
  /** Protective orders rest at the venue with a trigger. */
  readonly hasRestingStops: boolean
  /** A stop may close the whole position, whatever it is then. */
  readonly hasClosePosition: boolean
}

/**
 * One venue account over ccxt. Requests take their allowance of a RequestBudget first. A single order never throws: what is
 * not proven is `unknown`. Everything else throws VenueError with one of its five kinds.
 */
export interface VenueDialect {
  readonly venue: string
  readonly traits: VenueTraits
  /** The limits of the venue as its documents tell them. */
  readonly pools: readonly RequestPool[]
  /** Loads markets, measures the clock, asserts one-way mode, rights of the key, an account that is there. */
  open(): Promise<AccountFacts>
  /** @param symbol ccxt's unified symbol */
  instrument(symbol: string): Promise<InstrumentFacts>
  setTerms(instrument: Instrument, leverage: number, marginMode: 'isolated' | 'cross'): Promise<void>
  place(orders: readonly WireOrder[]): Promise<readonly PlaceOutcome[]>
  cancel(
    instrument: Instrument,
    ids: readonly ClientOrderId[],
  ): Promise<readonly CancelOutcome[]>
  /** null = the venue says that it does not know the id. */
  lookup(instrument: Instrument, id: ClientOrderId): Promise<VenueOrder | null>
  /** Of the whole account; an order without a client id of its own is called `venue:{order id}`. */
  openOrders(): Promise<readonly VenueOrder[]>
  /** Fills, funding and cash since a moment (venue wall ms), complete, oldest first. */
  factsSince(at: number): Promise<readonly VenueFact[]>
  positions(): Promise<readonly VenuePosition[]>
  balance(): Promise<VenueBalance>
  clockOffsetMs(): Promise<number>
  /** Private streams from now on; public ones of an instrument with `watch`. Reconnects by itself. */
  listen(listener: DialectListener): void
  watch(instrument: Instrument): void
  /** Arms, renews or (null) lifts the venue's dead-man switch; absent where traits.deadMan is null. */
  armDeadMan?(timeoutMs: number | null, instruments: readonly Instrument[]): Promise<void>
  /**
   * Makes an order whose fate is not known impossible, where the venue can (its nonce is used up).
   * `burned`: it can never execute any more. `consumed`: the nonce was used, so it did arrive. `unsure`: ask again.
   */
  burn?(id: ClientOrderId): Promise<'burned' | 'consumed' | 'unsure'>
  close(): Promise<void>
}
