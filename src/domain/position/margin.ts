/** Initial margin, and maintenance margin by tiers of the notional. */
import type { MarginTier } from '../instrument.ts'
import { divide, invariant, type Money, money, mulDiv, RATIO_SCALE } from '../money.ts'

/** One row of a venue's table, before the amounts that make it continuous. */
export type MarginTierRow = Omit<MarginTier, 'maintenanceAmount'>

/**
 * Completes a table of tiers: amount_n = floor_n · (rate_n - rate_n-1) + amount_n-1, so the margin has no jump at a
 * floor (Binance's "maintenance amount"). Truncated, so the margin is never too small.
 * @throws InvariantError when floors or rates do not rise, or the first floor is not 0
 */
export function completeTiers(rows: readonly MarginTierRow[]): MarginTier[] {
  const tiers: MarginTier[] = []
  for (const row of rows) {
    const before = tiers.at(-1)
    if (!before) {
      invariant(row.notionalFloor === 0, 'the first margin tier starts at a notional of 0')
      tiers.push({ ...row, maintenanceAmount: money(0) })
      continue
    }
    const rise = row.maintenanceRate - before.maintenanceRate
    invariant(
      row.notionalFloor > before.notionalFloor && rise >= 0,
      'margin tiers rise in notional and in maintenance rate',
    )
    const amount = mulDiv(row.notionalFloor, rise, RATIO_SCALE, 'trunc') + before.maintenanceAmount
    tiers.push({ ...row, maintenanceAmount: money(amount) })
  }
  return tiers
}

/** The tier of an unsigned notional: the last whose floor is at or below it. */
export function tierOf(tiers: readonly MarginTier[], notional: number): MarginTier {
  let found = tiers[0]
  invariant(found !== undefined, 'an instrument has at least one margin tier')
  for (const tier of tiers) {
    if (tier.notionalFloor > notional) break
    found = tier
  }
  return found
}

/** Maintenance margin of an unsigned notional, rounded up. */
export function maintenanceMargin(tiers: readonly MarginTier[], notional: Money): Money {
  const tier = tierOf(tiers, notional)
  const gross = mulDiv(notional, tier.maintenanceRate, RATIO_SCALE, 'ceil')
  return money(Math.max(0, gross - tier.maintenanceAmount))
}

/** Initial margin of an unsigned notional at a leverage (1 = none, fractions allowed), rounded up. */
export function initialMargin(notional: Money, leverage: number): Money {
  if (Number.isInteger(leverage)) return money(divide(notional, leverage, 'ceil'))
  return money(mulDiv(notional, RATIO_SCALE, Math.round(leverage * RATIO_SCALE), 'ceil'))
}
