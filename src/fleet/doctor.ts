/** `perpfleet doctor`: what was gathered, judged. Pure: the same facts give the same lines. */
import type { DoctorCheck } from '../protocol/doctor-report.ts'
import type { DoctorFacts, ProductionFacts } from './doctor-facts.ts'
import {
  configurationChecks,
  databaseChecks,
  homeChecks,
  lockChecks,
  logChecks,
  registryChecks,
} from './doctor-home-rules.ts'
import {
  clockChecks,
  controlChecks,
  diskChecks,
  machineChecks,
  portChecks,
  programChecks,
} from './doctor-machine-rules.ts'
import { productionChecks } from './doctor-production-rules.ts'
import { type VenueFacts, venueChecks } from './doctor-venue-rules.ts'

/** @param production null = not asked for; @param venue likewise */
export function diagnose(
  facts: DoctorFacts,
  production: ProductionFacts | null,
  venue: VenueFacts | null,
): DoctorCheck[] {
  return [
    ...programChecks(facts.program),
    ...configurationChecks(facts.configuration),
    ...homeChecks(facts.home),
    ...diskChecks(facts.disks),
    ...clockChecks(facts.clock),
    ...portChecks(facts.ports),
    ...lockChecks(facts.lock, facts.pidFiles),
    ...registryChecks(facts),
    ...databaseChecks(facts.databases, facts.damagedJournals),
    ...logChecks(facts.logs),
    ...machineChecks(facts.machine),
    ...controlChecks(facts.control),
    ...(production === null ? [] : productionChecks(production)),
    ...(venue === null ? [] : venueChecks(venue)),
  ]
}
