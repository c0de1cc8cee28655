/**
 * cross_venue_market_making: rests orders on the first leg at prices that the second leg pays for, and hedges every fill there, whole
 * or in part. What is too small to be hedged is carried until it is not. See docs/reference/strategies.md, docs/concepts/legs.md.
 */
import { depthPrice } from '../../domain/arbitrage/depth.ts'
import {
  areOpen,
  type Leg,
  leastLots,
  netDelta,
  unitsOf,
  unitsText,
} from '../../domain/arbitrage/leg-state.ts'
import { areEntriesStopped, mayEnter } from '../../domain/arbitrage/pair-entry.ts'
import {
  exitParameters,
  leaveByExits,
  type PairExits,
  protectPair,
} from '../../domain/arbitrage/pair-exit.ts'
import { carriedUnits, legMarket, pricesCount } from '../../domain/arbitrage/pair-market.ts'
import { orderUnits } from '../../domain/arbitrage/pair-moves.ts'
import { bpsText } from '../../domain/arbitrage/pair-report.ts'
import type { AnyPair, PairState } from '../../domain/arbitrage/pair-state.ts'
import { pairStrategy } from '../../domain/arbitrage/pair-strategy.ts'
import { roundPrice } from '../../domain/instrument.ts'
import { divide, mulDiv, price, quantity, RATIO_SCALE, type Ratio } from '../../domain/money.ts'
import { levelText } from '../../domain/signal/amounts.ts'
import type { RestingWant, Wants } from '../../domain/strategy.ts'
import { makerParameters } from './parameters.ts'

interface MakerSettings extends PairExits {
  readonly profit: Ratio
  readonly band: Ratio
  /** Most that the first leg may hold, units. */
  readonly inventoryMax: number
  readonly direction: 'both' | 'long' | 'short'
}

interface Quote {
  readonly at: number
  readonly lots: number
}

interface Maker {
  bid: Quote | null
  ask: Quote | null
}

type State = PairState<Maker, MakerSettings>

const NO_RATIO = 0 as Ratio

/** What a unit of price of the hedge is worth in price units of the maker: both are money of the common step. */
function inMakerPrice(
  { legs }: AnyPair,
  hedgeMoney: number,
  units: number,
  rounding: 'floor' | 'ceil',
): number {
  const [maker, hedge] = legs.pair
  const own = mulDiv(hedgeMoney, hedge.settleRate, RATIO_SCALE, rounding)
  return mulDiv(own, maker.unit, units * maker.instrument.moneyPerUnit, rounding)
}

/**
 * Price of a maker order whose hedge at the depth-weighted price of now leaves the profit after both fees (and the slippage of
 * the hedge): a buy at P ÷ (1 + target + costs), a sale at P ÷ (1 − target − costs). null = the hedge has no such depth.
 * Source: Hummingbot `xemm_executor.py:143-157`.
 */
function quotePrice(state: State, side: 'buy' | 'sell', lots: number): number | null {
  const { legs, settings } = state
  const [maker, hedge] = legs.pair
  const units = lots * maker.unit
  const hedgeLots = Math.max(1, divide(units, hedge.unit, 'ceil'))
  // A maker that buys is hedged by a sale.
  const taken = depthPrice(
    hedge.instrument,
    legMarket(hedge).book,
    side === 'buy' ? 'sell' : 'buy',
    quantity(hedgeLots),
  )
  if (taken === null) return null
  const margin = settings.profit + maker.maker + hedge.taker + settings.slippage
  const hedgeUnits = hedgeLots * hedge.unit
  const rounding = side === 'buy' ? 'floor' : 'ceil'
  const at = inMakerPrice(state, taken.notional, hedgeUnits, rounding)
  if (side === 'sell' && margin >= RATIO_SCALE) return null
  const whole = mulDiv(
    at,
    RATIO_SCALE,
    side === 'buy' ? RATIO_SCALE + margin : RATIO_SCALE - margin,
    rounding,
  )
  return whole < 1 ? null : roundPrice(maker.instrument, price(whole), rounding)
}

/** A maker order must not take: it stays on its side of the touch. */
function besideTouch({ heard, instrument }: Leg, side: 'buy' | 'sell', at: number): number {
  if (heard === null) return at
  const passive = side === 'buy' ? Math.min(at, heard.ask - 1) : Math.max(at, heard.bid + 1)
  return passive < 1 ? 0 : roundPrice(instrument, price(passive), side === 'buy' ? 'floor' : 'ceil')
}

/** The former price stands while its profit is within the band: a place in the queue is worth more. */
function settled({ settings }: State, former: Quote | null, at: number): number {
  if (former === null) return at
  return Math.abs(former.at - at) * RATIO_SCALE <= at * settings.band ? former.at : at
}

/**
 * Lots of an order: what is not hedged yet on its side comes off, so that no more than one order is ever unhedged, and the
 * inventory never passes its cap.
 */
function roomFor(state: State, side: 'buy' | 'sell'): number {
  const { legs, settings } = state
  const [maker] = legs.pair
  const sign = side === 'buy' ? 1 : -1
  const { direction, inventoryMax } = settings
  // What the margin of the hedge does not carry is not bought first.
  const carried = Math.min(inventoryMax, carriedUnits(legs))
  const most =
    (direction === 'short' && sign > 0) || (direction === 'long' && sign < 0) ? 0 : carried
  const free = orderUnits(state) - Math.max(0, sign * netDelta(legs))
  return Math.floor(Math.min(free, most - sign * unitsOf(maker)) / maker.unit)
}

function quoteOf(state: State, side: 'buy' | 'sell', former: Quote | null): Quote | null {
  const [maker] = state.legs.pair
  const lots = roomFor(state, side)
  if (lots < leastLots(maker)) return null
  const at = quotePrice(state, side, lots)
  if (at === null) return null
  const wanted = besideTouch(maker, side, settled(state, former, at))
  return wanted < 1 ? null : { at: wanted, lots }
}

/** Nothing rests while a leg is closed, a price does not count, something is repaired or left. */
const mayQuote = (state: State): boolean =>
  state.legs.phase === 'following' &&
  areOpen(state.legs) &&
  (state.legs.imbalance?.action ?? 'none') === 'none' &&
  state.legs.at >= state.legs.cooldownUntil &&
  !areEntriesStopped(state) &&
  pricesCount(state.legs, state.settings)

function restingQuotes(state: State): RestingWant[] {
  const { own, legs } = state
  const isQuoting = mayQuote(state)
  own.bid = isQuoting ? quoteOf(state, 'buy', own.bid) : null
  own.ask = isQuoting ? quoteOf(state, 'sell', own.ask) : null
  const want = (slot: string, side: 'buy' | 'sell', { at, lots }: Quote): RestingWant => ({
    slot,
    instrument: legs.pair[0].instrument.id,
    side,
    price: price(at),
    quantity: quantity(lots),
    isPostOnly: true,
    isReduceOnly: false,
    trigger: null,
  })
  const wants: RestingWant[] = []
  if (own.bid !== null) wants.push(want('bid', 'buy', own.bid))
  if (own.ask !== null) wants.push(want('ask', 'sell', own.ask))
  return wants
}

function decide(state: State, out: Wants): void {
  const { legs, settings } = state
  if (legs.phase === 'exiting') return
  if (legs.phase === 'following' && leaveByExits(state, settings, out)) return
  if (legs.phase !== 'following' && (legs.phase === 'holding' || mayEnter(state)))
    legs.phase = 'following'
}

const { stop_bps: stop } = exitParameters

export const crossVenueMarketMaking = pairStrategy<Maker, MakerSettings>({
  id: 'cross_venue_market_making',
  caveat:
    'cross-venue market making on candles is indicative: the place in the queue, the books and who trades against a quote are not in them',
  parameters: { ...makerParameters, ...(stop === undefined ? {} : { stop_bps: stop }) },
  omitted: ['lead'],
  read: (reader) => ({
    stop: reader.bps('stop_bps'),
    takeProfit: null,
    holdMaxMs: null,
    profit: reader.bps('min_profit_bps') ?? NO_RATIO,
    band: reader.bps('cancel_band_bps') ?? NO_RATIO,
    inventoryMax: reader.lots('inventory_max') ?? Number.MAX_SAFE_INTEGER,
    direction: reader.word<'both' | 'long' | 'short'>('direction', 'both'),
  }),
  own: () => ({ bid: null, ask: null }),
  protect: (state, out) => protectPair(state, state.settings, out),
  decide,
  resting: restingQuotes,
  report({ own, legs, settings }) {
    const { instrument } = legs.pair[0]
    return {
      bid: levelText(instrument, own.bid?.at ?? null),
      ask: levelText(instrument, own.ask?.at ?? null),
      inventory: unitsText(legs, unitsOf(legs.pair[0])),
      dust: unitsText(legs, netDelta(legs)),
      min_profit_bps: bpsText(settings.profit),
    }
  },
})
