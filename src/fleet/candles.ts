/** Candles of the contracts that instances trade, as decimal text, from the exchange that knows the market. */
import { formatLots, type Instrument } from '../domain/instrument.ts'
import { formatDecimal } from '../domain/money.ts'
import { formatTimeframe, parseTimeframe } from '../domain/timeframe.ts'
import type { CandlePage, CandleRow, CandleTimeframe } from '../protocol/api-messages.ts'
import {
  CANDLES_LIMIT,
  type ChartCandle,
  type ExchangeCandles,
} from '../protocol/exchange-messages.ts'
import { CommandError } from './commands.ts'
import type { Fleet } from './fleet.ts'

const TIMEOUT_MS = 5000
/** Many readers of one chart cost one question. */
const KEPT_MS = 250

interface Kept {
  readonly at: number
  readonly page: Promise<CandlePage>
}

export class Candles {
  readonly #fleet: Fleet
  readonly #kept = new Map<string, Kept>()

  constructor(fleet: Fleet) {
    this.#fleet = fleet
  }

  /**
   * The newest `limit` candles (at most 1,500) of the contract of an instance, ascending; the last may be unfinished.
   * @param before market time, ms: only candles that open earlier; null = up to now
   * @throws CommandError NOT_FOUND, PRECONDITION (its contract is not known), SERVICE_UNAVAILABLE
   */
  candlesOf(
    instanceId: string,
    timeframe: CandleTimeframe,
    limit: number,
    before: number | null = null,
  ): Promise<CandlePage> {
    const contract = this.#contractOf(instanceId)
    const count = Math.max(1, Math.min(CANDLES_LIMIT, Math.trunc(limit)))
    const key = `${contract.venue} ${contract.symbol} ${timeframe} ${count} ${before}`
    const now = this.#fleet.parts.tools.clock.monotonicMs()
    const known = this.#kept.get(key)
    if (known !== undefined && now - known.at < KEPT_MS) return known.page
    for (const [other, { at }] of this.#kept) if (now - at >= KEPT_MS) this.#kept.delete(other)
    const page = this.#ask({ ...contract, timeframe, before, limit: count })
    this.#kept.set(key, { at: now, page })
    return page
  }

  #contractOf(id: string): { readonly venue: string; readonly symbol: string } {
    const unit = this.#fleet.units.get(id)
    if (unit === undefined) throw new CommandError('NOT_FOUND', `there is no instance ${id}`)
    const known = unit.config?.settings ?? this.#fleet.deskWatch.row(id)?.instrument
    if (known !== undefined) return { venue: known.venue, symbol: known.symbol }
    throw new CommandError(
      'PRECONDITION',
      `the contract of ${id} is not known, because its file is missing or faulty: perpfleet config validate`,
    )
  }

  async #ask(question: {
    readonly venue: string
    readonly symbol: string
    readonly timeframe: CandleTimeframe
    readonly before: number | null
    readonly limit: number
  }): Promise<CandlePage> {
    const { timeframe, ...rest } = question
    const asked = { ...rest, timeframeMs: parseTimeframe(timeframe).ms }
    const { links } = this.#fleet.parts
    try {
      const answer = await links.askExchangeCandles(this.#fleet.exchangeAddress, asked, TIMEOUT_MS)
      return pageOf(answer)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      throw new CommandError('SERVICE_UNAVAILABLE', `the exchange tells no candles: ${text}`)
    }
  }
}

function pageOf({
  candles,
  instrument,
  marketAt,
  timeframeMs,
  before,
}: ExchangeCandles): CandlePage {
  return {
    items: candles.map((candle) => candleRow(candle, instrument)),
    timeframe: formatTimeframe(timeframeMs),
    market_time: iso(marketAt),
    next_cursor: before === null ? null : iso(before),
  }
}

function candleRow(candle: ChartCandle, instrument: Instrument): CandleRow {
  const text = (value: number) => formatDecimal(value, instrument.priceDecimals)
  return {
    at: iso(candle.openAt),
    open: text(candle.open),
    high: text(candle.high),
    low: text(candle.low),
    close: text(candle.close),
    volume: formatLots(instrument, candle.volume),
    finished: candle.isFinished,
  }
}

const iso = (at: number): string => new Date(at).toISOString()
