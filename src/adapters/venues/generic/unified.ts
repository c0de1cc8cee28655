/** The unified side of ccxt, which every venue of it has; numbers are texts (number: String). */
import type { CcxtExchange, CcxtMarket } from '../live/ccxt-class.ts'

export type Params = Readonly<Record<string, unknown>>

export interface UnifiedMarket extends CcxtMarket {
  readonly precision: { readonly price?: string; readonly amount?: string }
  readonly limits: {
    readonly amount?: { readonly min?: string }
    readonly cost?: { readonly min?: string }
    readonly leverage?: { readonly max?: string }
  }
  readonly maker?: string | number
  readonly taker?: string | number
}

export interface UnifiedOrder {
  readonly id?: string
  readonly clientOrderId?: string
  readonly symbol?: string
  readonly status?: string
  readonly side?: string
  readonly type?: string
  readonly price?: string
  readonly amount?: string
  readonly filled?: string
  readonly timeInForce?: string
  readonly postOnly?: boolean
  readonly reduceOnly?: boolean
  readonly lastUpdateTimestamp?: number
  readonly timestamp?: number
}

export interface UnifiedTrade {
  readonly id?: string
  readonly order?: string
  readonly symbol?: string
  readonly side?: string
  readonly price?: string
  readonly amount?: string
  readonly timestamp?: number
  readonly takerOrMaker?: string
  readonly fee?: { readonly cost?: string; readonly currency?: string }
}

export interface UnifiedPosition {
  readonly symbol?: string
  readonly side?: string
  readonly contracts?: string
  readonly entryPrice?: string
}

export interface UnifiedTicker {
  readonly last?: string
  readonly bid?: string
  readonly ask?: string
  readonly markPrice?: string
  readonly indexPrice?: string
  readonly timestamp?: number
}

export interface UnifiedFunding {
  readonly id?: string
  readonly symbol?: string
  readonly timestamp?: number
  readonly amount?: string
}

export interface UnifiedExchange extends CcxtExchange {
  /** ccxt's DECIMAL_PLACES 2, SIGNIFICANT_DIGITS 3, TICK_SIZE 4. */
  readonly precisionMode: number
  readonly has: Readonly<Record<string, unknown>>
  market(symbol: string): UnifiedMarket
  fetchTime(): Promise<number>
  fetchPositionMode(symbol?: string): Promise<{ readonly hedged?: boolean }>
  fetchTicker(symbol: string): Promise<UnifiedTicker>
  fetchOHLCV(
    symbol: string,
    timeframe: string,
    since: number,
    limit: number,
  ): Promise<readonly (readonly unknown[])[]>
  fetchOpenOrders(symbol?: string): Promise<readonly UnifiedOrder[]>
  fetchOrder(id: string, symbol: string): Promise<UnifiedOrder>
  fetchClosedOrders(symbol: string): Promise<readonly UnifiedOrder[]>
  fetchMyTrades(symbol: string, since: number): Promise<readonly UnifiedTrade[]>
  fetchFundingHistory(symbol: string, since: number): Promise<readonly UnifiedFunding[]>
  fetchPositions(): Promise<readonly UnifiedPosition[]>
  fetchBalance(params?: Params): Promise<Readonly<Record<string, unknown>>>
  setLeverage(leverage: number, symbol: string): Promise<unknown>
  setMarginMode(mode: string, symbol: string, params?: Params): Promise<unknown>
  createOrder(
    symbol: string,
    type: string,
    side: string,
    amount: string,
    price: string | undefined,
    params: Params,
  ): Promise<UnifiedOrder>
  cancelOrder(id: string, symbol: string): Promise<UnifiedOrder>
  watchOrders(): Promise<readonly UnifiedOrder[]>
  watchTicker(symbol: string): Promise<UnifiedTicker>
  watchOHLCV(symbol: string, timeframe: string): Promise<readonly (readonly unknown[])[]>
}

/** What a venue must have to be traded on: without one of these an outcome could not be proven. */
const NEEDED = [
  'createOrder',
  'cancelOrder',
  'fetchOrder',
  'fetchOpenOrders',
  'fetchMyTrades',
  'fetchPositions',
  'fetchBalance',
  'fetchTicker',
  'watchOrders',
  'watchTicker',
] as const

export const missingOf = ({ has }: UnifiedExchange): readonly string[] =>
  NEEDED.filter((name) => has[name] !== true && has[name] !== 'emulated')
