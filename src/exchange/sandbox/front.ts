/**
 * What the wire of one venue (a front) and the exchange behind it (the backend) owe each other.
 *
 * A front knows bytes: paths, field names, signatures, error codes, streams. It keeps nothing that must survive a restart,
 * opens no socket and asks no clock of its own. The backend knows accounts, orders and the market in integers of the core.
 * Two clocks: `wallMs()` is the venue's clock (signatures, deadlines, the time endpoint; the drift fault moves it), `marketAt()`
 * stamps everything that happens (orders, fills, candles, funding). The market may run faster, so stamps may lie ahead of the wall
 * clock, never behind it.
 */
import type { Instrument, InstrumentId } from '../../domain/instrument.ts'
import type { MarketEvent } from '../../domain/market.ts'
import type { Money, Price, Quantity, Ratio } from '../../domain/money.ts'
import type { OrderRequest, Side } from '../../domain/order.ts'
import type { VenueOrderStatus } from '../../domain/venue-report.ts'
import type { EndpointClass, SandboxVenue, WordedFault } from '../../protocol/sandbox-messages.ts'

export type { EndpointClass, SandboxVenue, WordedFault } from '../../protocol/sandbox-messages.ts'

// The wire

/** One HTTP request exactly as it came: signatures cover these very bytes. */
export interface FrontRequest {
  /** Upper case. */
  readonly method: string
  /** Without the query, still encoded. */
  readonly path: string
  /** What follows the question mark, still encoded; '' = nothing. */
  readonly query: string
  /** By name in lower case; of a repeated one the first. */
  readonly headers: Readonly<Record<string, string>>
  /** UTF-8; bytes that are none are refused before a front sees them, so this text is the exact body. */
  readonly body: string
  /** Internet address of the caller, for limits by address. */
  readonly address: string
}

export interface FrontResponse {
  readonly status: number
  /** Without content-length; content-type is application/json when absent. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

export interface Classified {
  readonly endpoint: EndpointClass
  /** Name of the account by the key or address in the request, not verified yet; null = public or unknown. */
  readonly account: string | null
}

/** One end of a WebSocket as a front sees it. Sending on a closed one does nothing. */
export interface FrontSocket {
  send(text: string): void
  /** Protocol-level ping. */
  ping(): void
  close(code: number, reason: string): void
}

/** What a front does with one WebSocket. Pings of the client are answered by the server itself. */
export interface FrontConnection {
  onMessage(text: string): void
  onPing(): void
  onPong(): void
  onClose(): void
}

/** The wire protocol of one venue. Synchronous: what it answers is what the venue decides at that moment. */
export interface VenueFront {
  readonly venue: SandboxVenue
  classify(request: FrontRequest): Classified
  http(request: FrontRequest): FrontResponse
  /** How the venue words a refusal, in the shape in which it answers this request. */
  word(fault: WordedFault, request: FrontRequest): FrontResponse
  /** Takes a WebSocket at a path (with its query, without the host); null = the venue has none there. */
  connect(socket: FrontSocket, path: string, address: string): FrontConnection | null
  /** Called after the answer to the request that caused it, in order. */
  onAccount(account: string, events: readonly SandboxEvent[]): void
  /** Prices and closed candles of instruments that somebody watches; stamps are of `marketAt()`. */
  onMarket(events: readonly MarketEvent[]): void
  /** Each second of machine time: own pings, streams that repeat, switches that run out. */
  onSecond(): void
}

// Accounts

/** What a client needs to speak for an account; '' = the venue has none of that kind. */
export interface SandboxCredentials {
  /** OKX: the key; Backpack: the public key in base64. */
  readonly apiKey: string
  /** OKX: the secret; Backpack: the seed in base64. */
  readonly secretKey: string
  readonly passphrase: string
  /** Hyperliquid, Aster: the address that owns the money, lower case, with 0x. */
  readonly walletAddress: string
  /** Hyperliquid, Aster: what signs, with 0x: the agent's key. */
  readonly privateKey: string
  /** The address of privateKey, lower case. */
  readonly agentAddress: string
}

export interface KeyState {
  readonly isRevoked: boolean
  readonly isAgentExpired: boolean
  readonly canWithdraw: boolean
}

/** An order as the venue keeps it, refused ones included when the venue gave them a number. */
export interface SandboxOrder {
  /** The venue's number: grows with every order of every account, never used twice, also after a restart. */
  readonly id: number
  /** As the client wrote it; null = it named none. */
  readonly clientId: string | null
  readonly account: string
  readonly instrument: InstrumentId
  readonly request: OrderRequest
  /** Lots in all; of a close-position order 0 before it fires. */
  readonly quantity: Quantity
  readonly status: VenueOrderStatus
  readonly reason: string | null
  readonly quantityFilled: Quantity
  /** Sum of price times lots over its fills: divided by quantityFilled it is the average in price units. */
  readonly costFilled: number
  /** Sum of the fees, positive = paid. */
  readonly fee: Money
  readonly realised: Money
  readonly lastFill: SandboxFill | null
  /** `marketAt()` stamps, ms. */
  readonly createdAt: number
  readonly updatedAt: number
  /** A trigger has fired. */
  readonly isTriggered: boolean
  /** How often it was amended; absent = never. */
  readonly amendments?: number
  /** Who caused it: the client, a liquidation, an auto-deleveraging, or somebody else with the same account. */
  readonly origin: 'client' | 'liquidation' | 'adl' | 'foreign'
  /** What the front wants to find again: time in force, tags, margin mode as the client wrote them. */
  readonly extra: Readonly<Record<string, string>>
}

export interface SandboxFill {
  /** The venue's number of the trade: grows. */
  readonly id: number
  readonly at: number
  readonly orderId: number
  readonly clientId: string | null
  readonly account: string
  readonly instrument: InstrumentId
  readonly side: Side
  readonly price: Price
  readonly quantity: Quantity
  /** Positive = the account pays, 1e-8 of the settlement currency. */
  readonly fee: Money
  readonly isMaker: boolean
  readonly origin: SandboxOrder['origin']
  /** Profit of what the fill closes, without fees. */
  readonly realised: Money
  /** Signed position before the fill, lots. */
  readonly positionBefore: Quantity
}

/** Funding and cash: what moves the balance besides trades. */
export interface SandboxPayment {
  /** Grows; unique for the venue. */
  readonly id: number
  readonly at: number
  readonly account: string
  readonly kind: 'funding' | 'cash'
  /** Positive = the account receives. */
  readonly amount: Money
  readonly balanceAfter: Money
  /** Funding only, else null. */
  readonly instrument: InstrumentId | null
  readonly rate: Ratio | null
  readonly position: Quantity | null
  /** Cash: deposit, withdrawal, insurance. */
  readonly reason: string
}

/** What an account is told, in the order in which it happened. */
export type SandboxEvent =
  /** An order was accepted, has changed or ended; with the fill that changed it. */
  | {
      readonly kind: 'order'
      readonly order: SandboxOrder
      readonly fill: SandboxFill | null
      /** The venue itself has made it smaller. */
      readonly isCut?: true
    }
  | { readonly kind: 'payment'; readonly payment: SandboxPayment }
  /** Leverage, margin mode or position mode has changed. */
  | { readonly kind: 'terms'; readonly instrument: InstrumentId | null; readonly at: number }

export interface SandboxPosition {
  readonly instrument: InstrumentId
  /** Signed lots, never 0. */
  readonly quantity: Quantity
  /** What it cost, 1e-8 settle, signed like the core's positions; `entryPrice` is made of it. */
  readonly cost: Money
  /** Average entry in the instrument's price units, with a fraction. */
  readonly entryPrice: number
  readonly mark: Price
  readonly notional: Money
  readonly unrealised: Money
  readonly initialMargin: Money
  readonly maintenanceMargin: Money
  readonly liquidationPrice: Price | null
  readonly leverage: number
  readonly marginMode: 'isolated' | 'cross'
  readonly createdAt: number
  readonly updatedAt: number
}

export interface SandboxBalance {
  readonly settle: string
  readonly balance: Money
  readonly unrealised: Money
  /** balance + unrealised. */
  readonly equity: Money
  /** Initial margin of positions. */
  readonly positionMargin: Money
  /** Initial margin of resting orders. */
  readonly orderMargin: Money
  readonly maintenanceMargin: Money
  /** What new orders may use; never negative. */
  readonly available: Money
}

export interface InstrumentTerms {
  readonly leverage: number
  readonly marginMode: 'isolated' | 'cross'
}

export interface PlaceWish {
  /** As the client wrote it, already checked against the venue's rule; null = none, the backend makes an inner one. */
  readonly clientId: string | null
  readonly request: OrderRequest
  /** Venue wall ms after which it must be refused; null = none. */
  readonly expiresAt: number | null
  readonly extra?: Readonly<Record<string, string>>
}

/** Why the exchange refuses an order; each front words it in its codes. */
export type OrderRefusal =
  | 'unknown_instrument'
  | 'not_trading'
  | 'delisted'
  | 'post_only_mode'
  | 'reduce_only_mode'
  | 'duplicate_client_id'
  | 'expired'
  | 'bad_price'
  | 'bad_quantity'
  | 'bad_trigger'
  | 'below_minimum'
  | 'reduce_only'
  | 'would_cross'
  | 'insufficient_margin'
  | 'leverage_max'
  | 'bad_request'
  /** By a fault: the venue says no without a reason that the client could have known. */
  | 'fault'

export type PlaceResult =
  | { readonly kind: 'accepted'; readonly order: SandboxOrder }
  | { readonly kind: 'rejected'; readonly reason: OrderRefusal; readonly order: null }

/** `absent`: there is no such order; `final`: it was over before the cancel came. */
export type CancelResult =
  | { readonly kind: 'canceled'; readonly order: SandboxOrder }
  | { readonly kind: 'final'; readonly order: SandboxOrder }
  | { readonly kind: 'absent'; readonly order: null }

/** `rejected`: the order goes on as it was. */
export type AmendResult =
  | { readonly kind: 'amended'; readonly order: SandboxOrder }
  | { readonly kind: 'rejected'; readonly reason: OrderRefusal; readonly order: SandboxOrder }
  | { readonly kind: 'final'; readonly order: SandboxOrder }
  | { readonly kind: 'absent'; readonly order: null }

export type OrderRef = { readonly id: number } | { readonly clientId: string }

/** A page of a history, newest first. Bounds are exclusive where they are ids, inclusive where they are times. */
export interface HistoryQuery {
  readonly instrument?: InstrumentId
  readonly orderId?: number
  readonly beforeId?: number
  readonly afterId?: number
  readonly from?: number
  readonly until?: number
  readonly limit: number
}

/** One account of a venue. Everything takes effect at once and is durable when the call returns. */
export interface SandboxAccount {
  readonly name: string
  /** Eight digits, the same for ever: uid, account id. */
  readonly uid: string
  readonly credentials: SandboxCredentials
  readonly key: KeyState
  place(wishes: readonly PlaceWish[]): readonly PlaceResult[]
  cancel(refs: readonly OrderRef[]): readonly CancelResult[]
  /** Another limit or another quantity in all (what is filled counts); the number stays. */
  amend(
    ref: OrderRef,
    change: { readonly price?: Price; readonly quantity?: Quantity },
  ): AmendResult
  /** Null: unknown, or still invisible by a fault. Finished orders are found too. */
  order(ref: OrderRef): SandboxOrder | null
  /** Newest first. */
  openOrders(instrument?: InstrumentId): readonly SandboxOrder[]
  /** Orders that are over, newest first. */
  orderHistory(query: HistoryQuery): readonly SandboxOrder[]
  fills(query: HistoryQuery): readonly SandboxFill[]
  payments(query: HistoryQuery & { readonly kind?: 'funding' | 'cash' }): readonly SandboxPayment[]
  positions(): readonly SandboxPosition[]
  balance(): SandboxBalance
  terms(instrument: InstrumentId): InstrumentTerms
  /** @returns null, or why not in a word: leverage_max, has_position, bad_request */
  setTerms(instrument: InstrumentId, terms: Partial<InstrumentTerms>): string | null
  readonly positionMode: 'one_way' | 'hedge'
  /** Kept and answered, but the books are one-way: fronts refuse orders while it is hedge. */
  setPositionMode(mode: 'one_way' | 'hedge'): string | null
  /** Taker and maker rate. */
  readonly fees: { readonly maker: Ratio; readonly taker: Ratio }
}

// The market

export type TradingState = 'trading' | 'post_only' | 'paused' | 'close_only' | 'delisted'

export interface SandboxInstrument {
  readonly instrument: Instrument
  /** Quantities must be multiples of so many lots: 1, unless a fault has changed the lot. Lots themselves keep their size. */
  readonly lotStep: number
  /** By faults; `trading` else. */
  readonly state: TradingState
  /** Wall ms of the announced end, null = none. */
  readonly delistAt: number | null
}

export interface SandboxPrice {
  readonly last: Price
  readonly mark: Price
  readonly index: Price
  readonly at: number
}

/** One level: price and lots. */
export type BookLevel = readonly [Price, Quantity]

/** Bids downwards, asks upwards. The same moment always gives the same book; own orders do not stand in it. */
export interface SandboxBook {
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
  readonly at: number
  /** Grows with the market time; equal numbers mean equal books. */
  readonly sequence: number
}

export interface SandboxTrade {
  readonly id: number
  readonly at: number
  readonly side: Side
  readonly price: Price
  readonly quantity: Quantity
}

export interface SandboxCandle {
  readonly openAt: number
  readonly closeAt: number
  readonly open: Price
  readonly high: Price
  readonly low: Price
  readonly close: Price
  /** Lots. */
  readonly volume: number
  readonly isClosed: boolean
}

export interface CandleQuery {
  readonly barMs: number
  /** openAt >= from; absent = as far as the limit reaches. */
  readonly from?: number
  /** openAt <= until; absent = now. */
  readonly until?: number
  readonly limit: number
}

export interface SandboxFunding {
  /** The rate that would be paid at nextAt. */
  readonly rate: Ratio
  readonly nextAt: number
  readonly previousAt: number
  readonly intervalMs: number
}

/** Price and volume of the last 24 hours of the market. */
export interface DayFigures {
  readonly open: Price
  readonly high: Price
  readonly low: Price
  readonly close: Price
  /** Lots, and value in 1e-8 quote as a plain number (it may leave the safe integers). */
  readonly volume: number
  readonly turnover: number
  readonly trades: number
}

/** A limit of a venue. `bucket`: refills evenly; `window`: counts anew at each whole window of the wall clock. */
export interface RateRule {
  readonly name: string
  readonly kind: 'bucket' | 'window'
  readonly limit: number
  readonly windowMs: number
}

export interface RateResult {
  readonly isAllowed: boolean
  /** Used of the limit now, this request included when it is allowed. */
  readonly used: number
  readonly retryAfterMs: number
}

/** The exchange as one venue's front sees it. */
export interface SandboxBackend {
  readonly venue: SandboxVenue
  wallMs(): number
  marketAt(): number
  /** Listed contracts, in a fixed order: the index may serve as the asset number. */
  instruments(): readonly SandboxInstrument[]
  /** By ccxt's unified symbol or by id; null = not listed. */
  instrument(symbol: string): SandboxInstrument | null
  price(instrument: InstrumentId): SandboxPrice
  book(instrument: InstrumentId, depth: number): SandboxBook
  /** Newest first. */
  trades(instrument: InstrumentId, limit: number): readonly SandboxTrade[]
  /** Ascending, the one that runs last. */
  candles(instrument: InstrumentId, query: CandleQuery): readonly SandboxCandle[]
  day(instrument: InstrumentId): DayFigures
  /** Lots, synthetic. */
  openInterest(instrument: InstrumentId): number
  funding(instrument: InstrumentId): SandboxFunding
  /** Settled rates with from <= at <= until, ascending, the newest `limit` of them. */
  fundingHistory(
    instrument: InstrumentId,
    query: { readonly from?: number; readonly until?: number; readonly limit: number },
  ): readonly { readonly at: number; readonly rate: Ratio }[]
  /** The instrument's events come to `onMarket` from now on. */
  watch(instrument: InstrumentId): void
  accounts(): readonly SandboxAccount[]
  /** By API key, wallet address or agent address (lower case), whichever the venue uses; a revoked key is found too. */
  accountOf(key: string): SandboxAccount | null
  /** Whether the venue is down for maintenance now, and until when (wall ms). */
  maintenance(): { readonly isOn: boolean; readonly until: number | null }
  /** Takes of a limit; with limits switched off it is always allowed. @param subject whose: address, uid, uid + instrument */
  take(rule: RateRule, subject: string, weight: number): RateResult
}

/** How a program makes the front of a venue. */
export type FrontFactory = (backend: SandboxBackend) => VenueFront

/** A price with a fraction of a unit, as venues write averages: up to 8 digits more than a price has, no trailing zeros. */
export function decimalText(units: number, decimals: number): string {
  const text = (units / 10 ** decimals).toFixed(Math.min(20, decimals + 8))
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
