/** How large an entry is: a share of equity, what may be lost at the stop, or a fixed size. Pure. */
import { type Instrument, lotsFor, minimumLots } from '../instrument.ts'
import { money, mulDiv, price, RATIO_SCALE, type Ratio } from '../money.ts'
import type { Contradiction, ParameterSchema } from '../strategy.ts'
import { lossPerLot } from './own-book.ts'
import type { GivenParameters, ParameterReader } from './parameter-reader.ts'

export type SizingKind = 'equity_share' | 'risk_per_trade' | 'fixed'

/** Plain data. */
export interface Sizing {
  readonly kind: SizingKind
  /** Of equity × leverage; also the most that risk_per_trade takes. */
  readonly equityShare: Ratio
  readonly riskPerTrade: Ratio
  readonly lots: number | null
  readonly notional: number | null
}

/** The part of a schema that sizes entries. */
export const sizingParameters: Readonly<Record<string, ParameterSchema>> = {
  sizing: {
    type: 'enum',
    doc: 'equity_share: an entry is worth that share of equity × leverage; risk_per_trade: as many lots as lose that share of equity at the stop, at most equity_share; fixed: order_quantity or order_notional. Rounded down to lots; below the smallest order of the venue nothing is entered.',
    values: ['equity_share', 'risk_per_trade', 'fixed'],
    default: 'equity_share',
    isHot: true,
  },
  equity_share: {
    type: 'decimal',
    doc: 'Worth of an entry at its worst price, as a share of equity × leverage. Keep it below max_capital_utilization of risk_config, which refuses what is larger.',
    unit: 'percent',
    exclusiveMinimum: 0,
    maximum: 100,
    default: '50',
    isHot: true,
  },
  risk_per_trade: {
    type: 'decimal',
    doc: 'Share of equity that is lost when the stop is filled at its price, fees not counted; needs a stop.',
    unit: 'percent',
    exclusiveMinimum: 0,
    maximum: 100,
    default: '1',
    isHot: true,
  },
  order_quantity: {
    type: 'decimal',
    doc: 'Size of an entry with sizing fixed. Give this or order_notional.',
    unit: 'base',
    exclusiveMinimum: 0,
    isHot: true,
  },
  order_notional: {
    type: 'decimal',
    doc: 'Worth of an entry at its worst price with sizing fixed.',
    unit: 'quote',
    exclusiveMinimum: 0,
    isHot: true,
  },
}

const FULL = RATIO_SCALE as Ratio

export function readSizing(reader: ParameterReader): Sizing {
  return {
    kind: reader.word<SizingKind>('sizing', 'equity_share'),
    equityShare: reader.percent('equity_share') ?? FULL,
    riskPerTrade: reader.percent('risk_per_trade') ?? FULL,
    lots: reader.lots('order_quantity'),
    notional: reader.money('order_notional'),
  }
}

export function sizingContradictions(given: GivenParameters, hasStop: boolean): Contradiction[] {
  const kind = given.word('sizing')
  const sizes = ['order_quantity', 'order_notional'].filter((key) => given.has(key))
  if (kind === 'risk_per_trade' && !hasStop) {
    const allowed = 'equity_share or fixed, or a stop given: stop_loss or stop_loss_atr'
    return [{ keys: ['sizing', 'stop_loss', 'stop_loss_atr'], found: kind, allowed }]
  }
  if (kind === 'fixed' && sizes.length === 0) {
    const allowed = 'given with sizing fixed, or order_notional'
    return [{ keys: ['order_quantity', 'order_notional', 'sizing'], found: null, allowed }]
  }
  const [first] = sizes
  if (kind !== 'fixed' && first !== undefined) {
    const allowed = `left out with sizing ${kind}, or sizing fixed`
    return [{ keys: [first, 'sizing'], found: given.word(first), allowed }]
  }
  return given.exclusive('order_quantity', 'order_notional')
}

/** What an entry is sized by. */
export interface SizingFacts {
  readonly instrument: Instrument
  /** Money; on mark. */
  readonly equity: number
  readonly leverage: number
  /** The last price. */
  readonly last: number
  /** The worst price of the entry. */
  readonly worst: number
  /** Where the stop would stand if the entry were filled at the last price; null = none. */
  readonly stop: number | null
}

/** Unsigned lots of an entry, rounded down; 0 when the venue takes no order so small. */
export function entryLots(sizing: Sizing, facts: SizingFacts): number {
  const { instrument } = facts
  const worst = price(facts.worst)
  const lots = Math.floor(rawLots(sizing, facts))
  return lots >= minimumLots(instrument, worst) ? lots : 0
}

function rawLots(sizing: Sizing, facts: SizingFacts): number {
  const { instrument, equity } = facts
  const worst = price(facts.worst)
  if (sizing.kind === 'fixed')
    return sizing.lots ?? lotsFor(instrument, worst, money(sizing.notional ?? 0))
  if (equity <= 0) return 0
  const share = mulDiv(equity, sizing.equityShare, RATIO_SCALE, 'floor')
  const most = lotsFor(instrument, worst, money(Math.floor(share * facts.leverage)))
  if (sizing.kind === 'equity_share') return most
  const loss = facts.stop === null ? 0 : lossPerLot(instrument, facts.last, facts.stop)
  const risk = mulDiv(equity, sizing.riskPerTrade, RATIO_SCALE, 'floor')
  return loss === 0 ? 0 : Math.min(most, risk / loss)
}
