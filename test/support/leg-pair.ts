/** One instance of a strategy of two legs, driven by hand: what it was told, what it wants of each leg. */

import type { InstanceMode } from '../../src/domain/instance-mode.ts'
import { type Instrument, instrumentId } from '../../src/domain/instrument.ts'
import type { FundingTerms, MarketPrice } from '../../src/domain/market.ts'
import { money, price, quantity, ratio } from '../../src/domain/money.ts'
import type { ClientOrderId, Side } from '../../src/domain/order.ts'
import type { RawParameters } from '../../src/domain/signal/parameter-reader.ts'
import type { Json, RestingWant, StrategyContext, TargetWant } from '../../src/domain/strategy.ts'
import { type AnyStrategy, InstanceEngine } from '../../src/engine/instance.ts'
import { btcInstrument } from './instruments.ts'

export const PAIR_START = Date.UTC(2025, 0, 1)

/** Prices in cents, lots of 0.001 BTC. */
export const here = btcInstrument({ id: instrumentId('here', 'BTC/USDT:USDT'), venue: 'here' })
export const there = btcInstrument({ id: instrumentId('there', 'BTC/USDT:USDT'), venue: 'there' })

export interface Told {
  readonly bid: number
  readonly ask: number
  readonly funding?: FundingTerms
  /** Lots at the touch; absent = not told. */
  readonly depth?: number
}

export class DrivenPair {
  readonly engine: InstanceEngine
  readonly notes: string[] = []
  finish: string | null = null
  at = PAIR_START
  readonly #instruments: readonly [Instrument, Instrument]
  readonly #seqs: [number, number] = [0, 0]

  constructor(
    strategy: AnyStrategy,
    parameters: RawParameters,
    context: Partial<StrategyContext> = {},
    instruments: readonly [Instrument, Instrument] = [here, there],
  ) {
    this.#instruments = instruments
    const prices = instruments.map(() => ({ last: price(6_000_000), mark: price(6_000_000) }))
    this.engine = InstanceEngine.start(strategy, parameters, {
      at: PAIR_START,
      instruments,
      prices,
      capital: money(2_000_000_000_000),
      leverage: 5,
      marginMode: 'cross',
      fees: instruments.map(() => ({ maker: ratio(20_000), taker: ratio(50_000) })),
      positions: instruments.map(() => quantity(0)),
      initialPosition: 'none',
      legUtilizations: instruments.map(() => ratio(100_000_000)),
      ...context,
    })
    for (const index of [0, 1] as const) this.open(index)
    // The prices of the start are too old by now: nothing is decided before both legs were heard.
    this.at += 60_000
  }

  #tell(event: Parameters<InstanceEngine['on']>[0]): void {
    const { notes, finish } = this.engine.on(event)
    for (const { text } of notes) this.notes.push(text)
    this.finish = finish?.reason ?? this.finish
  }

  #id(leg: 0 | 1): Instrument['id'] {
    return this.#instruments[leg].id
  }

  /** @param canReduce false = its venue does not answer. @param mode absent = its desk says nothing new of it */
  open(leg: 0 | 1, isOpen = true, canReduce = isOpen, mode?: InstanceMode): void {
    const told = mode === undefined ? {} : { mode }
    const word = { isOpen, canReduce, reason: isOpen ? null : 'cut', ...told }
    this.#tell({ kind: 'leg', at: this.at, instrument: this.#id(leg), ...word })
  }

  /** Its venue holds something else than the books, or may; it is closed until it is opened again. */
  doubt(leg: 0 | 1, isPositionSure = false): void {
    const word = { isOpen: isPositionSure, canReduce: isPositionSure, isPositionSure }
    const reason = isPositionSure ? null : 'the account is being compared with the venue'
    this.#tell({ kind: 'leg', at: this.at, instrument: this.#id(leg), ...word, reason })
  }

  price(leg: 0 | 1, { bid, ask, funding, depth }: Told): void {
    const middle = price(Math.round((bid + ask) / 2))
    const sizes =
      depth === undefined ? {} : { bidQuantity: quantity(depth), askQuantity: quantity(depth) }
    const found: MarketPrice = {
      last: middle,
      mark: middle,
      bid: price(bid),
      ask: price(ask),
      ...(funding === undefined ? {} : { funding }),
      ...sizes,
    }
    this.#tell({ kind: 'price', at: this.at, instrument: this.#id(leg), price: found })
  }

  /** Both legs at once. */
  prices(first: Told, second: Told): void {
    this.price(0, first)
    this.price(1, second)
  }

  /** Positive lots are bought. @param slot null = a fill of the target */
  fill(leg: 0 | 1, lots: number, at: number, slot: string | null = null, fee = 0): void {
    this.#seqs[leg] += 1
    const side: Side = lots > 0 ? 'buy' : 'sell'
    const fill = {
      id: `${leg}.${this.#seqs[leg]}`,
      at: this.at,
      instrument: this.#id(leg),
      clientId: 'x' as ClientOrderId,
      side,
      price: price(at),
      quantity: quantity(Math.abs(lots)),
      fee: money(fee),
      isMaker: slot !== null,
      origin: slot === null ? ({ kind: 'target' } as const) : ({ kind: 'slot', slot } as const),
    }
    this.#tell({ kind: 'fill', at: this.at, seq: this.#seqs[leg], fill })
  }

  /** Funding; positive = received. */
  pay(leg: 0 | 1, amount: number): void {
    this.#seqs[leg] += 1
    const seq = this.#seqs[leg]
    this.#tell({
      kind: 'funding',
      at: this.at,
      seq,
      instrument: this.#id(leg),
      amount: money(amount),
    })
  }

  target(leg: 0 | 1): TargetWant | null {
    const found = this.engine
      .wants()
      .changes.find(
        (change) => change.kind === 'target' && change.want.instrument === this.#id(leg),
      )
    return found?.kind === 'target' ? found.want : null
  }

  /** Wanted positions of both legs in lots; null = nothing is wanted. */
  get targets(): readonly (number | null)[] {
    return [this.target(0)?.quantity ?? null, this.target(1)?.quantity ?? null]
  }

  rest(slot: string): RestingWant | null {
    const found = this.engine
      .wants()
      .changes.find((change) => change.kind === 'rest' && change.want.slot === slot)
    return found?.kind === 'rest' ? found.want : null
  }

  /** Fills both targets as they stand until nothing moves any more. */
  trade(at: readonly [number, number]): void {
    for (let round = 0; round < 100; round += 1) {
      let isMoved = false
      for (const leg of [0, 1] as const) {
        const held = this.engine.ledger.holding(leg).position
        const missing = (this.target(leg)?.quantity ?? held) - held
        if (missing === 0) continue
        this.fill(leg, missing, at[leg])
        isMoved = true
      }
      if (!isMoved) return
    }
  }

  get report(): { readonly [key: string]: Json | undefined } {
    const prices = this.#instruments.map((_, leg) => {
      const { mark } = (
        this.engine.stored().state as never as {
          legs: { pair: { heard: { mark: MarketPrice['mark'] } }[] }
        }
      ).legs.pair[leg]?.heard ?? { mark: price(6_000_000) }
      return { last: mark, mark }
    })
    return this.engine.strategyReport(prices) as { readonly [key: string]: Json | undefined }
  }
}
