import type { DrillReport } from "./fleet-home.ts"
export async function survivalDrill(_: DrillReport): Promise<void> {}
