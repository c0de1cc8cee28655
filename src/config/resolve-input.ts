/** What a file is resolved from: its checked values, where they stand, and the fleet and strategy around it. */
import type { Contradiction, ContradictionTerms } from '../domain/strategy.ts'
import type { Place } from './fault.ts'
import type { FleetConfiguration } from './fleet-configuration.ts'
import type { InstanceValues } from './instance-schema.ts'
import type { FoundValues } from './reader.ts'
import type { Section } from './schema.ts'
import type { CheckedStrategy } from './strategy-file.ts'

/** How many contracts a strategy trades, and what else it asks of its feed. */
export interface LegsWanted {
  readonly instrumentsMin: number
  readonly instrumentsMax: number
  /** Levels of the order book. */
  readonly bookDepth: number
}

export interface ResolveInput {
  readonly file: string
  readonly path: string
  readonly fileHash: string
  /** The file's name without its ending. */
  readonly fallbackId: string
  readonly instanceId: string | null
  readonly fleet: FleetConfiguration
  readonly values: InstanceValues & { readonly strategy_config: unknown }
  readonly found: FoundValues
  /** Where each section begins. */
  readonly sections: ReadonlyMap<string, Place>
  readonly strategyKeys: Section
  /** False when the strategy is unknown: its keys were not read. */
  readonly hasStrategy: boolean
  /** Keys whose values could not be read: nothing is said about what hangs on them. */
  readonly faultyKeys: ReadonlySet<string>
  /** Of a file of its own; null = a shipped one. */
  readonly strategy: CheckedStrategy | null
  readonly contradictionsIn: (
    strategy: string,
    parameters: unknown,
    terms: ContradictionTerms,
  ) => readonly Contradiction[]
  /** Null = nobody says. */
  readonly wantedBy: (strategy: string, parameters: unknown) => LegsWanted | null
}
