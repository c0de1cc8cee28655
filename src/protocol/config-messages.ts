/** What is told of configuration files and their versions (docs/reference/http.md, below /config); names as on the wire. */

export interface ConfigVersionRow {
  /** From 1, without gaps. */
  readonly version: number
  /** Wall time, ms since 1970 UTC. */
  readonly at: number
  readonly author: string
  /** How it came to be: `found`, `edited`, `rollback` … */
  readonly origin: string
  /** SHA-256 of the content, hex. */
  readonly hash: string
  /** Below the home relative to it. */
  readonly file: string
}

/** A text as people may see it: secrets are masked. */
export interface ShownConfig {
  /** Below the home relative to it. */
  readonly file: string
  /** Null: the file as it is now. */
  readonly version: number | null
  readonly content: string
}

export interface WrittenConfig {
  readonly id: string
  readonly file: string
  readonly version: number
}

/** A new instance file, and what people should know of it before it starts. */
export interface CreatedConfig extends WrittenConfig {
  /** False: it stays stopped until somebody starts it. */
  readonly autostart: boolean
  /** Ids of the other files in config/active/ with the same contract on the same account: only one of them can trade. */
  readonly same_contract: readonly string[]
  /** The paper account that it was given because its contract was taken on that of the template; null = none was needed. */
  readonly own_account: string | null
}

/** Of every file of a home; one sentence each. */
export interface ConfigValidation {
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
  /** Ids of the instances that may run. */
  readonly instances: readonly string[]
}
