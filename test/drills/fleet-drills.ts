/** The fleet drills by name, for fleet-main.ts and main.ts. */
import { fortyDrill } from './fleet-forty.ts'
import type { DrillReport } from './fleet-home.ts'
import { limitsDrill } from './fleet-limits.ts'
import { survivalDrill } from './fleet-survival.ts'

export const fleetDrills: Readonly<Record<string, (report: DrillReport) => Promise<void>>> = {
  forty: fortyDrill,
  survival: survivalDrill,
  limits: limitsDrill,
}
