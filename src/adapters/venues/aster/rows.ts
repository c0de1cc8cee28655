/** The rows of Aster's answers and streams (futures API v3); only what is read. */

export interface FilterRow {
  readonly filterType: string
  readonly tickSize?: string
  readonly stepSize?: string
  readonly minQty?: string
  readonly notional?: string
}

export interface SymbolRow {
  readonly symbol: string
  readonly contractType: string
  readonly status: string
  readonly baseAsset: string
  readonly quoteAsset: string
  readonly marginAsset: string
  readonly liquidationFee?: string
  readonly filters: readonly FilterRow[]
}

export interface BracketRow {
  readonly notionalFloor: number | string
  readonly initialLeverage: number | string
  readonly maintMarginRatio: number | string
}

export interface OrderRow {
  readonly symbol: string
  readonly orderId: number | string
  readonly clientOrderId: string
  readonly status: string
  readonly side: string
  /** What it is now: a stop that was triggered is LIMIT or MARKET. */
  readonly type: string
  readonly origType?: string
  readonly price: string
  readonly origQty: string
  readonly executedQty: string
  readonly timeInForce: string
  readonly reduceOnly?: boolean
  readonly closePosition?: boolean
  readonly stopPrice?: string
  readonly workingType?: string
}

export interface TradeRow {
  readonly symbol: string
  readonly id: number | string
  readonly orderId: number | string
  readonly side: string
  readonly price: string
  readonly qty: string
  readonly commission: string
  readonly commissionAsset: string
  readonly maker: boolean
  /** ms. */
  readonly time: number
}

export interface IncomeRow {
  readonly symbol: string
  readonly incomeType: string
  readonly income: string
  readonly asset: string
  readonly time: number
  readonly tranId: number | string
}

export interface PositionRow {
  readonly symbol: string
  readonly positionAmt: string
  readonly entryPrice: string
  readonly positionSide: string
}

export interface AccountRow {
  readonly canTrade?: boolean
  readonly assets: readonly {
    readonly asset: string
    readonly walletBalance: string
    readonly marginBalance: string
  }[]
}

/** ORDER_TRADE_UPDATE, `o`. */
export interface OrderEvent {
  readonly s: string
  readonly c: string
  readonly S: string
  /** What was done: NEW, TRADE, CALCULATED (liquidation), CANCELED, EXPIRED. */
  readonly x: string
  /** State. */
  readonly X: string
  readonly i: number | string
  /** Last and cumulative quantity, last price. */
  readonly l: string
  readonly z: string
  readonly L: string
  readonly N?: string
  readonly n?: string
  readonly T: number
  readonly t: number | string
  readonly m: boolean
}

/** A message of the user stream. */
export interface UserEvent {
  readonly e: string
  /** ms. */
  readonly E: number | string
  readonly o?: OrderEvent
  readonly a?: {
    readonly P?: readonly { readonly s: string; readonly pa: string; readonly ps: string }[]
  }
  readonly ai?: { readonly d?: boolean }
}

export interface KlineRow {
  /** Start, ms. */
  readonly t: number
  readonly o: string
  readonly h: string
  readonly l: string
  readonly c: string
  readonly v: string
  /** Closed. */
  readonly x: boolean
}

/** A message of the market streams; `T` of a trade and of best prices is a time, of a mark the next funding. */
export interface MarketEventRow {
  readonly e: string
  readonly E: number | string
  readonly s: string
  readonly T?: number | string
  readonly p?: string
  readonly i?: string
  /** Of a mark: the rate that is foretold for the settlement at T. */
  readonly r?: string
  readonly b?: string
  readonly B?: string
  readonly a?: string
  readonly A?: string
  readonly u?: number | string
  readonly k?: KlineRow
}
