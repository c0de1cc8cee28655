/** What `config validate` says of a home, from the command line and from the control plane. */
import type { ValidationResult } from '../cli/context.ts'
import type { LoadedFleetConfiguration } from '../config/fleet-configuration.ts'
import { loadInstances } from '../config/instances.ts'
import { sandboxFaults } from '../fleet/feed-choice.ts'
import type { Home } from '../fleet/home.ts'

interface Said {
  readonly text: string
}

export const validation = (
  faults: readonly Said[],
  warnings: readonly Said[],
  instances: readonly { readonly id: string }[],
): ValidationResult => ({
  faults: faults.map(({ text }) => text),
  warnings: warnings.map(({ text }) => text),
  instances: instances.map(({ id }) => id),
})

/**
 * Every fault of every file.
 * @param feed what the home trades on since its first start; null = it has not been started
 */
export function validateHome(
  fleet: LoadedFleetConfiguration,
  { active, root }: Home,
  feed: string | null,
): ValidationResult {
  const options = { environment: fleet.environment, home: root }
  const { instances, faults, warnings } = loadInstances(active, fleet.configuration, options)
  const mixed = sandboxFaults(feed, instances, root)
  return validation(
    [...fleet.faults, ...faults, ...mixed],
    [...fleet.warnings, ...warnings],
    instances,
  )
}
