/** What the fleet remembers (database/fleet.db): instances, the processes that were started for them, and settings. */
import type { DesiredState } from '../domain/instance-state.ts'

/** `stopped`: an operator ended it past the control plane. */
export type HoldKind = 'quarantined' | 'refused' | 'finished' | 'exited' | 'stopped'

/** Why an instance is kept from starting; `lines` are the last lines it logged. */
export interface Hold {
  readonly kind: HoldKind
  readonly reason: string
  readonly lines: readonly string[]
  /** Wall time, ms since 1970 UTC. */
  readonly at: number
}

export interface InstanceRecord {
  readonly id: string
  readonly desired: DesiredState
  readonly configFile: string
  /** Hash of the file that was started last, empty before the first start. */
  readonly configHash: string
  readonly webPort: number | null
  /** Restarts after an unasked end, since the instance was registered. */
  readonly restarts: number
  /** Wall time of the latest start, ms; null = never started. */
  readonly startedAt: number | null
  readonly registeredAt: number
  readonly hold: Hold | null
}

/** A process that was started, or is about to be: the record is written before the spawn, the pid after it. */
export interface ProcessRecord {
  /** `bot-ID`, `desk-NAME` or `exchange`. */
  readonly name: string
  readonly pid: number | null
  readonly startTime: string
  readonly bootId: string
  readonly token: string
  readonly launchFile: string
  readonly startedAt: number
}

/** Every change is durable when the method returns. */
export interface FleetStore {
  instances(): readonly InstanceRecord[]
  instance(id: string): InstanceRecord | null
  saveInstance(record: InstanceRecord): void
  removeInstance(id: string): void
  processes(): readonly ProcessRecord[]
  process(name: string): ProcessRecord | null
  saveProcess(record: ProcessRecord): void
  removeProcess(name: string): void
  setting(key: string): string | null
  saveSetting(key: string, value: string): void
  close(): void
}
