/**
 * market_making: one order to buy below and one to sell above the last close; what is held moves both against it
 * (inventory skew). On candles its fills are a guess: nobody knows the queue.
 */
import { type Instrument, minimumLots, roundPrice } from '../domain/instrument.ts'
import { price, quantity, RATIO_SCALE, type Ratio } from '../domain/money.ts'
import { levelText, lotsText } from '../domain/signal/amounts.ts'
import { NOTHING, sizeOf } from '../domain/signal/signal-core.ts'
import type { RestingRule } from '../domain/signal/signal-rule.ts'
import type { SignalCore } from '../domain/signal/signal-state.ts'
import { signalStrategy } from '../domain/signal/signal-strategy.ts'
import { sizingParameters } from '../domain/signal/sizing.ts'
import type { ParameterSchema, RestingWant } from '../domain/strategy.ts'

interface Quote {
  readonly at: number
  readonly lots: number
}

interface MarketMaking {
  readonly halfSpread: Ratio
  readonly skew: number
  readonly ordersMax: number
  readonly tolerance: Ratio
  readonly cooldown: number
  /** Close of the latest bar; 0 = none yet. */
  reference: number
  /** Lots of a full quote, as sized at the latest bar. */
  size: number
  bid: Quote | null
  ask: Quote | null
  /** Bars that are still left out after a stop. */
  pause: number
}

/** An allowed price at a distance from the reference, away from it. */
function priceAt(instrument: Instrument, at: number, rounding: 'floor' | 'ceil'): number {
  const whole = price(Math.max(1, rounding === 'floor' ? Math.floor(at) : Math.ceil(at)))
  return roundPrice(instrument, whole, rounding)
}

/** The former price stands while the new one is hardly another: a queue place is worth more. */
function settled(own: MarketMaking, former: Quote | null, at: number): number {
  if (former === null) return at
  return Math.abs(former.at - at) * RATIO_SCALE < at * own.tolerance ? former.at : at
}

/** Both quotes from the reference and what is held. */
function quote(own: MarketMaking, core: SignalCore): void {
  const { instrument, book, settings } = core
  const most = own.size * own.ordersMax
  if (own.reference === 0 || most === 0 || own.pause > 0) {
    own.bid = null
    own.ask = null
    return
  }
  const half = (own.reference * own.halfSpread) / RATIO_SCALE
  const held = Math.max(-1, Math.min(1, book.position / most))
  const middle = own.reference - own.skew * half * held
  const { direction } = settings
  const mostLong = direction === 'short' ? 0 : most
  const mostShort = direction === 'long' ? 0 : most
  const bid = Math.max(1, Math.min(priceAt(instrument, middle - half, 'floor'), own.reference))
  const ask = Math.max(priceAt(instrument, middle + half, 'ceil'), own.reference)
  own.bid = quoteOf(own, instrument, own.bid, bid, mostLong - book.position)
  own.ask = quoteOf(own, instrument, own.ask, ask, mostShort + book.position)
}

function quoteOf(
  own: MarketMaking,
  instrument: Instrument,
  former: Quote | null,
  at: number,
  room: number,
): Quote | null {
  const lots = Math.min(own.size, room)
  if (at <= 0 || lots < minimumLots(instrument, price(at))) return null
  return { at: settled(own, former, at), lots }
}

function restingQuotes({ bid, ask }: MarketMaking, core: SignalCore): RestingWant[] {
  if (core.finish !== null || core.target !== null) return []
  const want = (slot: string, side: 'buy' | 'sell', { at, lots }: Quote): RestingWant => ({
    slot,
    instrument: core.instrument.id,
    side,
    price: price(at),
    quantity: quantity(lots),
    isPostOnly: true,
    isReduceOnly: false,
    trigger: null,
  })
  const wants: RestingWant[] = []
  if (bid !== null) wants.push(want('bid', 'buy', bid))
  if (ask !== null) wants.push(want('ask', 'sell', ask))
  return wants
}

const rests: RestingRule<MarketMaking> = {
  resting: restingQuotes,
  onBar(own, core, atr) {
    if (own.pause > 0) own.pause -= 1
    own.size = sizeOf(core, 1, core.last, atr)
    quote(own, core)
  },
  onFill(own, core, { origin }) {
    if (origin.kind === 'slot' && origin.slot === 'stop') own.pause = own.cooldown + 1
    quote(own, core)
  },
}

export const marketMaking = signalStrategy<MarketMaking>({
  id: 'market_making',
  caveat:
    'market making on candles is indicative: the place in the queue, the book and who trades against a quote are not in them',
  parameters: {
    spread: {
      type: 'decimal',
      doc: 'Distance between the order to buy and the order to sell, half of it on each side of the last close.',
      unit: 'percent',
      exclusiveMinimum: 0,
      maximum: 50,
      default: '0.2',
    },
    skew: {
      type: 'number',
      doc: 'How far both orders move against what is held, in half spreads at inventory_max; 0 = not at all. They never cross the last close.',
      minimum: 0,
      maximum: 20,
      default: 1,
    },
    inventory_max: {
      type: 'integer',
      doc: 'Most that may be held, long or short, in orders of full size.',
      unit: 'orders',
      minimum: 1,
      maximum: 1000,
      default: 5,
    },
    requote_tolerance: {
      type: 'decimal',
      doc: 'An order stays where it is while its new price differs by less.',
      unit: 'percent',
      minimum: 0,
      maximum: 10,
      default: '0.02',
    },
    cooldown: {
      type: 'integer',
      doc: 'Bars without quotes after a stop, beside the one in which it happened.',
      unit: 'bars',
      minimum: 0,
      maximum: 100_000,
      default: 0,
    },
    direction: {
      type: 'enum',
      doc: 'both: long and short inventory; long: sells only what is held; short: buys back only what was sold.',
      values: ['both', 'long', 'short'],
      default: 'both',
    },
    equity_share: { ...sizingParameters['equity_share'], default: '5' } as ParameterSchema,
  },
  omitted: ['entry_slippage'],
  start: (reader) => ({
    halfSpread: Math.floor((reader.percent('spread') ?? 0) / 2) as Ratio,
    skew: reader.factor('skew'),
    ordersMax: reader.count('inventory_max'),
    tolerance: reader.percent('requote_tolerance') ?? (0 as Ratio),
    cooldown: reader.count('cooldown'),
    reference: 0,
    size: 0,
    bid: null,
    ask: null,
    pause: 0,
  }),
  rests,
  warmUp: () => 1,
  next(own, { close }) {
    own.reference = close
    return NOTHING
  },
  indicators: (own, instrument) => ({
    bid: levelText(instrument, own.bid?.at ?? null),
    ask: levelText(instrument, own.ask?.at ?? null),
    order_quantity: lotsText(instrument, own.size),
  }),
})
