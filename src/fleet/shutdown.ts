/** Ends what runs in a home: all of it, or the control plane alone. */
import type { Fleet } from './fleet.ts'
import { usualEnding } from './instance-unit.ts'

const BOTS_WAIT_MS = 45_000
const SERVICE_WAIT_MS = 20_000
const LOOK_MS = 50

/** Instances whose bot runs. */
export const botsAlive = (fleet: Fleet): string[] =>
  [...fleet.units.values()].filter((unit) => unit.process.isAlive).map(({ id }) => id)

/**
 * Ends bots, desk, exchange and scanner: orders are cancelled, positions and desired states stay.
 * @returns the names of what did not end in time
 */
export async function stopEverything(fleet: Fleet): Promise<string[]> {
  for (const unit of fleet.units.values()) unit.ending = usualEnding
  await drain(fleet, 'bots', BOTS_WAIT_MS, () => botsAlive(fleet).length === 0)
  const bots = botsAlive(fleet)
  if (bots.length > 0) return bots
  // The desk before the exchange: it still has something to tell it.
  await drain(fleet, 'desk', SERVICE_WAIT_MS, () => !fleet.desks.isAlive)
  const { process: scanner } = fleet.scanner
  const haveEnded = () => !fleet.exchange.isAlive && !scanner.isAlive
  await drain(fleet, 'exchange', SERVICE_WAIT_MS, haveEnded)
  return [...fleet.desks.all, fleet.exchange, scanner]
    .filter((one) => one.isAlive)
    .map(({ kept }) => kept.name)
}

async function drain(
  fleet: Fleet,
  stage: 'bots' | 'desk' | 'exchange',
  limitMs: number,
  isDone: () => boolean,
): Promise<void> {
  const { clock } = fleet.parts.tools
  fleet.drain(stage)
  fleet.look()
  const end = clock.monotonicMs() + limitMs
  while (!isDone() && clock.monotonicMs() < end) {
    await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve))
    fleet.look()
  }
}

/** `3 bots go on trading (a, b, c)` for the end of the control plane alone. */
export function stillRunning(fleet: Fleet): string {
  const ids = botsAlive(fleet)
  if (ids.length === 0) return 'no bot runs'
  const names = ids.length <= 10 ? ` (${ids.join(', ')})` : ''
  return ids.length === 1
    ? `1 bot goes on trading${names}`
    : `${ids.length} bots go on trading${names}`
}
