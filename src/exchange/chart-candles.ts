/**
 * Candles for charts: put together from the finished candles of the feed, never beyond the market time. It reads the
 * market from a source of its own, so that a look at the past does not disturb what the simulation has at hand.
 */
import type { Instrument } from '../domain/instrument.ts'
import { type Price, price, type Quantity, quantity } from '../domain/money.ts'
import type { Clock } from '../ports/clock.ts'
import {
  CANDLES_LIMIT,
  type CandleQuestion,
  type ChartCandle,
  type ExchangeCandles,
} from '../protocol/exchange-messages.ts'
import type { MarketSource } from '../simulation/market-source.ts'
import { DEMO_FEED, demoFeed, type Feed } from './feed.ts'
import { ExchangeRefused } from './refused.ts'

/** Work of one turn: a long look at the past must not hold orders back. */
const BUDGET_MS = 8
/** Finished candles that are kept; one is about 150 bytes. */
const KEPT_MAX = 15_000
/** Questions that wait for their turn; whoever asked the first of more than that has long gone. */
const WAITING_MAX = 100

interface Shape {
  readonly instrument: Instrument
  readonly timeframeMs: number
  /** Length of the feed's own candles. */
  readonly baseMs: number
}

export class ChartCandles {
  readonly #given: Feed
  readonly #feed: Feed
  readonly #clock: Clock
  readonly #marketAt: () => number
  /** Finished candles never change; null = nothing was traded. The oldest entry goes first. */
  readonly #finished = new Map<string, ChartCandle | null>()
  #queue: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(feed: Feed, clock: Clock, marketAt: () => number) {
    this.#given = feed
    this.#feed = feed.name === DEMO_FEED ? demoFeed(feed.seed) : feed
    this.#clock = clock
    this.#marketAt = marketAt
  }

  /** One after the other. @throws ExchangeRefused `bad_request`, `unknown_symbol`, `busy` */
  async answer(question: CandleQuestion): Promise<ExchangeCandles> {
    if (this.#waiting >= WAITING_MAX)
      throw new ExchangeRefused('busy', `${WAITING_MAX} charts wait for candles: ask again later.`)
    this.#waiting += 1
    const answer = this.#queue.then(() => this.#answer(question))
    this.#queue = answer
      .catch(() => {})
      .then(() => {
        this.#waiting -= 1
      })
    return answer
  }

  async #answer(question: CandleQuestion): Promise<ExchangeCandles> {
    checkQuestion(question)
    const shape = this.#shapeOf(question)
    const { instrument, timeframeMs } = shape
    const { startAt, until } = this.#span()
    const marketAt = Math.min(this.#marketAt(), until)
    const end = Math.min(marketAt, question.before ?? marketAt)
    const firstAt = floorTo(startAt, timeframeMs)
    const candles: ChartCandle[] = []
    let at = floorTo(end - 1, timeframeMs)
    let turnAt = this.#clock.monotonicMs()
    for (; at >= firstAt && candles.length < question.limit; at -= timeframeMs) {
      const candle = this.#candle(shape, at, marketAt)
      if (candle !== null) candles.push(candle)
      if (this.#clock.monotonicMs() - turnAt < BUDGET_MS) continue
      await new Promise<void>((resolve) => void this.#clock.after(0, resolve))
      turnAt = this.#clock.monotonicMs()
    }
    const before = at >= firstAt ? at + timeframeMs : null
    return { marketAt, timeframeMs, before, instrument, candles: candles.reverse() }
  }

  /** A live feed knows its past as far as it has fetched it, and the minute that runs not at all. */
  #span(): { readonly startAt: number; readonly until: number } {
    return this.#given.charts ?? { startAt: this.#feed.startAt, until: Number.POSITIVE_INFINITY }
  }

  get #source(): MarketSource {
    return this.#given.charts?.source ?? this.#feed.source
  }

  #shapeOf({ venue, symbol, timeframeMs }: CandleQuestion): Shape {
    const instrument = this.#feed.offer(venue, symbol)
    const first = this.#source.candleFrom(instrument.id, this.#span().startAt)
    const baseMs = first === null ? timeframeMs : first.closeAt - first.openAt
    return { instrument, timeframeMs: Math.max(timeframeMs, baseMs), baseMs }
  }

  #candle(shape: Shape, at: number, marketAt: number): ChartCandle | null {
    const key = `${shape.instrument.id} ${shape.timeframeMs} ${at}`
    const known = this.#finished.get(key)
    if (known !== undefined) return known
    const candle = this.#assemble(shape, at, marketAt)
    // A candle of the feed that is under way may still belong to it: none is longer than baseMs.
    const isOver = candle?.isFinished ?? at + shape.timeframeMs + shape.baseMs <= marketAt
    if (!isOver) return candle
    this.#finished.set(key, candle)
    const [oldest] = this.#finished.keys()
    if (this.#finished.size > KEPT_MAX && oldest !== undefined) this.#finished.delete(oldest)
    return candle
  }

  /** The candles of the feed that open in [at, at + timeframe) and have closed; null = there are none. */
  #assemble({ instrument, timeframeMs, baseMs }: Shape, at: number, marketAt: number) {
    const source = this.#source
    const first = source.candleFrom(instrument.id, at)
    if (first === null || first.openAt >= at + timeframeMs || first.closeAt > marketAt) return null
    let [high, low, close, volume]: [Price, Price, Price, number] = [
      first.high,
      first.low,
      first.close,
      first.volume,
    ]
    for (let from = first.closeAt; ; ) {
      const next = source.candleFrom(instrument.id, from)
      if (next === null || next.openAt >= at + timeframeMs || next.closeAt > marketAt) break
      high = price(Math.max(high, next.high))
      low = price(Math.min(low, next.low))
      close = next.close
      volume += next.volume
      from = next.closeAt
    }
    // Recorded candles of a week or a month begin where the venue begins them.
    const openAt = timeframeMs > baseMs ? at : first.openAt
    const closeAt = timeframeMs > baseMs ? at + timeframeMs : first.closeAt
    const isFinished = closeAt <= marketAt
    const lots: Quantity = quantity(volume)
    return { openAt, closeAt, open: first.open, high, low, close, volume: lots, isFinished }
  }
}

const floorTo = (at: number, step: number): number => Math.floor(at / step) * step

function checkQuestion({ venue, symbol, timeframeMs, before, limit }: CandleQuestion): void {
  const isCount = (value: unknown, max: number) =>
    Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= max
  const isName = typeof venue === 'string' && typeof symbol === 'string'
  const isBefore = before === null || Number.isSafeInteger(before)
  if (isName && isBefore && isCount(timeframeMs, 366 * 86_400_000) && isCount(limit, CANDLES_LIMIT))
    return
  throw new ExchangeRefused(
    'bad_request',
    `Candles are asked for with venue, symbol, timeframeMs, before and a limit from 1 to ${CANDLES_LIMIT}.`,
  )
}
