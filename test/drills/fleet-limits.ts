import type { DrillReport } from "./fleet-home.ts"
export async function limitsDrill(_: DrillReport): Promise<void> {}
