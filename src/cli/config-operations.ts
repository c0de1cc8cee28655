/** What the config commands do with files and versions; src/main/cli-context.ts brings it. */
import type {
  ConfigVersionRow,
  CreatedConfig,
  ShownConfig,
  WrittenConfig,
} from '../protocol/config-messages.ts'

/** At once from the files here, later from another machine. */
export type Awaitable<T> = T | Promise<T>

/** Every method may throw an Error with one sentence and a code. */
export interface ConfigOperations {
  history(id: string): Awaitable<readonly ConfigVersionRow[]>
  /** `version` null: the file as it is now. */
  show(id: string, version: number | null): Awaitable<ShownConfig>
  /** Everything that holds for an instance, secrets masked. */
  effective(id: string): Awaitable<object>
  difference(id: string, a: number, b: number | null): Awaitable<readonly string[]>
  rollback(id: string, version: number): Awaitable<WrittenConfig>
  create(template: string, id: string): Awaitable<CreatedConfig>
  import(path: string, instanceId: string | null): Awaitable<CreatedConfig>
  /** @returns where the file lies now */
  archive(id: string): Awaitable<string>
  close(): void
}
