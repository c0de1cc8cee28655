/** Opportunities that the instances of this fleet took: asked of their bots; of those that do not answer what they saved last. */
import { contractsOf } from '../config/resolved-instance.ts'
import type { ExecutedFilter, ExecutedRow } from '../protocol/arbitrage-messages.ts'
import { chosenExecuted, executedRows } from './executed-rows.ts'
import type { Fleet } from './fleet.ts'
import type { InstanceUnit } from './instance-unit.ts'

const BOT_TIMEOUT_MS = 2000

/** The newest first; each instance keeps its last 50. */
export async function executedOf(
  fleet: Fleet,
  filter: ExecutedFilter,
): Promise<readonly ExecutedRow[]> {
  const units = [...fleet.units.values()].filter(
    ({ id, config }) =>
      config !== null &&
      contractsOf(config).length > 1 &&
      (filter.instance === null || filter.instance === id),
  )
  const told = await Promise.all(
    units.map(async (unit) => executedRows(unit.id, await statusOf(fleet, unit))),
  )
  return chosenExecuted(told.flat(), filter)
}

async function statusOf(fleet: Fleet, { process, record, dbPath }: InstanceUnit): Promise<unknown> {
  const { links } = fleet.parts
  const port = process.isAlive ? record.webPort : null
  const asked =
    port === null
      ? null
      : await links.getFromBot(port, '/api/status', BOT_TIMEOUT_MS).catch(() => null)
  if (asked !== null) return asked
  try {
    return links.readSaved(dbPath)
  } catch {
    // A database that cannot be read must not keep the others from being listed.
    return null
  }
}
