/** Contracts of Backpack: rules, margin and prices as integers. */
import {
  type Instrument,
  instrumentId,
  linearMoneyPerUnit,
  type MarginTier,
} from '../../../domain/instrument.ts'
import {
  MONEY_SCALE,
  money,
  parseDecimal,
  quantity,
  RATIO_SCALE,
  type Ratio,
  ratio,
} from '../../../domain/money.ts'
import { completeTiers, type MarginTierRow } from '../../../domain/position/margin.ts'
import { VenueError } from '../../../ports/venue.ts'
import { decimalsOf } from '../live/decimal.ts'
import type { AccountRow, MarketRow, SqrtRow } from './rows.ts'

export interface Fees {
  readonly maker: Ratio
  readonly taker: Ratio
}

const HOUR_MS = 3_600_000

/** Symbol of ccxt for a perpetual: quote and settlement are one there. */
export const unifiedSymbol = (row: MarketRow): string =>
  `${row.baseSymbol}/${row.quoteSymbol}:${row.quoteSymbol}`

/** Fees of futures, which the account is told in basis points. */
export const feesOf = (account: AccountRow): Fees => ({
  maker: ratio(parseDecimal(account.futuresMakerFee, 4)),
  taker: ratio(parseDecimal(account.futuresTakerFee, 4)),
})

/**
 * The contract of a market row. The venue tells no smallest notional and no liquidation fee: both are 0.
 * @throws VenueError `rejected` when it is no perpetual contract
 */
export function instrumentOf(row: MarketRow, fees: Fees): Instrument {
  if (row.marketType !== 'PERP') throw notPerpetual(row.symbol)
  const { tickSize } = row.filters.price
  const { stepSize, minQuantity } = row.filters.quantity
  const priceDecimals = decimalsOf(tickSize)
  const quantityDecimals = decimalsOf(stepSize)
  const lotSize = parseDecimal(stepSize, quantityDecimals)
  const minimum = parseDecimal(minQuantity, Math.max(quantityDecimals, decimalsOf(minQuantity)))
  const minimumScale = 10 ** Math.max(0, decimalsOf(minQuantity) - quantityDecimals)
  const symbol = unifiedSymbol(row)
  return {
    id: instrumentId('backpack', symbol),
    venue: 'backpack',
    symbol,
    base: row.baseSymbol,
    quote: row.quoteSymbol,
    settle: row.quoteSymbol,
    kind: 'linear',
    priceDecimals,
    priceRule: { kind: 'tick', tick: parseDecimal(tickSize, priceDecimals) },
    quantityDecimals,
    lotSize,
    moneyPerUnit: linearMoneyPerUnit(priceDecimals, quantityDecimals, lotSize),
    quantityMin: quantity(Math.max(1, Math.ceil(minimum / (lotSize * minimumScale)))),
    notionalMin: money(0),
    makerFee: fees.maker,
    takerFee: fees.taker,
    liquidationFee: ratio(0),
    marginTiers: tiersOf(row),
    fundingIntervalMs: row.fundingInterval ?? HOUR_MS,
  }
}

function notPerpetual(symbol: string): VenueError {
  return new VenueError(
    'rejected',
    'INVALID_MARKET',
    `backpack's ${symbol} is no perpetual contract: choose one that ends in _PERP.`,
  )
}

/** Steps of the table in USDC: each at twice the notional of the one before. */
const TIER_COUNT = 12
/** Beyond it a position would leave the safe integers. */
const NOTIONAL_MAX = 50_000_000

/**
 * The venue's margin fractions max(base, factor · √notional) as steps. Maintenance margin is the chord between the ends of
 * each step: the true curve is convex, so the chord lies above it and the table never asks for too little.
 */
export function tiersOf(row: MarketRow): readonly MarginTier[] {
  const initial = row.imfFunction ?? { base: '1', factor: '0' }
  const maintenance = row.mmfFunction ?? initial
  const first = Math.min(kneeOf(initial), kneeOf(maintenance))
  if (!Number.isFinite(first)) return completeTiers([tierRow(0, 1, initial, maintenance)])
  const rows: MarginTierRow[] = [tierRow(0, first, initial, maintenance)]
  for (let floor = first; rows.length < TIER_COUNT && floor * 2 <= NOTIONAL_MAX; floor *= 2)
    rows.push(tierRow(floor, floor * 2, initial, maintenance))
  return completeTiers(rows)
}

function tierRow(
  floor: number,
  ceiling: number,
  initial: SqrtRow,
  maintenance: SqrtRow,
): MarginTierRow {
  const rise = marginAt(maintenance, ceiling) - marginAt(maintenance, floor)
  return {
    notionalFloor: money(Math.round(floor * MONEY_SCALE)),
    maintenanceRate: ratio(Math.ceil((rise / (ceiling - floor)) * RATIO_SCALE)),
    // 1 / 0.02 is 49.999… in doubles.
    leverageMax: Math.floor(ceiling / marginAt(initial, ceiling) + 1e-6),
  }
}

const marginAt = ({ base, factor }: SqrtRow, notional: number): number =>
  notional * Math.max(Number(base), Number(factor) * Math.sqrt(notional))

/** The notional from which the root decides; Infinity when it never does. */
function kneeOf({ base, factor }: SqrtRow): number {
  const root = Number(factor) === 0 ? Number.POSITIVE_INFINITY : Number(base) / Number(factor)
  return Math.max(1, Math.round(root * root))
}
