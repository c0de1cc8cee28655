/** OKX's contracts as instruments: it counts in contracts of `ctVal`, we in lots of `lotSz` contracts. */
import {
  type Instrument,
  instrumentId,
  linearMoneyPerUnit,
  type MarginTier,
  notionalOf,
} from '../../../domain/instrument.ts'
import {
  InvariantError,
  MONEY_SCALE,
  money,
  type Price,
  parseDecimal,
  quantity,
  RATIO_SCALE,
  type Ratio,
  ratio,
} from '../../../domain/money.ts'
import { parseSymbol } from '../../../domain/symbol.ts'
import { VenueError } from '../../../ports/venue.ts'
import { decimalsOf, ratioFrom, stepsFrom } from '../live/decimal.ts'
import type { Row } from './exchange.ts'

/** What of a contract is needed besides the instrument. */
export interface Contract {
  readonly instrument: Instrument
  /** OKX's own name, e.g. BTC-USDT-SWAP. */
  readonly instId: string
  readonly instFamily: string
  /** Contracts of one lot, as text. */
  readonly lotSz: string
  readonly leverageMax: number
  readonly isLive: boolean
}

export interface Fees {
  readonly maker: Ratio
  readonly taker: Ratio
}

/** Perpetual contracts that the core can count in; the others are left out. @returns by ccxt's unified symbol */
export function contractsFrom(rows: readonly Row[]): Map<string, Contract> {
  const contracts = new Map<string, Contract>()
  for (const row of rows) {
    try {
      const contract = contractFrom(row)
      if (contract) contracts.set(contract.instrument.symbol, contract)
    } catch (error) {
      const isUncountable =
        error instanceof InvariantError ||
        error instanceof RangeError ||
        (error instanceof VenueError && error.code === 'unreadable')
      if (!isUncountable) throw error
    }
  }
  return contracts
}

/** @returns null for what is no perpetual contract */
export function contractFrom(row: Row): Contract | null {
  const { instId = '', ctVal = '', lotSz = '', tickSz = '', minSz = '' } = row
  if (row['instType'] !== 'SWAP' || !instId.endsWith('-SWAP')) return null
  const symbol = parseSymbol(instId)
  // The venue's word on the currencies counts; the name alone is a guess.
  const kind = row['ctType'] === 'inverse' ? 'inverse' : 'linear'
  if (kind !== symbol.kind || row['settleCcy'] !== symbol.settle) return null
  const size = kind === 'linear' ? baseOfLot(row) : contractsOfLot(lotSz)
  const priceDecimals = decimalsOf(tickSz)
  const valueOfLot = parseDecimal(ctVal, decimalsOf(ctVal)) / 10 ** decimalsOf(ctVal)
  const instrument: Instrument = {
    id: instrumentId('okx', symbol.symbol),
    venue: 'okx',
    symbol: symbol.symbol,
    base: symbol.base,
    quote: symbol.quote,
    settle: symbol.settle,
    kind,
    priceDecimals,
    priceRule: { kind: 'tick', tick: parseDecimal(tickSz, priceDecimals) },
    quantityDecimals: size.decimals,
    lotSize: size.units,
    moneyPerUnit:
      kind === 'linear'
        ? linearMoneyPerUnit(priceDecimals, size.decimals, size.units)
        : Math.round((valueOfLot * size.units * MONEY_SCALE) / 10 ** size.decimals),
    quantityMin: quantity(Math.max(1, stepsFrom(lotSz, minSz))),
    notionalMin: money(0),
    // Of the account's own tier once it is asked for.
    makerFee: ratio(0),
    takerFee: ratio(0),
    liquidationFee: ratio(0),
    marginTiers: [],
    fundingIntervalMs: 8 * 3_600_000,
  }
  const leverageMax = Number(row['lever'] ?? '1')
  const isLive = row['state'] === 'live'
  return { instrument, instId, instFamily: row['instFamily'] ?? '', lotSz, leverageMax, isLive }
}

interface Size {
  readonly units: number
  readonly decimals: number
}

/** Base currency of one lot: lotSz contracts of ctVal · ctMult. */
function baseOfLot({ ctVal = '', ctMult = '1', lotSz = '' }: Row): Size {
  const parts = [ctVal, ctMult === '' ? '1' : ctMult, lotSz]
  let decimals = parts.reduce((sum, part) => sum + decimalsOf(part), 0)
  let units = parts.reduce((product, part) => product * parseDecimal(part, decimalsOf(part)), 1)
  for (; decimals > 0 && units % 10 === 0; decimals--) units /= 10
  return { units, decimals }
}

const contractsOfLot = (lotSz: string): Size => ({
  units: parseDecimal(lotSz, decimalsOf(lotSz)),
  decimals: decimalsOf(lotSz),
})

/** The tier of fees: OKX writes what an account pays as a negative rate. */
export function feesFrom(row: Row, settle: string): Fees {
  const suffix = settle === 'USDT' ? 'U' : settle === 'USDC' ? 'USDC' : ''
  const one = (name: 'maker' | 'taker'): Ratio => {
    const own = row[`${name}${suffix}`]
    return ratio(0 - ratioFrom(own === undefined || own === '' ? row[name] : own))
  }
  return { maker: one('maker'), taker: one('taker') }
}

/**
 * Maintenance margin by position size; the rate of a tier holds for the whole position, so no amount makes up for it. Where the
 * venue tells no tiers it is half of the initial margin at the contract's greatest leverage, which is no less than OKX asks for
 * small positions: without any step a position would count as one that needs no margin.
 */
export function tiersFrom(
  rows: readonly Row[],
  { instrument, lotSz, leverageMax: most }: Contract,
  mark: Price,
): readonly MarginTier[] {
  if (rows.length === 0) {
    const leverageMax = Number.isFinite(most) ? Math.max(1, Math.floor(most)) : 1
    const maintenanceRate = ratio(Math.ceil(RATIO_SCALE / (2 * leverageMax)))
    return [{ notionalFloor: money(0), maintenanceRate, maintenanceAmount: money(0), leverageMax }]
  }
  const tiers = rows.map((row) => ({
    notionalFloor: notionalOf(instrument, mark, stepsFrom(lotSz, row['minSz'] ?? '0')),
    maintenanceRate: ratioFrom(row['mmr']),
    maintenanceAmount: money(0),
    leverageMax: Math.max(1, Math.floor(Number(row['maxLever'] ?? '1'))),
  }))
  tiers.sort((a, b) => a.notionalFloor - b.notionalFloor)
  // The first begins at nothing, whatever the least order is.
  return tiers.map((tier, index) => (index === 0 ? { ...tier, notionalFloor: money(0) } : tier))
}
