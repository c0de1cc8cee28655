/** What the config commands do with files and versions; src/main/cli-context.ts brings it. */

/** At once from the files here, later from another machine. */
export type Awaitable<T> = T | Promise<T>

export interface ConfigVersionRow {
  readonly version: number
  /** Wall time, ms since 1970 UTC. */
  readonly at: number
  readonly author: string
  readonly origin: string
  readonly file: string
  readonly hash: string
}

interface Written {
  readonly id: string
  readonly file: string
  readonly version: number
}

export interface CreatedFile extends Written {
  /** False: it stays stopped until somebody starts it. */
  readonly autostart: boolean
  /** Ids of other active instances with the same contract on the same account. */
  readonly same_contract: readonly string[]
  /** The paper account that it was given because its contract was taken; null = none was needed. */
  readonly own_account: string | null
}

/** Every method may throw an Error with one sentence and a code. */
export interface ConfigOperations {
  history(id: string): Awaitable<readonly ConfigVersionRow[]>
  /** `version` null: the file as it is now. Secrets are masked. */
  show(
    id: string,
    version: number | null,
  ): Awaitable<{
    readonly file: string
    readonly version: number | null
    readonly content: string
  }>
  /** Everything that holds for an instance, secrets masked. */
  effective(id: string): Awaitable<object>
  difference(id: string, a: number, b: number | null): Awaitable<readonly string[]>
  rollback(id: string, version: number): Awaitable<Written>
  create(template: string, id: string): Awaitable<CreatedFile>
  import(path: string, instanceId: string | null): Awaitable<CreatedFile>
  /** @returns where the file lies now */
  archive(id: string): Awaitable<string>
  close(): void
}
