/** What one seed is about: which venue, how many instances, which faults and how often, and where the desk dies. */
import type { Random } from '../../support/random.ts'
import { type CrashPoint, crashPoints } from './fuse.ts'
import type { VenueFaults } from './venue-model.ts'
import { type VenueRules, venueRules } from './venue-rules.ts'
import type { WireFaults, WireLine } from './wire-faults.ts'

/** What the director may do between two steps of the market. */
export const deeds = [
  'kill desk',
  'power cut',
  'arm fuse',
  'kill bot',
  'hold desk',
  'second desk',
  'partition',
  'cut stream',
  'silence stream',
  'rate limit',
  'spend budget',
  'maintenance',
  'foreign order',
  'foreign trade',
  'liquidation',
  'funding',
  'deposit',
  'tick change',
  'disk full',
  'fsync fails',
  'clock jump',
  'pause',
  'resume',
  'kill',
  'arm',
  'close',
  'crossed commands',
  'adjust',
  'restart',
] as const

export type Deed = (typeof deeds)[number]

export interface Scenario {
  readonly seed: number
  readonly rules: VenueRules
  readonly instances: number
  /** Virtual ms of trouble before everything heals. */
  readonly troubleMs: number
  readonly deeds: readonly Deed[]
  /** Chance of a deed at each step. */
  readonly deedChance: number
  /** As they are now, and as they will be once every instance has begun. */
  readonly wire: WireFaults
  readonly venue: VenueFaults
  readonly wireTrouble: WireFaults
  readonly venueTrouble: VenueFaults
  readonly clockOffsetMs: number
  /** Lots that an instance may hold at worst, at the price of the beginning; null = no such limit. */
  readonly limitLots: number | null
  /** Of all instances together. */
  readonly accountLimitLots: number | null
  /** The venue grants so few requests that they have to wait. */
  readonly isTight: boolean
  /** Absent: near, and as tight as that. */
  readonly line?: WireLine
  /** The venue arms its dead-man switch when it is asked to; absent = true. */
  readonly isDeadManGranted?: boolean
  readonly firstFuse: { readonly point: CrashPoint; readonly passes: number } | null
}

/** Limits what a seed does, to find the least that still fails. */
export interface Narrowing {
  readonly troubleMs?: number
  readonly without?: readonly string[]
}

/** Nothing goes wrong any more. */
export const healthyWire: WireFaults = {
  lostRequest: 0,
  lostAnswer: 0,
  slow: 0,
  arrivesTwice: 0,
  noName: 0,
  unknownCode: 0,
  partlyRefused: 0,
  hiddenBatch: 0,
  deferredCancel: 0,
  dropped: 0,
  twice: 0,
  reordered: 0,
  partitionUntil: 0,
  rateLimitUntil: 0,
  isBudgetSpent: false,
}

export const healthyVenue: VenueFaults = {
  lateFill: 0,
  invisibleMs: 0,
  partialFill: 0,
  isInMaintenance: false,
}

/** The most that the venue's queries may lag behind its book. */
export const INVISIBLE_MAX_MS = 5000

const rates: Readonly<Record<string, readonly number[]>> = {
  lostRequest: [0.05, 0.2],
  lostAnswer: [0.05, 0.2],
  slow: [0.05, 0.15],
  arrivesTwice: [0.1],
  noName: [0.05, 0.2],
  unknownCode: [0.1, 0.3],
  partlyRefused: [0.2],
  hiddenBatch: [0.5],
  deferredCancel: [0.5],
  dropped: [0.05, 0.3],
  twice: [0.1, 0.5],
  reordered: [0.1, 0.5],
}

export function makeScenario(seed: number, random: Random, narrowing: Narrowing = {}): Scenario {
  const without = new Set(narrowing.without ?? [])
  const wire = { ...healthyWire } as { -readonly [key in keyof WireFaults]: WireFaults[key] }
  for (const [name, levels] of Object.entries(rates)) {
    const rate = random.chance(0.4) ? random.pick(levels) : 0
    if (!without.has(name)) Object.assign(wire, { [name]: rate })
  }
  const chosen = deeds.filter(() => random.chance(0.3))
  const lateFill = random.chance(0.2) ? 0.1 : 0
  const invisibleMs = random.chance(0.3) ? random.pick([400, INVISIBLE_MAX_MS]) : 0
  const clockOffsetMs = random.chance(0.2) ? random.int(-20_000, 20_000) : 0
  const troubleMs = random.int(30_000, 100_000)
  const isFused = random.chance(0.7)
  const point = random.pick(crashPoints)
  const isRare = point.includes('cancel') || point.includes('ids')
  const fuse = { point, passes: random.int(1, isRare ? 3 : 12) }
  return {
    seed,
    rules: pickRules(random),
    instances: random.int(1, 3),
    troubleMs: Math.min(troubleMs, narrowing.troubleMs ?? troubleMs),
    deeds: chosen.filter((deed) => !without.has(deed)),
    deedChance: random.pick([0.05, 0.15, 0.3]),
    wire: { ...healthyWire },
    venue: { ...healthyVenue },
    wireTrouble: wire,
    venueTrouble: {
      lateFill: without.has('lateFill') ? 0 : lateFill,
      invisibleMs: without.has('invisible') ? 0 : invisibleMs,
      partialFill: 0.3,
      isInMaintenance: false,
    },
    clockOffsetMs: without.has('clock') ? 0 : clockOffsetMs,
    limitLots: random.chance(0.4) ? random.pick([250, 350]) : null,
    accountLimitLots: random.chance(0.3) ? 450 : null,
    isTight: random.chance(0.25) && !without.has('tight'),
    firstFuse: isFused && !without.has('fuse') ? fuse : null,
  }
}

/** The generic venue, which proves least, comes less often. */
function pickRules(random: Random): VenueRules {
  const dice = random.int(0, 2 * venueRules.length - 2)
  return venueRules[dice >> 1] as VenueRules
}

/** Everything that a seed may be narrowed by. */
export const narrowable: readonly string[] = [
  ...deeds,
  ...Object.keys(rates),
  'lateFill',
  'invisible',
  'clock',
  'fuse',
  'tight',
]
