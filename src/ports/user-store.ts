/** Who may log in, and their sessions (database/fleet.db). Passwords and refresh tokens stand in it as hashes alone. */

/** As on the wire (src/protocol/api-messages.ts). */
export type UserRole = 'viewer' | 'operator' | 'admin' | 'machine'

export interface UserRecord {
  /** Lower case. */
  readonly username: string
  readonly role: UserRole
  /** With salt and cost; says nothing of the password. */
  readonly passwordHash: string
  /** Wall time, ms since 1970 UTC; so are all times here. */
  readonly createdAt: number
  readonly passwordAt: number
}

export interface SessionRecord {
  readonly id: string
  readonly username: string
  readonly createdAt: number
  /** It ends then unless it is refreshed before. */
  readonly expiresAt: number
}

/** Used refresh tokens of a session that are known; a second use of an older one opens nothing, and is not recognised. */
export const USED_TOKENS_KEPT = 100

/** A refresh token is used once; the last that were used are kept with their session: a second use is recognised. */
export interface RefreshRecord {
  readonly sessionId: string
  /** Null = it may still be used. */
  readonly usedAt: number | null
}

export interface Rotation {
  readonly oldHash: string
  readonly newHash: string
  readonly at: number
  readonly expiresAt: number
}

/** Every change is durable when the method returns. */
export interface UserStore {
  /** By name. */
  users(): readonly UserRecord[]
  user(username: string): UserRecord | null
  /** @returns false when the name is taken; nothing has changed then */
  addUser(record: UserRecord): boolean
  /** @returns false when there is no such user */
  setPassword(username: string, passwordHash: string, at: number): boolean
  /** Takes the sessions of the user away as well. @returns false when there is no such user */
  removeUser(username: string): boolean

  sessions(): readonly SessionRecord[]
  addSession(session: SessionRecord, refreshHash: string): void
  refreshToken(hash: string): RefreshRecord | null
  /** Marks the old token as used and adds the new one. @returns false when the old one was used or is gone */
  rotate(rotation: Rotation): boolean
  /** Takes sessions away with all their refresh tokens. */
  removeSessions(ids: readonly string[]): void
  close(): void
}
