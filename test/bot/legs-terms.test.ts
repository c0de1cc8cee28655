/** A changed file meets a life of two legs that was begun with other terms: capital follows, a rate is refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Welcome } from '../../src/bot/bot-leg.ts'
import { InstanceKeeper } from '../../src/bot/instance-keeper.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import { type Money, money, price, quantity, type Ratio, ratio } from '../../src/domain/money.ts'
import type { ClientOrderId } from '../../src/domain/order.ts'
import type { Json } from '../../src/domain/strategy.ts'
import type { AnyStrategy } from '../../src/engine/instance.ts'
import type { BotStore } from '../../src/ports/bot-store.ts'
import type { BotLaunch } from '../../src/protocol/launch.ts'
import { spreadArbitrage } from '../../src/strategies/spread-arbitrage/strategy.ts'
import { settings } from '../desk/desk-simulation.ts'
import { here, there } from '../support/leg-pair.ts'

const limits = { dailyLossMax: 5_000_000, drawdownMax: 10_000_000, onBreach: 'halt' } as const

function storeOf(): BotStore & { record: string | null } {
  return {
    record: null,
    load() {
      return this.record === null ? null : (JSON.parse(this.record) as Json)
    },
    save(record) {
      this.record = JSON.stringify(record)
    },
    saveStatus() {},
    lastFills: () => [],
    close() {},
  }
}

interface Terms {
  readonly capitals?: readonly [number, number]
  readonly rate?: number
  readonly leverage?: number
}

/** 10,000 at each venue, the second in a currency of 0.5, unless it is said. */
function launchOf({
  capitals = [10_000, 10_000],
  rate = 0.5,
  leverage = 2,
}: Terms = {}): BotLaunch {
  const [first, second] = capitals.map((capital, leg) => ({
    ...settings,
    instance: leg === 0 ? 'arb_01' : 'arb_01.2',
    venue: leg === 0 ? 'here' : 'there',
    symbol: here.symbol,
    capital: money(capital * 1e8),
    leverage,
  }))
  const leg = { settings: second, deskSocket: '', deskToken: '', settleRate: ratio(rate * 1e8) }
  return {
    settings: first,
    parameters: { order_quantity: '0.1' },
    initialPosition: 'open',
    dbPath: '/home/database/arb_01.db',
    legs: [leg],
    legsLimits: limits,
  } as unknown as BotLaunch
}

const welcomeOf = (instrument: Instrument): Welcome => ({
  type: 'welcome',
  version: 1,
  instrument,
  price: { last: price(6_000_000), mark: price(6_000_000) },
  at: 1000,
  fees: { maker: ratio(20_000), taker: ratio(50_000) },
  position: quantity(0),
  mode: 'running',
  feed: 'live',
  lastSeq: 0,
})

const keeperOf = (store: BotStore, terms?: Terms) =>
  new InstanceKeeper(launchOf(terms), spreadArbitrage as AnyStrategy, store)

/** A life that holds one lot on its first leg and has lost 10 on it. */
function lived() {
  const store = storeOf()
  const keeper = keeperOf(store)
  assert.deepEqual(keeper.begin([welcomeOf(here), welcomeOf(there)]), [])
  const fill = {
    id: '1',
    at: 2000,
    instrument: here.id,
    clientId: 'x' as ClientOrderId,
    side: 'buy' as const,
    price: price(6_000_000),
    quantity: quantity(1),
    fee: money(10e8),
    isMaker: false,
    origin: { kind: 'target' as const },
  }
  keeper.apply({ kind: 'fill', at: 2000, seq: 1, fill })
  keeper.risk?.onEquity(2000, money(14_990e8))
  keeper.save(true)
  return store
}

const legsIn = (keeper: InstanceKeeper) => {
  const state = keeper.engine?.stored().state as unknown as {
    legs: { pair: { capital: Money; leverage: number; marginShare: Ratio }[] }
  }
  return state.legs.pair
}
const capitalsIn = (keeper: InstanceKeeper): readonly Money[] =>
  legsIn(keeper).map(({ capital }) => capital)
const figuresOf = (keeper: InstanceKeeper) => {
  const { capital, equity, total } = keeper.engine?.report(keeper.prices).ledger ?? {}
  return { capital, equity, total }
}

test('a changed capital of a leg is the one that strategy, books and limits count with, and is no profit', () => {
  const store = lived()
  const before = keeperOf(store)
  assert.deepEqual(figuresOf(before), { capital: '15000', equity: '14990', total: '-10' })
  assert.deepEqual(capitalsIn(before), [10_000e8, 10_000e8])

  const after = keeperOf(store, { capitals: [10_000, 2_000] })
  assert.deepEqual(figuresOf(after), { capital: '11000', equity: '10990', total: '-10' })
  assert.deepEqual(capitalsIn(after), [10_000e8, 2_000e8])
  const { dayStart, peak } = after.risk?.stored ?? {}
  assert.deepEqual([dayStart, peak], [11_000e8, 11_000e8])
  assert.equal(after.risk?.onEquity(3000, money(10_990e8)), null, 'what was taken away is no loss')
  assert.equal(after.risk?.onEquity(3000, money(10_400e8)), 'limit_daily_loss')

  after.save(true)
  const again = keeperOf(store, { capitals: [10_000, 2_000] })
  assert.equal(again.risk?.stored.peak, 11_000e8, 'it is taken away once')
})

test('so is a changed leverage', () => {
  const leverages = legsIn(keeperOf(lived(), { leverage: 4 })).map(({ leverage }) => leverage)
  assert.deepEqual(leverages, [4, 4])
})

test('a share of margin that is changed while it runs reaches the strategy, and neither money nor capital', () => {
  const store = lived()
  const keeper = keeperOf(store)
  const before = figuresOf(keeper)
  const sharesIn = (one: InstanceKeeper) =>
    legsIn(one).map(({ marginShare }) => Number(marginShare))
  const letting = (share: number) => ({ ...settings.limits, capitalUtilizationMax: share })
  keeper.takeLimits(letting(50_000_000), [letting(30_000_000)])
  assert.deepEqual(sharesIn(keeper), [50_000_000, 30_000_000])
  assert.deepEqual(figuresOf(keeper), before)
})

test('another rate is refused with a way out, and changes nothing', () => {
  const store = lived()
  const keeper = keeperOf(store, { capitals: [10_000, 2_000], rate: 0.4 })
  assert.equal(
    keeper.scaleChange(0, welcomeOf(here)),
    'legs[1].settle_rate of arb_01 is 0.5 for its whole life, since every sum was made with it, and its file now says 0.4: change it back, or close the pair (perpfleet close-all arb_01 --direct), archive /home/database/arb_01.db and start it anew.',
  )
  assert.deepEqual(figuresOf(keeper), { capital: '15000', equity: '14990', total: '-10' })
  assert.equal(keeperOf(store).scaleChange(0, welcomeOf(here)), null)
})

test('a venue that counts in other steps is refused by the name of its leg, with what to do about both', () => {
  const other = welcomeOf({ ...there, priceDecimals: there.priceDecimals + 1 })
  assert.equal(
    keeperOf(lived()).scaleChange(1, other),
    'there changed priceDecimals of BTC/USDT:USDT from 2 to 3, so the books of arb_01 cannot go on: close all 2 legs, which nobody hedges now (perpfleet stop arb_01 --positions close; where a desk does not answer perpfleet close-all arb_01 --direct), archive /home/database/arb_01.db and start it anew.',
  )
})
