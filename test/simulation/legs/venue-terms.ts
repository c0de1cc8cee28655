/**
 * What each venue of a pair is by itself: how far away, how many requests it grants, whether it knows deadlines, and its
 * dead-man switch. Two legs never have the same.
 */
import type { RequestPool } from '../../../src/domain/request-pool.ts'
import type { VenueTraits } from '../../../src/ports/venue.ts'
import type { Random } from '../../support/random.ts'
import type { Scenario } from '../orders/scenario.ts'
import { type VenueRules, venueRules } from '../orders/venue-rules.ts'
import { TIGHT, type WireLine } from '../orders/wire-faults.ts'
import type { LegsCoverage } from './coverage.ts'

type Switch = Pick<VenueTraits, 'deadMan' | 'deadManMs'>

/** As the adapters of these venues declare it; Backpack and venues that nobody has verified have none. */
const switches: Readonly<Record<string, Switch>> = {
  okx: { deadMan: 'account', deadManMs: { min: 10_000, max: 120_000 } },
  hyperliquid: { deadMan: 'account', deadManMs: { min: 5000, max: 86_400_000 } },
  aster: { deadMan: 'instrument', deadManMs: { min: 5000, max: 600_000 } },
}

/** Hyperliquid arms it for those who have traded enough. */
const GRANT_BY_VOLUME = 'hyperliquid'

/** Few requests, as each venue counts them. */
const pools: readonly RequestPool[] = [
  TIGHT,
  { ...TIGHT, capacity: 20, refillPerS: 10, reserve: 6 },
  { ...TIGHT, capacity: 40, refillPerS: 4, reserve: 6 },
  { ...TIGHT, capacity: 8, refillPerS: 8, reserve: 3 },
]

const withSwitch = (rules: VenueRules): VenueRules => ({
  ...rules,
  traits: { ...rules.traits, ...switches[rules.name] },
})

const isDeadlined = ({ traits }: VenueRules): boolean => traits.deadlineMs !== null

export type VenueTerms = Pick<Scenario, 'rules' | 'isDeadManGranted'> & { readonly line: WireLine }

/** One that knows no deadline comes less often: who trades there says that nobody has verified it. */
export function venueTerms(random: Random, isTight: boolean): VenueTerms {
  const isUnverified = random.chance(0.12)
  const rules = random.pick(venueRules.filter((one) => isDeadlined(one) !== isUnverified))
  return {
    rules: withSwitch(rules),
    isDeadManGranted: rules.name !== GRANT_BY_VOLUME || random.chance(0.5),
    line: {
      farMs: random.pick([0, 0, 0, 40, 150, 500]),
      pool: isTight ? random.pick(pools) : null,
    },
  }
}

/** A message takes so long anyway, ms: the middle of the ways of orders/wire.ts. */
const NEAR_MS = 40

/** Both legs have traded with what their venues have different. */
export function noteTerms(
  [first, second]: readonly [Scenario, Scenario],
  coverage: LegsCoverage,
): void {
  const far = [first, second].map(({ line }) => NEAR_MS + (line?.farMs ?? 0))
  if (Math.max(...far) >= 4 * Math.min(...far))
    coverage.sometimes('legs: traded with one venue four times as far as the other')
  const deadlines = [first, second].map(({ rules }) => rules.traits.deadlineMs)
  if (deadlines[0] !== deadlines[1])
    coverage.sometimes(
      deadlines.includes(null)
        ? 'legs: traded with one deadline and none'
        : 'legs: traded with two different deadlines',
    )
  const granted = [first, second].map(({ line }) => line?.pool?.refillPerS ?? null)
  if (granted[0] !== granted[1] && !granted.includes(null))
    coverage.sometimes('legs: traded with two different allowances of requests')
  const switched = [first, second].map(
    ({ rules, isDeadManGranted }) => rules.traits.deadMan !== null && isDeadManGranted === true,
  )
  if (switched[0] !== switched[1])
    coverage.sometimes('legs: traded with a dead-man switch at one venue alone')
}
