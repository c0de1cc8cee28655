/** The users of a home without its control plane: in database/fleet.db. */
import { mkdirSync } from 'node:fs'
import { SqliteUserStore } from '../adapters/stores/sqlite-user-store.ts'
import { Users } from '../api/auth/users.ts'
import type { UserOperations } from '../cli/user-operations.ts'
import type { Home } from '../fleet/home.ts'
import { assertWritable } from '../fleet/home-check.ts'

/** To be closed. @throws Error with one sentence when nothing can be written there */
export function offlineUsers(home: Home): UserOperations {
  assertWritable(home)
  mkdirSync(home.database, { recursive: true })
  const store = new SqliteUserStore(home.fleetDatabase)
  const endSessions = (username: string): void => {
    const own = store.sessions().filter((session) => session.username === username)
    store.removeSessions(own.map(({ id }) => id))
  }
  const users = new Users({
    store,
    wallMs: () => Date.now(),
    // What is printed here goes to a terminal; this process writes no log.
    onSecret: () => {},
    onChanged: endSessions,
  })
  return {
    list: () => users.list(),
    add: (username, role, password) => users.add(username, role, password),
    setPassword: (username, password) => users.setPassword(username, password),
    remove: (username) => users.remove(username),
    close: () => store.close(),
  }
}
