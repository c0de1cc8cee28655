/** What the config commands do with files and versions; src/main/cli-context.ts brings it. */
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

/** Every method may throw an Error with one sentence and a code. */
export interface ConfigOperations {
  history(id: string): readonly ConfigVersionRow[]
  /** `version` null: the file as it is now. Secrets are masked. */
  show(
    id: string,
    version: number | null,
  ): { readonly file: string; readonly version: number | null; readonly content: string }
  /** Everything that holds for an instance, secrets masked. */
  effective(id: string): object
  difference(id: string, a: number, b: number | null): readonly string[]
  rollback(id: string, version: number): Written
  create(template: string, id: string): Written
  import(path: string, instanceId: string | null): Written
  /** @returns where the file lies now */
  archive(id: string): string
  close(): void
}
