/** What `perpfleet doctor` says, line by line. */

export type DoctorLevel = 'ok' | 'warn' | 'fail'

export interface DoctorCheck {
  readonly level: DoctorLevel
  /** Which check: `ports`, `clock`, … */
  readonly check: string
  /** What was found. */
  readonly found: string
  /** How to mend it, one sentence; null = there is nothing to mend. */
  readonly mend: string | null
}

export interface DoctorOptions {
  /** A venue to look at; null = none. */
  readonly venue: string | null
  /** What a fleet with real money needs as well. */
  readonly isProduction: boolean
}
