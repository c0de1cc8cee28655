/** Contracts of Aster: filters, brackets and fees as integers. */
import {
  type Instrument,
  instrumentId,
  linearMoneyPerUnit,
  type MarginTier,
} from '../../../domain/instrument.ts'
import { money, parseDecimal, quantity, type Ratio, ratio } from '../../../domain/money.ts'
import { completeTiers } from '../../../domain/position/margin.ts'
import { VenueError } from '../../../ports/venue.ts'
import { decimalsOf, moneyFrom, ratioFrom } from '../live/decimal.ts'
import type { BracketRow, FilterRow, SymbolRow } from './rows.ts'

export interface Fees {
  readonly maker: Ratio
  readonly taker: Ratio
}

/** What stands in other answers than the list of symbols. */
export interface Terms {
  readonly fees: Fees
  readonly brackets: readonly BracketRow[]
  readonly fundingIntervalMs: number
}

export const unifiedSymbol = ({ baseAsset, quoteAsset, marginAsset }: SymbolRow): string =>
  `${baseAsset}/${quoteAsset}:${marginAsset}`

/** Perpetual contracts that settle in their quote currency. */
export const isPerpetual = (row: SymbolRow): boolean =>
  row.contractType === 'PERPETUAL' && row.marginAsset === row.quoteAsset

export function instrumentOf(row: SymbolRow, terms: Terms): Instrument {
  const { tickSize = '' } = filter(row, 'PRICE_FILTER')
  const { stepSize = '', minQty = '0' } = filter(row, 'LOT_SIZE')
  const priceDecimals = decimalsOf(tickSize)
  const quantityDecimals = decimalsOf(stepSize)
  const lotSize = parseDecimal(stepSize, quantityDecimals)
  const symbol = unifiedSymbol(row)
  return {
    id: instrumentId('aster', symbol),
    venue: 'aster',
    symbol,
    base: row.baseAsset,
    quote: row.quoteAsset,
    settle: row.marginAsset,
    kind: 'linear',
    priceDecimals,
    priceRule: { kind: 'tick', tick: parseDecimal(tickSize, priceDecimals) },
    quantityDecimals,
    lotSize,
    moneyPerUnit: linearMoneyPerUnit(priceDecimals, quantityDecimals, lotSize),
    quantityMin: quantity(Math.max(1, Math.ceil((Number(minQty) / Number(stepSize)) * (1 - 1e-9)))),
    notionalMin: moneyFrom(filters(row, 'MIN_NOTIONAL')?.notional ?? '0', 'ceil'),
    makerFee: terms.fees.maker,
    takerFee: terms.fees.taker,
    liquidationFee: row.liquidationFee === undefined ? ratio(0) : ratioFrom(row.liquidationFee),
    marginTiers: tiersOf(terms.brackets),
    fundingIntervalMs: terms.fundingIntervalMs,
  }
}

const filters = (row: SymbolRow, type: string): FilterRow | undefined =>
  row.filters.find(({ filterType }) => filterType === type)

function filter(row: SymbolRow, type: string): FilterRow {
  const found = filters(row, type)
  if (found) return found
  const text = `aster tells no ${type} of ${row.symbol}.`
  throw new VenueError('unavailable', 'unreadable', text)
}

/** Without brackets of the venue's a position must be paid for in full. */
const NONE: readonly BracketRow[] = [
  { notionalFloor: 0, initialLeverage: 1, maintMarginRatio: '1' },
]

function tiersOf(brackets: readonly BracketRow[]): readonly MarginTier[] {
  const rows = (brackets.length === 0 ? NONE : brackets).map((row) => ({
    notionalFloor: money(Number(row.notionalFloor) * 1e8),
    maintenanceRate: ratioFrom(row.maintMarginRatio),
    leverageMax: Number(row.initialLeverage),
  }))
  return completeTiers(rows.sort((a, b) => a.notionalFloor - b.notionalFloor))
}
