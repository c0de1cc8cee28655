/**
 * What an instance of several legs must be told when market time runs faster than life: an answer of a venue takes as long as
 * ever, and the times of a pair are over before it comes (docs/guides/arbitrage.md).
 */
import type { ResolvedInstance } from '../config/resolved-instance.ts'

/**
 * Wall ms in which both orders of a part come and go on a slow machine: about five answers of a sandbox (150 ms each), or
 * a few of the exchange of this machine.
 */
const NEEDED_MS = { sandbox: 1000, paper: 50 } as const

/** Null = it has one leg, its orders have time enough, or its market is that of a venue. */
export function hasteText(
  { settings, legs, parameters }: Pick<ResolvedInstance, 'settings' | 'legs' | 'parameters'>,
  { speed, pace }: { readonly speed: number; readonly pace: 'free' | 'lockstep' },
): string | null {
  const { mode } = settings
  const seconds = Number(parameters['imbalance_time_s'])
  const isOurs = mode === 'sandbox' || mode === 'paper'
  if (legs.length === 0 || !isOurs || pace !== 'free' || !(seconds > 0)) return null
  const wallMs = (seconds * 1000) / speed
  if (wallMs >= NEEDED_MS[mode]) return null
  return `at ×${speed} its imbalance_time_s of ${seconds} s passes in ${Math.round(wallMs)} ms, before an order is answered, so its pairs are unwound for nothing: perpfleet down --stop-bots, then perpfleet up --speed 1`
}
