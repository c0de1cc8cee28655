/** The accepted contents of configuration files, version by version (database/fleet.db). */

/** How a version came to be. */
export type ConfigOrigin =
  | 'found'
  | 'edited'
  | 'grid adjust'
  | 'rollback'
  | 'new'
  | 'import'
  | 'start --config'
  | 'archived'

export interface ConfigVersionInfo {
  /** Id of the instance; `fleet` for the configuration of the fleet. */
  readonly instance: string
  /** From 1, without gaps, for each instance. */
  readonly version: number
  /** Wall time, ms since 1970 UTC. */
  readonly at: number
  /** Who: a user of this machine, or `operator` over HTTP. */
  readonly author: string
  readonly origin: ConfigOrigin
  /** SHA-256 of the content, hex. */
  readonly hash: string
  /** Path of the file, below the home relative to it. */
  readonly file: string
}

export interface ConfigVersion extends ConfigVersionInfo {
  /** The whole text of the file, as it was accepted: secrets are not masked. */
  readonly content: string
}

export type NewConfigVersion = Omit<ConfigVersion, 'version' | 'hash'>

/** Every change is durable when the method returns. */
export interface ConfigStore {
  /**
   * Adds a version unless the newest one of the instance has the same content.
   * @returns the number of the version that holds the content now
   */
  add(version: NewConfigVersion): number
  /** Like add, for many at once in one transaction. */
  addAll(versions: readonly NewConfigVersion[]): void
  /** Takes the newest version back, when the file could not be written. */
  removeNewest(instance: string, version: number): void
  newest(instance: string): ConfigVersion | null
  version(instance: string, version: number): ConfigVersion | null
  /** Oldest first. */
  history(instance: string): readonly ConfigVersionInfo[]
  /** Hash of the newest version of each instance. */
  newestHashes(): ReadonlyMap<string, string>
  close(): void
}
