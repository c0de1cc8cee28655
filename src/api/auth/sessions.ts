/**
 * Sessions: each begins with a login, is prolonged by its refresh token, and ends by logout, by a new password, by time,
 * or when a refresh token comes that was used before: then somebody else has a copy of it.
 */
import { randomBytes } from 'node:crypto'
import type { SessionRecord, UserStore } from '../../ports/user-store.ts'
import { hashOf } from './tokens.ts'

/** Tabs that load at once send the same token; whoever comes so soon is one of them. */
const SAME_MOMENT_MS = 10_000
/** So many browsers of one user; the oldest ends for the next. */
const SESSIONS_OF_USER_MAX = 20

export interface OpenSession {
  readonly session: SessionRecord
  readonly refreshToken: string
}

export type SessionEnd = (sessionId: string) => void

interface Successor {
  readonly token: string
  readonly until: number
}

const newSecret = (): string => randomBytes(32).toString('base64url')

export class Sessions {
  readonly #store: UserStore
  readonly #wallMs: () => number
  readonly #lifeMs: () => number
  readonly #open: Map<string, SessionRecord>
  /** What replaced a refresh token a moment ago, by the hash of the old one; never written down. */
  readonly #successors = new Map<string, Successor>()
  readonly #listeners = new Set<SessionEnd>()

  /** @param lifeMs how long a session lasts without being refreshed */
  constructor(store: UserStore, wallMs: () => number, lifeMs: () => number) {
    this.#store = store
    this.#wallMs = wallMs
    this.#lifeMs = lifeMs
    this.#open = new Map(store.sessions().map((session) => [session.id, session]))
    this.forgetExpired()
  }

  /** Is told of each session that ends, however it does. @returns takes the listener away */
  onEnd(listener: SessionEnd): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  find(id: string): SessionRecord | null {
    const session = this.#open.get(id)
    return session !== undefined && session.expiresAt > this.#wallMs() ? session : null
  }

  begin(username: string): OpenSession {
    this.forgetExpired()
    const own = this.#of(username).sort((a, b) => a.createdAt - b.createdAt)
    const tooMany = own.slice(0, Math.max(0, own.length - SESSIONS_OF_USER_MAX + 1))
    this.#end(tooMany.map(({ id }) => id))
    const now = this.#wallMs()
    const session: SessionRecord = {
      id: randomBytes(16).toString('base64url'),
      username,
      createdAt: now,
      expiresAt: now + this.#lifeMs(),
    }
    const refreshToken = newSecret()
    this.#store.addSession(session, hashOf(refreshToken))
    this.#open.set(session.id, session)
    return { session, refreshToken }
  }

  /**
   * Takes a refresh token in and gives another one; the same one again to whoever asks in the same moment.
   * @returns null when the token opens nothing; one that was used before has ended its session by then
   */
  refresh(token: string): OpenSession | null {
    this.forgetExpired()
    const oldHash = hashOf(token)
    const known = this.#store.refreshToken(oldHash)
    const session = known === null ? null : this.find(known.sessionId)
    if (known === null || session === null) return null
    if (known.usedAt !== null) return this.#usedAgain(session, oldHash)
    const refreshToken = newSecret()
    const at = this.#wallMs()
    const expiresAt = at + this.#lifeMs()
    const rotation = { oldHash, newHash: hashOf(refreshToken), at, expiresAt }
    if (!this.#store.rotate(rotation)) return this.#usedAgain(session, oldHash)
    this.#successors.set(oldHash, { token: refreshToken, until: at + SAME_MOMENT_MS })
    const prolonged = { ...session, expiresAt }
    this.#open.set(session.id, prolonged)
    return { session: prolonged, refreshToken }
  }

  #usedAgain(session: SessionRecord, hash: string): OpenSession | null {
    const successor = this.#successorOf(hash)
    if (successor !== null) return { session, refreshToken: successor.token }
    this.#end([session.id])
    return null
  }

  /** The one that may still be used: another tab may have used the next one already. */
  #successorOf(hash: string): Successor | null {
    const now = this.#wallMs()
    let found: Successor | null = null
    for (let next = this.#successors.get(hash); next !== undefined && next.until >= now; ) {
      found = next
      next = this.#successors.get(hashOf(found.token))
    }
    return found
  }

  /** The session that a refresh token belongs to, whether it was used or not. */
  ofToken(token: string): SessionRecord | null {
    const known = this.#store.refreshToken(hashOf(token))
    return known === null ? null : this.find(known.sessionId)
  }

  end(id: string): void {
    this.#end([id])
  }

  /** Ends those of a user. @param except the one that goes on */
  endOf(username: string, except: string | null = null): void {
    const ids = this.#of(username).map(({ id }) => id)
    this.#end(ids.filter((id) => id !== except))
  }

  forgetExpired(): void {
    const now = this.#wallMs()
    for (const [hash, { until }] of this.#successors) if (until < now) this.#successors.delete(hash)
    const old = [...this.#open.values()].filter(({ expiresAt }) => expiresAt <= now)
    this.#end(old.map(({ id }) => id))
  }

  #of(username: string): SessionRecord[] {
    return [...this.#open.values()].filter((session) => session.username === username)
  }

  #end(ids: readonly string[]): void {
    const known = ids.filter((id) => this.#open.delete(id))
    if (known.length === 0) return
    try {
      this.#store.removeSessions(known)
    } finally {
      // Also when the disk is full: whoever has ended a session must not be listened to by it any longer.
      for (const id of known) for (const tell of this.#listeners) tell(id)
    }
  }
}
