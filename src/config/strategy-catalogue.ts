/** The shipped strategies as the configuration sees them. */
import { strategies, strategyById } from '../strategies/registry.ts'
import type { StrategyCatalogue } from './instance-file.ts'

export const shippedStrategies: StrategyCatalogue = {
  ids: strategies.map(({ id }) => id),
  parametersOf: (id) => strategyById(id)?.parameters ?? null,
  contradictionsIn: (id, parameters, terms) =>
    strategyById(id)?.contradictions?.(parameters, terms) ?? [],
  wantedBy: (id, parameters) => strategyById(id)?.inputs(parameters) ?? null,
}
