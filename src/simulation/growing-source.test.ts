import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  MINUTE_MS,
  ONE,
  orderRequest,
  paperTerms,
  tableInstrument,
} from '../../test/support/table-market.ts'
import type { Candle, FundingRate } from '../domain/market.ts'
import { money, price, quantity, ratio } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { MarketSource } from './market-source.ts'
import { SimulatedExchange } from './simulated-exchange.ts'

const instrument = tableInstrument()
const id = instrument.id

/** Candles and rates that are added while time passes. */
class GrowingSource implements MarketSource {
  readonly isGrowing = true
  readonly volumeSpanMs = MINUTE_MS
  readonly instruments = [instrument]
  readonly candles: Candle[] = []
  readonly rates: FundingRate[] = []
  known = 0

  add(openAt: number, closeAt: number, low: number, volume = 100): void {
    const at = price(10_000)
    const reach = { open: at, high: at, low: price(low), close: at }
    this.candles.push({ openAt, closeAt, ...reach, volume: quantity(volume) })
  }
  candleFrom(_: unknown, at: number): Candle | null {
    return this.candles.find((one) => one.openAt >= at) ?? null
  }
  funding(_: unknown, after: number, until: number): readonly FundingRate[] {
    return this.rates.filter(({ at }) => at > after && at <= until)
  }
  fundingKnownUntil(): number {
    return this.known
  }
  markAt(): null {
    return null
  }
}

function begun(volumeShare = 100_000_000) {
  const source = new GrowingSource()
  source.add(0, 1, 10_000)
  const market = new SimulatedExchange({ source, startAt: 0, endAt: null, fillRule: 'through' })
  market.openAccount('a')
  market.deposit('a', money(1_000_000 * ONE), 'deposit')
  const paper = paperTerms({ volumeShare })
  market.attach('a', 'one', id, { leverage: 5, marginMode: 'cross', paper })
  const run = (until: number): void => {
    market.grow()
    while (market.advance(until) !== null);
  }
  run(10)
  const place = (name: string, lots: number) =>
    market.place('a', name as ClientOrderId, orderRequest(instrument, 'buy', lots, 9_990))
  const filled = (name: string) => market.lookup('a', name as ClientOrderId)?.quantityFilled
  return { source, market, run, place, filled }
}

describe('a source that grows', () => {
  it('is never at its end; time passes without candles, and nothing fills in it', () => {
    const { source, market, run, place, filled } = begun()
    place('x', 10)
    run(5000)
    assert.deepEqual([market.at, market.isAtEnd(), filled('x')], [5000, false, 0])
    source.add(5000, 6000, 9_980)
    run(6000)
    assert.equal(filled('x'), 10)
  })

  it('shares the volume of a span among its candles', () => {
    const { source, run, place, filled } = begun(50_000_000)
    place('x', 80)
    source.add(1000, 2000, 9_980)
    source.add(2000, 3000, 9_980)
    run(4000)
    assert.equal(filled('x'), 50, 'half of 100 lots in all of the minute')
    source.add(MINUTE_MS, MINUTE_MS + 1000, 9_980)
    run(MINUTE_MS + 2000)
    assert.equal(filled('x'), 80)
  })

  it('settles a rate when it is known, also when its time has passed', () => {
    const { source, market, run, place } = begun()
    place('x', 10)
    source.add(1000, 2000, 9_980)
    run(3000)
    source.rates.push({ at: 2500, rate: ratio(1_000_000) })
    source.known = 2600
    run(4000)
    const paid = market.ledger('a').funding
    assert.ok(paid < 0)
    source.known = 5000
    run(6000)
    assert.equal(market.ledger('a').funding, paid, 'once')
  })

  it('goes on from its state with the last candle remembered', () => {
    const { source, market, run, place } = begun()
    place('x', 10)
    run(1000)
    const next = new SimulatedExchange({ source, startAt: 0, endAt: null, fillRule: 'through' })
    next.restore(market.snapshot())
    source.add(2000, 3000, 9_980)
    next.grow()
    while (next.advance(3000) !== null);
    assert.equal(next.lookup('a', 'x' as ClientOrderId)?.quantityFilled, 10)
  })
})
