/** The rows of Backpack's REST answers and streams, as its OpenAPI and stream descriptions give them; only what is read. */

export interface MarketRow {
  readonly symbol: string
  readonly baseSymbol: string
  readonly quoteSymbol: string
  /** `PERP`, `SPOT` and others. */
  readonly marketType: string
  readonly orderBookState: string
  /** ms; perpetuals only. */
  readonly fundingInterval: number | null
  readonly imfFunction: SqrtRow | null
  readonly mmfFunction: SqrtRow | null
  readonly filters: {
    readonly price: { readonly tickSize: string; readonly minPrice: string }
    readonly quantity: { readonly stepSize: string; readonly minQuantity: string }
  }
}

/** A margin fraction that grows with the root of the notional: max(base, factor · √notional). */
export interface SqrtRow {
  readonly base: string
  readonly factor: string
  readonly type?: string
}

/** An order: resting (`createdAt` ms) or from the history (`createdAt` ISO without a zone, UTC). */
export interface OrderRow {
  readonly id: string
  readonly clientId?: number | string | null
  readonly symbol: string
  readonly side: string
  readonly orderType: string
  readonly status: string
  readonly price?: string | null
  readonly quantity?: string | null
  readonly executedQuantity?: string | null
  readonly timeInForce?: string
  readonly postOnly?: boolean | null
  readonly reduceOnly?: boolean | null
  readonly triggerPrice?: string | null
  readonly triggerBy?: string | null
  readonly triggerQuantity?: string | null
  readonly expiryReason?: string | null
  readonly createdAt: number | string
}

export interface FillRow {
  readonly symbol: string
  readonly orderId: string
  readonly clientId?: string | number | null
  readonly tradeId?: number | string | null
  readonly side: string
  readonly price: string
  readonly quantity: string
  readonly fee: string
  readonly feeSymbol: string
  readonly isMaker: boolean
  readonly systemOrderType?: string | null
  /** ISO without a zone, UTC. */
  readonly timestamp: string
}

export interface FundingRow {
  readonly symbol: string
  /** Positive when received. */
  readonly quantity: string
  readonly fundingRate: string
  readonly intervalEndTimestamp: string
}

/** A deposit or withdrawal. */
export interface TransferRow {
  readonly id: number | string
  readonly symbol: string
  readonly quantity: string
  readonly status: string
  readonly createdAt: string
}

export interface PositionRow {
  readonly symbol: string
  readonly netQuantity: string
  readonly netCost: string
  readonly userId: number
}

export interface CollateralRow {
  readonly netEquity: string
  readonly pnlUnrealized: string
}

export interface AccountRow {
  /** Basis points; a rebate is negative. */
  readonly futuresMakerFee: string
  readonly futuresTakerFee: string
  readonly leverageLimit: string
  readonly liquidating?: boolean
}

/** One message of account.orderUpdate: an order and, with `e` orderFill, its execution. Times are µs, and texts where ccxt thinks that a number is too large. */
export interface OrderEvent {
  readonly e: string
  readonly E: number | string
  readonly T?: number | string
  readonly s: string
  /** Order id. */
  readonly i: string
  readonly c?: number | string | null
  readonly S: string
  /** State of the order. */
  readonly X: string
  /** Reason of an expiry. */
  readonly R?: string | null
  /** Cumulative executed quantity. */
  readonly z?: string | null
  /** Trade id, quantity, price, fee, currency of the fee, whether we were the maker. */
  readonly t?: number | string | null
  readonly l?: string | null
  readonly L?: string | null
  readonly n?: string | null
  readonly N?: string | null
  readonly m?: boolean | null
  /** Origin, e.g. USER or LIQUIDATION_AUTOCLOSE. */
  readonly O?: string | null
}

/** One message of account.positionUpdate; `q` is the signed net quantity. */
export interface PositionEvent {
  readonly s: string
  readonly q: string | number
}

interface StreamTimes {
  readonly E: number | string
  readonly T?: number | string
  readonly s: string
}

export interface KlineEvent extends Omit<StreamTimes, 'T'> {
  readonly e: 'kline'
  /** Start, ISO without a zone, UTC. */
  readonly t: string
  readonly o?: string | null
  readonly h?: string | null
  readonly l?: string | null
  readonly c?: string | null
  readonly v: string
  /** Closed. */
  readonly X: boolean
}

/** Public messages; times are µs, and texts where ccxt thinks that a number is too large. */
export type MarketDataEvent =
  | KlineEvent
  | (StreamTimes & { readonly e: 'trade'; readonly p: string })
  | (StreamTimes & {
      readonly e: 'markPrice'
      readonly p: string
      readonly i?: string | null
      /** The rate that is foretold, and when it is settled (ms). */
      readonly f?: string | null
      readonly n?: number | string | null
    })
  | (StreamTimes & {
      readonly e: 'bookTicker'
      readonly b: string
      readonly B: string
      readonly a: string
      readonly A: string
      readonly u: number | string
    })

/** A candle of the REST interface; prices are absent in a minute without a trade. */
export interface RestKlineRow {
  /** Start, `2024-01-01 00:00:00` or ISO, UTC. */
  readonly start: string
  readonly open?: string | null
  readonly high?: string | null
  readonly low?: string | null
  readonly close?: string | null
  readonly volume: string
}
