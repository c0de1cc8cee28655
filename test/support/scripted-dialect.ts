/** A venue's dialect in memory: it answers what a test put there, and says what the test makes it say. */
import type {
  AccountFacts,
  DialectListener,
  InstrumentFacts,
  VenueDialect,
  VenueFact,
  VenueTraits,
  WireOrder,
} from '../../src/adapters/venues/live/dialect.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import type { Candle } from '../../src/domain/market.ts'
import { money, price, quantity, ratio } from '../../src/domain/money.ts'
import type { ClientOrderId } from '../../src/domain/order.ts'
import { Histogram } from '../../src/domain/statistic/histogram.ts'
import type {
  CancelOutcome,
  PlaceOutcome,
  VenueBalance,
  VenueOrder,
  VenuePosition,
} from '../../src/domain/venue-report.ts'
import { usdcInstrument } from './instruments.ts'

export class ScriptedDialect implements VenueDialect {
  readonly venue = 'test'
  readonly streams = ['private']
  readonly roundTrips = new Histogram([1]).counts()
  readonly pools = []
  traits: VenueTraits = {
    idScheme: 'text',
    deadlineMs: 2500,
    batchMax: 2,
    deadMan: null,
    deadManMs: null,
    hasRestingStops: true,
    hasClosePosition: true,
  }
  readonly market = usdcInstrument()
  account: AccountFacts = {
    fingerprint: 'uid-1',
    canWithdraw: false,
    isAddressBound: true,
    clockOffsetMs: 0,
    warnings: [],
  }
  listener: DialectListener | null = null
  /** What the venue has, by time; a question returns those at or after its moment. */
  facts: VenueFact[] = []
  readonly asked: string[] = []
  /** Thrown by the next questions of that name, in order. */
  readonly failures: [string, Error][] = []
  /** Runs while a question for facts is on its way. */
  onAsked: () => Promise<void> = async () => {}
  placing: (orders: readonly WireOrder[]) => Promise<readonly PlaceOutcome[]> = async (orders) =>
    orders.map(({ clientId }) => ({
      kind: 'accepted',
      clientId,
      status: 'open',
      quantityFilled: quantity(0),
    }))
  canceling: (ids: readonly ClientOrderId[]) => readonly CancelOutcome[] = () => []
  closed: readonly Candle[] = []

  async #asked(name: string): Promise<void> {
    this.asked.push(name)
    const at = this.failures.findIndex(([failing]) => failing === name)
    const [failure] = at < 0 ? [] : this.failures.splice(at, 1)
    if (failure) throw failure[1]
  }

  async open(): Promise<AccountFacts> {
    await this.#asked('open')
    return this.account
  }
  async instrument(symbol: string): Promise<InstrumentFacts> {
    await this.#asked(`instrument ${symbol}`)
    return {
      instrument: this.market,
      price: { last: price(10_000), mark: price(10_000) },
      at: 1,
      fees: { maker: ratio(0), taker: ratio(0) },
    }
  }
  setTerms(_: Instrument, leverage: number, marginMode: string): Promise<void> {
    return this.#asked(`terms ${leverage} ${marginMode}`)
  }
  async place(orders: readonly WireOrder[]): Promise<readonly PlaceOutcome[]> {
    await this.#asked(`place ${orders.length}`)
    return await this.placing(orders)
  }
  async cancel(_: Instrument, ids: readonly ClientOrderId[]): Promise<readonly CancelOutcome[]> {
    await this.#asked('cancel')
    return this.canceling(ids)
  }
  async lookup(): Promise<VenueOrder | null> {
    await this.#asked('lookup')
    return null
  }
  async openOrders(): Promise<readonly VenueOrder[]> {
    await this.#asked('openOrders')
    return []
  }
  async factsSince(at: number): Promise<readonly VenueFact[]> {
    await this.#asked('facts')
    const found = this.facts.filter((fact) => fact.at >= at)
    await this.onAsked()
    return found
  }
  async positions(): Promise<readonly VenuePosition[]> {
    await this.#asked('positions')
    return []
  }
  async balance(): Promise<VenueBalance> {
    await this.#asked('balance')
    return { settle: 'USDC', equity: money(0), balance: money(0) }
  }
  async clockOffsetMs(): Promise<number> {
    return 0
  }
  async candles(): Promise<readonly Candle[]> {
    await this.#asked('candles')
    return this.closed
  }
  listen(listener: DialectListener): void {
    this.listener = listener
  }
  watch(): void {}
  async close(): Promise<void> {}

  /** Says something on the stream. */
  get say(): DialectListener {
    if (!this.listener) throw new Error('nobody listens yet')
    return this.listener
  }
}

/** A fill as a venue tells it. */
export function fillFact(
  instrument: Instrument,
  id: string,
  at: number,
  clientId: string | null = null,
): VenueFact {
  return {
    key: `fill:${id}`,
    kind: 'fill',
    at,
    isLiquidation: false,
    fill: {
      id,
      at,
      instrument: instrument.id,
      clientId: clientId as ClientOrderId | null,
      side: 'buy',
      price: price(10_000),
      quantity: quantity(1),
      fee: money(0),
      isMaker: true,
    },
  }
}
