/**
 * What one venue's adapter tells LiveVenue: requests, reports and streams in the words of the domain, without numbers,
 * without memory, without retries. LiveVenue makes a VenueAccount (ports/venue.ts) of it.
 */
import type { Instrument, InstrumentId } from '../../../domain/instrument.ts'
import type { Candle, MarketPrice } from '../../../domain/market.ts'
import type { Ratio } from '../../../domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../../../domain/order.ts'
import type { HistogramCounts } from '../../../domain/statistic/histogram.ts'
import type {
  CancelOutcome,
  PlaceOutcome,
  VenueAccountEvent,
  VenueBalance,
  VenueOrder,
  VenuePosition,
} from '../../../domain/venue-report.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Logger } from '../../../ports/logger.ts'
import type { RequestBudget, RequestPool } from '../../../ports/request-budget.ts'
import type { BurnOutcome, VenueTraits, VenueWord } from '../../../ports/venue.ts'

export type { VenueTraits }

/** What a venue asks for to let us in; each venue takes the ones it knows. Never in a log, an error or an answer. */
export interface Credentials {
  readonly apiKey?: string
  readonly secretKey?: string
  readonly passphrase?: string
  /** Address of the account that trades; with an agent key it is not the key's own address. */
  readonly walletAddress?: string
  readonly privateKey?: string
}

/** What every dialect is made of. */
export interface DialectParts {
  readonly credentials: Credentials
  /** null = the venue's own hosts; loopback = the sandbox. */
  readonly restUrl: string | null
  readonly wsUrl: string | null
  readonly isTestnet: boolean
  /** The operator took the risk of a key that controls the funds (wallets), or of a venue nobody has verified. */
  readonly acceptsMainKey: boolean
  readonly acceptsUnverified: boolean
  readonly clock: Clock
  readonly logger: Logger
  readonly budget: RequestBudget
  /** [0, 1), for jitter. */
  readonly random: () => number
}

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
  /** A stream is connected and subscribed: every name of `streams`, and the public ones under names of their own. */
  onLive(stream: string): void
  /** A stream has lost messages, or may have: everything must be asked. Once for each loss. */
  onGap(stream: string, reason: string): void
  /** Something came on any stream. */
  onMessage(): void
}

/**
 * One venue account over ccxt. Requests take their allowance of a RequestBudget first. A single order never throws: what is
 * not proven is `unknown`. Everything else throws VenueError with one of its five kinds.
 */
export interface VenueDialect {
  readonly venue: string
  readonly traits: VenueTraits
  /** Names of the private streams: the account is fully told of while each is live. */
  readonly streams: readonly string[]
  /** Question to answer of all requests, s; a Transport keeps it. */
  readonly roundTrips: HistogramCounts
  /** The limits of the venue as its documents tell them. */
  readonly pools: readonly RequestPool[]
  /** Loads markets, measures the clock, asserts one-way mode, rights of the key, an account that is there. */
  open(): Promise<AccountFacts>
  /** @param symbol ccxt's unified symbol */
  instrument(symbol: string): Promise<InstrumentFacts>
  setTerms(
    instrument: Instrument,
    leverage: number,
    marginMode: 'isolated' | 'cross',
  ): Promise<void>
  place(orders: readonly WireOrder[]): Promise<readonly PlaceOutcome[]>
  cancel(instrument: Instrument, ids: readonly ClientOrderId[]): Promise<readonly CancelOutcome[]>
  /** null = the venue says that it does not know the id. */
  lookup(instrument: Instrument, id: ClientOrderId): Promise<VenueOrder | null>
  /** Of the whole account; an order without a client id of its own is called `venue:{order id}`. */
  openOrders(): Promise<readonly VenueOrder[]>
  /** Fills, funding and cash since a moment (venue wall ms), complete, oldest first. */
  factsSince(at: number): Promise<readonly VenueFact[]>
  positions(): Promise<readonly VenuePosition[]>
  balance(): Promise<VenueBalance>
  clockOffsetMs(): Promise<number>
  /** What the venue says of its own state, null = all is well; absent = it has no such question. */
  word?(): Promise<VenueWord | null>
  /** Closed 1m candles that opened at or after a moment (market time ms), oldest first; absent = the venue has no such question. */
  candles?(instrument: Instrument, openedFrom: number): Promise<readonly Candle[]>
  /** Private streams from now on; public ones of an instrument with `watch`. Reconnects by itself. */
  listen(listener: DialectListener): void
  watch(instrument: Instrument): void
  /** Arms, renews or (null) lifts the venue's dead-man switch; absent where traits.deadMan is null. */
  armDeadMan?(timeoutMs: number | null, instruments: readonly Instrument[]): Promise<void>
  /** Makes an order whose fate is not known impossible, where the venue can (its nonce is used up). */
  burn?(id: ClientOrderId): Promise<BurnOutcome>
  close(): Promise<void>
}
