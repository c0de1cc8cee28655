/** A market written down as a table, and orders in one line: for tests of the simulated exchange. */
import type { Instrument, InstrumentId } from '../../src/domain/instrument.ts'
import type { Candle, FundingRate } from '../../src/domain/market.ts'
import { type Price, price, quantity, ratio } from '../../src/domain/money.ts'
import type { OrderRequest, Side } from '../../src/domain/order.ts'
import type { PaperTerms } from '../../src/domain/paper-terms.ts'
import type { MarketSource } from '../../src/simulation/simulated-exchange.ts'
import { usdcInstrument } from './instruments.ts'

export const MINUTE_MS = 60_000
/** One unit of the settlement currency. */
export const ONE = 100_000_000

/** Prices in 0.01, one lot 0.01: a price unit of a lot is worth 10,000 of 1e-8. */
export const tableInstrument = (base = 'AAA', parts: Partial<Instrument> = {}): Instrument =>
  usdcInstrument({ liquidationFee: ratio(500_000), ...parts }, base)

/** Open, high, low, close and, if it matters, volume in lots. */
export type Row = readonly [number, number, number, number, number?]

export interface Table {
  readonly instrument: Instrument
  /** One a minute from time 0; null = a hole. */
  readonly rows: readonly (Row | null)[]
  readonly rates?: readonly (readonly [at: number, rate: number])[]
  /** Mark at a time. */
  readonly marks?: Readonly<Record<number, number>>
}

export class TableSource implements MarketSource {
  readonly instruments: readonly Instrument[]
  readonly endAt: number
  readonly #tables: ReadonlyMap<InstrumentId, Table>

  constructor(...tables: readonly Table[]) {
    this.instruments = tables.map(({ instrument }) => instrument)
    this.endAt = Math.max(...tables.map(({ rows }) => rows.length)) * MINUTE_MS
    this.#tables = new Map(tables.map((table) => [table.instrument.id, table]))
  }

  candleFrom(instrument: InstrumentId, at: number): Candle | null {
    const rows = this.#tables.get(instrument)?.rows ?? []
    for (let index = Math.max(0, Math.ceil(at / MINUTE_MS)); index < rows.length; index += 1) {
      const row = rows[index]
      if (row) return candleOf(row, index * MINUTE_MS)
    }
    return null
  }

  funding(instrument: InstrumentId, after: number, until: number): readonly FundingRate[] {
    const rates = this.#tables.get(instrument)?.rates ?? []
    return rates
      .filter(([at]) => at > after && at <= until)
      .map(([at, rate]) => ({ at, rate: ratio(rate) }))
  }

  markAt(instrument: InstrumentId, at: number): Price | null {
    const mark = this.#tables.get(instrument)?.marks?.[at]
    return mark === undefined ? null : price(mark)
  }
}

function candleOf([open, high, low, close, volume = 1_000_000]: Row, openAt: number): Candle {
  return {
    openAt,
    closeAt: openAt + MINUTE_MS,
    open: price(open),
    high: price(high),
    low: price(low),
    close: price(close),
    volume: quantity(volume),
  }
}

export const paperTerms = (parts: Partial<Record<keyof PaperTerms, number>> = {}): PaperTerms =>
  ({
    initialBalance: 0,
    maker: 20_000,
    taker: 50_000,
    slippage: 0,
    latencyMs: 0,
    volumeShare: 100_000_000,
    ...parts,
  }) as PaperTerms

/** A limit order, or with `at` null a market order; `parts` may say more. */
export function orderRequest(
  instrument: Instrument,
  side: Side,
  lots: number,
  at: number | null,
  parts: Partial<OrderRequest> = {},
): OrderRequest {
  return {
    instrument: instrument.id,
    side,
    kind: at === null ? 'market' : 'limit',
    price: at === null ? null : price(at),
    quantity: quantity(lots),
    timeInForce: at === null ? 'ioc' : 'gtc',
    isPostOnly: false,
    isReduceOnly: false,
    trigger: null,
    ...parts,
  }
}
