/** Parameters that all strategies of two legs share, and what they are read into. */
import type { Money, Ratio } from '../money.ts'
import type { GivenParameters, ParameterReader, Schema } from '../signal/parameter-reader.ts'
import type { Contradiction } from '../strategy.ts'
import type { LegIndex, LegTerms } from './leg-state.ts'

export interface PairSettings extends LegTerms {
  /** Size of a pair in units of the common grid; null = by worth. */
  readonly orderUnits: number | null
  /** Worth of the first leg, in its settlement currency. */
  readonly orderNotional: Money | null
  readonly clips: number
  /** Clips in a row that could not be hedged, after which nothing is entered. */
  readonly unwindsMax: number
  readonly lead: LegIndex
  readonly slippage: Ratio
  readonly halfSpread: Ratio
  readonly priceAgeMs: number
  readonly decidesOn: 'price' | 'candle'
  /** Equity of a leg as a share of its maintenance margin, 1e-8; 0 = off. */
  readonly marginExit: Ratio
  /** Of the margins of both legs, 1e-8. */
  readonly rebalance: Ratio
}

export const pairParameters: Schema = {
  order_quantity: {
    type: 'decimal',
    doc: 'Size of a pair: so much is bought on one leg and sold on the other, rounded down to what both venues can hold. Give this or order_notional.',
    unit: 'base',
    exclusiveMinimum: 0,
    isHot: true,
  },
  order_notional: {
    type: 'decimal',
    doc: 'Size of a pair by the worth of its first leg at the moment of the entry.',
    unit: 'quote',
    exclusiveMinimum: 0,
    isHot: true,
  },
  clips: {
    type: 'integer',
    doc: 'A pair is entered and left in so many parts: the lead is never more than one part ahead of the hedge.',
    unit: 'parts',
    minimum: 1,
    maximum: 1000,
    default: 4,
    isHot: true,
  },
  lead: {
    type: 'enum',
    doc: 'The leg that moves first; let the thinner market lead.',
    values: ['first', 'second'],
    default: 'first',
  },
  slippage_bps: {
    type: 'decimal',
    doc: 'Expected of each of the four fills beyond the price of the book, and the worst price of an order of the lead.',
    unit: 'bps',
    minimum: 0,
    maximum: 1000,
    default: '2',
    isHot: true,
  },
  half_spread_bps: {
    type: 'decimal',
    doc: 'Where a venue tells no bid and ask (paper, candles) they are taken to be the last price ± this.',
    unit: 'bps',
    minimum: 0,
    maximum: 1000,
    default: '0.5',
    isHot: true,
  },
  price_age_max_s: {
    type: 'number',
    doc: 'A price that is older than this against the latest event of either leg does not count.',
    unit: 's',
    exclusiveMinimum: 0,
    maximum: 86_400,
    default: 10,
    isHot: true,
  },
  decide_on: {
    type: 'enum',
    doc: 'price: each change; candle: only closes, for recorded candles, whose ways within a candle are invented for each venue by itself.',
    values: ['price', 'candle'],
    default: 'price',
  },
  imbalance_time_s: {
    type: 'number',
    doc: 'A net delta beyond dust that lasts so long is repaired: first unwound, then hedged at the market, in turn; while a pair is left only reduced.',
    unit: 's',
    minimum: 1,
    maximum: 86_400,
    default: 5,
    isHot: true,
  },
  leg_loss_cap_bps: {
    type: 'decimal',
    doc: 'Worst price of the hedge against the touch when the imbalance began; a market beyond it is repaired at once.',
    unit: 'bps',
    exclusiveMinimum: 0,
    maximum: 5000,
    default: '50',
    isHot: true,
  },
  unwind_after_s: {
    type: 'decimalOrFalse',
    doc: 'When one venue has been closed for so long, what the open leg holds beyond it is unwound reduce-only; false = never.',
    unit: 's',
    minimum: 0,
    maximum: 86_400,
    default: '10',
    isHot: true,
  },
  cooldown_s: {
    type: 'number',
    doc: 'Nothing is entered for so long after a pair was left or a leg unwound; with each unwinding in a row twice as long, up to 1 h.',
    unit: 's',
    minimum: 0,
    maximum: 604_800,
    default: 60,
    isHot: true,
  },
  unwinds_max: {
    type: 'integer',
    doc: 'After so many clips in a row that had to be unwound nothing is entered until the instance is adjusted, or paused and resumed.',
    unit: 'clips',
    minimum: 1,
    maximum: 1000,
    default: 3,
    isHot: true,
  },
  margin_exit_percent: {
    type: 'decimal',
    doc: 'A pair is left when the equity of a leg falls below this share of its maintenance margin; 0 = never.',
    unit: 'percent',
    minimum: 0,
    maximum: 10_000,
    default: '200',
    isHot: true,
  },
  rebalance_percent: {
    type: 'decimal',
    doc: 'When the equities of both legs differ by more than this share of their sum a transfer is suggested. It is never made.',
    unit: 'percent',
    exclusiveMinimum: 0,
    maximum: 100,
    default: '30',
    isHot: true,
  },
  book_depth: {
    type: 'integer',
    doc: 'Levels of the book that are asked for where the venue streams them; 0 = best bid and ask alone.',
    unit: 'levels',
    minimum: 0,
    maximum: 50,
    default: 10,
  },
}

/** For strategies that enter by an expected gain. */
export const edgeMaxParameter: Schema = {
  max_edge_bps: {
    type: 'decimal',
    doc: 'A larger gain than this is taken for a wrong price, and nothing is entered.',
    unit: 'bps',
    exclusiveMinimum: 0,
    maximum: 10_000,
    default: '500',
    isHot: true,
  },
}

const ms = (seconds: number): number => Math.round(seconds * 1000)

/** false or a number of seconds; @returns null for false */
function secondsOrFalse(reader: ParameterReader, key: string): number | null {
  const text = reader.text(key)
  return text === 'false' ? null : ms(reader.factor(key))
}

/** @param reader its instrument counts base in units of the common grid */
export function readPairSettings(reader: ParameterReader): PairSettings {
  const ratio = (key: string): Ratio => reader.bps(key) ?? (0 as Ratio)
  const percent = (key: string): Ratio => reader.percent(key) ?? (0 as Ratio)
  return {
    orderUnits: reader.lots('order_quantity'),
    orderNotional: reader.money('order_notional'),
    clips: Math.max(1, reader.count('clips')),
    unwindsMax: Math.max(1, reader.count('unwinds_max')),
    lead: reader.text('lead') === 'second' ? 1 : 0,
    slippage: ratio('slippage_bps'),
    halfSpread: ratio('half_spread_bps'),
    priceAgeMs: ms(reader.factor('price_age_max_s')),
    decidesOn: reader.word<'price' | 'candle'>('decide_on', 'price'),
    imbalanceMs: Math.max(1, ms(reader.factor('imbalance_time_s'))),
    lossCap: ratio('leg_loss_cap_bps'),
    unwindAfterMs: secondsOrFalse(reader, 'unwind_after_s'),
    cooldownMs: ms(reader.factor('cooldown_s')),
    marginExit: percent('margin_exit_percent'),
    rebalance: percent('rebalance_percent'),
  }
}

/** What no market can make right. */
export function pairContradictions(given: GivenParameters): Contradiction[] {
  const both = given.exclusive('order_quantity', 'order_notional')
  if (given.has('order_quantity') || given.has('order_notional')) return both
  return [
    {
      keys: ['order_quantity', 'order_notional'],
      found: null,
      allowed: 'given, or order_notional in its place',
    },
  ]
}
