/** One leg of a backtest: its account, its order loop and what is counted of it. */
import type { InstanceMode } from '../domain/instance-mode.ts'
import { type Instrument, notionalOf } from '../domain/instrument.ts'
import { legName } from '../domain/leg-name.ts'
import type { MarketPrice } from '../domain/market.ts'
import { type Money, money, type Price, price } from '../domain/money.ts'
import { type ClientOrderId, signOf } from '../domain/order.ts'
import { unrealisedOf } from '../domain/position/position.ts'
import type { WantChange } from '../domain/strategy.ts'
import type { InstanceLedger } from '../engine/instance-ledger.ts'
import { OrderLoop } from '../engine/order-loop.ts'
import { FundingFacts } from './funding-facts.ts'
import { type BookedLegFill, type LegRequest, type LegsRequest, noCounts } from './legs-types.ts'
import { PositionWatch } from './position-watch.ts'

/** The orders of a leg carry its number, so that what the account tells of them finds the way back. */
const idOf = (leg: number, number: number): ClientOrderId => `pf1b${leg}.${number}` as ClientOrderId

export const legOfId = (id: ClientOrderId): number => Number(id.slice(4, id.indexOf('.')))

/** One account at each venue for each settlement currency; on cross margin its legs stand for each other. */
export const accountOf = ({ venue, settle }: Instrument): string => `backtest/${venue}/${settle}`

export class Leg {
  readonly index: number
  readonly request: LegRequest
  readonly instrument: Instrument
  readonly account: string
  readonly loop: OrderLoop
  readonly facts: FundingFacts
  readonly watch: PositionWatch
  readonly counts = noCounts()
  readonly rejections = new Map<string, number>()
  /** What the strategy changed of it in this round. */
  readonly changes: WantChange[] = []
  /** Prices as they were heard last. */
  last: Price
  mark: Price
  firstLiquidationAt: number | null = null
  /** The mode in which the strategy knows it; null = nothing was told yet. */
  modeTold: InstanceMode | null = null
  /** Number of the last account event that the instance was handed. */
  seq = 0
  /** Last price when an order was sent, by its id. */
  readonly #decidedAt = new Map<ClientOrderId, Price>()
  #lastId = 0

  constructor(
    request: LegsRequest,
    index: number,
    own: LegRequest,
    instrument: Instrument,
    at: number,
    price: MarketPrice,
  ) {
    this.index = index
    this.request = own
    this.instrument = instrument
    this.account = accountOf(instrument)
    const { capital, leverage, limits } = own
    const { timeZone } = request
    const instance = legName(request.instance, index)
    this.loop = new OrderLoop(
      { instance, instrument, capital, leverage, limits, timeZone },
      at,
      price,
    )
    this.loop.onPrice(at, price)
    this.facts = new FundingFacts(own.market.funding)
    this.watch = new PositionWatch(at)
    this.last = price.last
    this.mark = price.mark
  }

  get name(): string {
    return this.loop.instance
  }

  readonly nextId = (): ClientOrderId => {
    this.#lastId += 1
    return idOf(this.index, this.#lastId)
  }

  /** A price with what is known of the funding at that moment. */
  told(price: MarketPrice, at: number): MarketPrice {
    const funding = this.facts.termsAt(at)
    return funding === null ? price : { ...price, funding }
  }

  /** The instance sends an order on the price that it heard last. */
  decided(id: ClientOrderId): void {
    this.#decidedAt.set(id, this.last)
  }

  /** Last price when the order of a fill was sent. */
  decisionOf(id: ClientOrderId | null): Price | null {
    return (id === null ? undefined : this.#decidedAt.get(id)) ?? null
  }

  rejected(reason: string | null): void {
    this.counts.ordersRejected += 1
    const name = reason ?? 'unknown'
    this.rejections.set(name, (this.rejections.get(name) ?? 0) + 1)
  }

  /** Realised + unrealised + funding − fees in its own settlement money, exactly. */
  profit(ledger: InstanceLedger, mark = this.mark): Money {
    const { realised, funding, fees } = ledger.legAmounts(this.index)
    return money(realised + this.unrealised(ledger, mark) + funding - fees)
  }

  unrealised(ledger: InstanceLedger, mark = this.mark): Money {
    const { position, cost } = ledger.holding(this.index)
    return position === 0
      ? money(0)
      : unrealisedOf(this.instrument, { quantity: position, cost }, mark)
  }
}

/** What a fill cost against the last price when its order was sent, settlement money of the leg; positive = worse. */
export function slippageOfFill({ instrument }: Leg, { fill, decidedAt }: BookedLegFill): Money {
  const paid = notionalOf(instrument, fill.price, fill.quantity)
  const decided = notionalOf(instrument, price(decidedAt), fill.quantity)
  return money(signOf(fill.side) * (paid - decided))
}
