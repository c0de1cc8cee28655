/** One seed of the ledger proof: three independent computations must agree to the last unit. */

import { assertIdentity, splitProfit } from '../../src/domain/grid/cells.ts'
import { formatMoney, money, price } from '../../src/domain/money.ts'
import type { OrderRequest } from '../../src/domain/order.ts'
import type { VenueAccountEvent } from '../../src/ports/venue.ts'
import type { GridState } from '../../src/strategies/perp-grid/state.ts'
import { Random } from '../support/random.ts'
import { ACCOUNT, GridRun } from './grid-run.ts'
import { Oracle } from './oracle.ts'
import {
  lotsHeld,
  type OracleEvent,
  type OracleInstrument,
  type OracleRequest,
} from './oracle-market.ts'
import { minus, plus, type Rational, rational, times, unitsOf } from './rational.ts'
import { makeWorld, START_AT, type World, type WorldMarket } from './world.ts'

/** What was seen in a seed, for the table. */
export type SeedCounts = Readonly<Record<string, number>>

/** @throws when two of the computations disagree */
export function runSeed(seed: number): SeedCounts {
  const random = new Random(seed)
  const world = makeWorld(random)
  const run = new GridRun(random, world)
  run.run()
  const oracle = new Oracle(
    world.markets.map(describe),
    new Map([...run.requests].map(([id, request]) => [id, requestOf(request)])),
    world.fillRule === 'through',
  )
  for (const event of run.events) {
    const booked = eventOf(event)
    if (booked !== null) oracle.book(booked)
  }
  oracle.finish(START_AT, world.endAt)
  compareExchange(run, oracle)
  compareBot(run, oracle)
  return countsOf(run, oracle, world)
}

/** The exchange's books against the oracle. */
function compareExchange(run: GridRun, oracle: Oracle): void {
  const { exchange } = run
  const { balance } = exchange.balance(ACCOUNT)
  same('balance', balance, oracle.balance)
  const ledger = exchange.ledger(ACCOUNT)
  const sum = (key: 'realised' | 'fees' | 'funding'): Rational =>
    [...oracle.positions.values()].reduce((total, one) => plus(total, one[key]), rational(0))
  same('deposits', ledger.deposits, oracle.deposits)
  same('realised', ledger.realised, sum('realised'))
  same('fees', ledger.fees, sum('fees'))
  same('funding', ledger.funding, sum('funding'))
  same('insurance', ledger.insurance, oracle.insured)
  for (const [id, position] of oracle.positions) {
    const found = exchange.positions(ACCOUNT).find(({ instrument }) => instrument === id)
    equal(`position of ${id}`, found?.quantity ?? 0, lotsHeld(position))
    same(`cost of ${id}`, found?.cost ?? 0, position.cost)
  }
}

/** The bot's ledger and the cells of its grid against the oracle. */
function compareBot(run: GridRun, oracle: Oracle): void {
  const { instrument } = mainOf(run.world)
  const truth = oracle.position(instrument.id)
  const { ledger } = run.engine
  equal("the bot's position", ledger.position, lotsHeld(truth))
  equal("the bot's fills", ledger.fillsCount, truth.fills)
  same("the bot's cost", ledger.cost, truth.cost)
  same("the bot's realised", ledger.realised, truth.realised)
  same("the bot's fees", ledger.fees, truth.fees)
  same("the bot's funding", ledger.funding, truth.funding)
  const state = run.engine.stored().state as unknown as GridState
  const { book } = state
  equal('position of the cells', book.position, lotsHeld(truth))
  same('cash of the cells', book.cash, truth.cash)
  same('fees of the grid', state.fees, truth.fees)
  same('funding of the grid', state.funding, truth.funding)
  assertIdentity(book)
  const mark = price(12_347)
  const value = times(truth.held, rational(BigInt(mark), 10n ** BigInt(instrument.priceDecimals)))
  same('profit of the grid', splitProfit(book, mark).total, plus(truth.cash, value))
  same('profit by cost', ledger.realised, minus(plus(truth.cash, truth.cost), rational(0)))
}

function same(what: string, found: number, expected: Rational): void {
  const units = unitsOf(expected)
  if (BigInt(found) !== units) {
    throw new Error(
      `${what}: ${formatMoney(money(found))}, the oracle says ${formatMoney(money(Number(units)))}`,
    )
  }
}

function equal(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`${what}: ${found}, the oracle says ${expected}`)
}

function mainOf(world: World): WorldMarket {
  const [main] = world.markets
  if (main === undefined) throw new Error('a world has a market')
  return main
}

function describe({
  instrument,
  terms,
  candles,
  rates,
  marks,
  tierRows,
}: WorldMarket): OracleInstrument {
  const { maker, taker, volumeShare, slippage } = terms.paper
  return {
    id: instrument.id,
    priceDecimals: instrument.priceDecimals,
    quantityDecimals: instrument.quantityDecimals,
    lotSize: instrument.lotSize,
    maker,
    taker,
    liquidationFee: instrument.liquidationFee,
    leverage: terms.leverage,
    isIsolated: terms.marginMode === 'isolated',
    volumeShare,
    slippage,
    tiers: tierRows,
    candles,
    rates,
    marks,
  }
}

const requestOf = (request: OrderRequest): OracleRequest => ({
  side: request.side,
  kind: request.kind,
  price: request.price,
  quantity: request.quantity,
  isReduceOnly: request.isReduceOnly,
})

function eventOf(event: VenueAccountEvent): OracleEvent | null {
  const { at } = event
  if (event.kind === 'order') return null
  if (event.kind === 'cash') {
    return {
      kind: event.reason === 'insurance' ? 'insurance' : 'deposit',
      at,
      amount: event.amount,
    }
  }
  if (event.kind === 'funding') return { ...event, kind: 'funding' }
  const { fill, isLiquidation } = event
  return { ...fill, kind: 'fill', isLiquidation }
}

function countsOf(run: GridRun, oracle: Oracle, world: World): SeedCounts {
  const { counts } = oracle
  const main = mainOf(world)
  const { paper, marginMode } = main.terms
  const truth = oracle.position(main.instrument.id)
  const has = (isTrue: boolean): number => (isTrue ? 1 : 0)
  return {
    liquidation: has(counts.liquidations > 0),
    'partial close': has(counts.partialCloses > 0),
    flip: has(counts.flips > 0),
    rebate: has(counts.rebates > 0),
    'funding sign change': has(counts.received > 0 && counts.paid > 0),
    'loss beyond the margin': has(counts.insurance > 0),
    'isolated margin': has(marginMode === 'isolated'),
    'two instruments': has(world.markets.length > 1),
    latency: has(paper.latencyMs > 0),
    slippage: has(paper.slippage > 0),
    'volume share': has(paper.volumeShare < 100_000_000),
    'mark series': has(main.marks.size > 0),
    'restart in the middle': has(run.restarts > 0),
    'fills in all': [...oracle.positions.values()].reduce((sum, { fills }) => sum + fills, 0),
    'fills of the bot in all': truth.fills,
    'funding payments in all': counts.received + counts.paid,
    'liquidations in all': counts.liquidations,
    'liquidations checked against the margin': counts.checkedDeaths,
    'quiet candles checked against the margin': counts.checkedLives,
  }
}
