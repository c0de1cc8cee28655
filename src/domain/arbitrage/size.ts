/** Sizes that two contracts of the same base have in common: each venue counts in lots of its own. */
import type { Instrument } from '../instrument.ts'
import { divide, invariant, type Quantity, quantity } from '../money.ts'

/** An amount of the base currency: a whole number of 10^-decimals. */
export interface BaseSize {
  readonly units: number
  readonly decimals: number
}

/** The finest decimal grid that both contracts count on, and what a size on both must be a multiple of. */
export interface CommonGrid {
  readonly decimals: number
  /** Units of one lot of each. */
  readonly lots: readonly [number, number]
  /** Least common multiple of both lots, in units: the smallest size that both can hold exactly. */
  readonly step: number
}

/** @throws InvariantError for inverse contracts (they count in contracts, not in base) and for lots that have no common multiple below 2^53 */
export function commonGrid(one: Instrument, other: Instrument): CommonGrid {
  const isLinear = one.kind === 'linear' && other.kind === 'linear'
  invariant(isLinear, 'sizes in base are of linear contracts')
  const decimals = Math.max(one.quantityDecimals, other.quantityDecimals)
  const lots = [unitsOfLot(one, decimals), unitsOfLot(other, decimals)] as const
  const step = (lots[0] / greatestDivisor(lots[0], lots[1])) * lots[1]
  invariant(Number.isSafeInteger(step), 'the lots of two contracts have a common multiple')
  return { decimals, lots, step }
}

const unitsOfLot = ({ lotSize, quantityDecimals }: Instrument, decimals: number): number =>
  lotSize * 10 ** (decimals - quantityDecimals)

function greatestDivisor(one: number, other: number): number {
  let [a, b] = [one, other]
  while (b !== 0) [a, b] = [b, a % b]
  return a
}

/** The largest size on the grid that is not above so many units. */
export const commonSize = (grid: CommonGrid, units: number): BaseSize => ({
  units: divide(Math.max(0, units), grid.step, 'floor') * grid.step,
  decimals: grid.decimals,
})

/** Lots of leg 0 or 1; exact for a size on the grid. */
export function lotsOf(grid: CommonGrid, size: BaseSize, leg: 0 | 1): Quantity {
  return quantity(divide(size.units, grid.lots[leg], 'floor'))
}

/** The same amount counted in units of another grid, rounded down. */
export function unitsAt({ units, decimals }: BaseSize, grid: CommonGrid): number {
  return decimals <= grid.decimals
    ? units * 10 ** (grid.decimals - decimals)
    : divide(units, 10 ** (decimals - grid.decimals), 'floor')
}
