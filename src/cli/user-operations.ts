/** What the user commands do; src/main/cli-context.ts brings it. */
import type { UserChange, UserView } from '../protocol/api-messages.ts'
import type { Awaitable } from './config-operations.ts'

/** Every method may throw an Error with one sentence and a code. A password that is null is made, and told once. */
export interface UserOperations {
  list(): Awaitable<readonly UserView[]>
  add(username: string, role: string, password: string | null): Promise<UserChange>
  setPassword(username: string, password: string | null): Promise<UserChange>
  remove(username: string): Awaitable<void>
  close(): void
}
