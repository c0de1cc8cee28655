/** Who somebody is, by what a request carries. */
import { randomBytes } from 'node:crypto'
import type { UserStore } from '../../ports/user-store.ts'
import type { Role } from '../../protocol/api-messages.ts'
import type { Principal, RouteRole } from '../context.ts'
import { isPassword } from './passwords.ts'
import { type SessionEnd, Sessions } from './sessions.ts'
import { AccessTokens, bearerOf, isSameSecret } from './tokens.ts'
import { Users, usernameOf } from './users.ts'

/** `api` of the configuration, as far as sessions go. */
export interface SessionSettings {
  readonly jwt_expiry_hours: number
  readonly refresh_expiry_days: number
}

export interface AccessSources {
  readonly store: UserStore
  /** That of run/control.json: whoever reads this file owns the home. */
  readonly localToken: string
  /** Signs the sessions; at least 32 bytes. */
  readonly jwtSecret: string
  settings(): SessionSettings
  wallMs(): number
  /** What no log may hold. */
  onSecret(secret: string): void
}

/** Who has the token of run/control.json. */
export const LOCAL_USER = 'local'

/** So long a ticket may wait for its use, ms. */
export const TICKET_MS = 30_000
const TICKETS_MAX = 1000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const RANK: Readonly<Record<Role, number>> = { machine: 1, viewer: 1, operator: 2, admin: 3 }

/** Whether a role may do what a route demands. */
export const mayUse = (role: Role, wanted: RouteRole): boolean =>
  wanted === 'open' || RANK[role] >= RANK[wanted]

interface Ticket {
  readonly principal: Principal
  readonly until: number
}

export class Access {
  readonly sessions: Sessions
  readonly users: Users
  readonly tokens: AccessTokens
  readonly #sources: AccessSources
  readonly #tickets = new Map<string, Ticket>()
  /** Of those who have asked; the store is asked again when a user has changed. */
  readonly #roles = new Map<string, Role>()

  constructor(sources: AccessSources) {
    const { store, jwtSecret } = sources
    const wallMs = () => sources.wallMs()
    const lifeMs = () => sources.settings().refresh_expiry_days * DAY_MS
    this.#sources = sources
    this.tokens = new AccessTokens(jwtSecret, wallMs)
    this.sessions = new Sessions(store, wallMs, lifeMs)
    this.users = new Users({
      store,
      wallMs,
      onSecret: (secret) => sources.onSecret(secret),
      onChanged: (username, except) => {
        this.#roles.delete(username)
        this.sessions.endOf(username, except)
      },
    })
  }

  /** Whether it is the password of the user; as slow for a user that does not exist. */
  async isPassword(username: string, password: string): Promise<boolean> {
    const storedNow = () => this.#sources.store.user(usernameOf(username))?.passwordHash ?? null
    const stored = storedNow()
    // A comparison takes its time: the password may have been replaced, and its user removed, meanwhile.
    return (await isPassword(password, stored)) && storedNow() === stored
  }

  /** Life of an access token, s. */
  get tokenLifeS(): number {
    return Math.max(1, Math.round((this.#sources.settings().jwt_expiry_hours * HOUR_MS) / 1000))
  }

  /** @returns null for nobody, and for whoever has no session any more */
  async principalOf(authorization: string | undefined): Promise<Principal | null> {
    const known = this.knownPrincipal(authorization)
    if (known !== undefined) return known
    const subject = await this.tokens.read(bearerOf(authorization) ?? '')
    return subject === null ? null : this.ofSession(subject.sessionId, subject.username)
  }

  /**
   * As `principalOf`, at once: only a token that comes for the first time must be read. Its session and its user are
   * looked up each time.
   * @returns undefined: it must be read
   */
  knownPrincipal(authorization: string | undefined): Principal | null | undefined {
    const token = bearerOf(authorization)
    if (token === null) return null
    const subject = this.tokens.known(token)
    if (subject !== null) return this.ofSession(subject.sessionId, subject.username)
    if (!isSameSecret(token, this.#sources.localToken)) return undefined
    return { username: LOCAL_USER, role: 'admin', sessionId: null }
  }

  /** What the user of a session may do now, whatever its token said. */
  ofSession(sessionId: string, username: string): Principal | null {
    const session = this.sessions.find(sessionId)
    if (session === null || session.username !== username) return null
    const role = this.#roles.get(username) ?? this.#sources.store.user(username)?.role
    if (role === undefined) return null
    this.#roles.set(username, role)
    return { username, role, sessionId }
  }

  /** Opens the stream once, for whoever cannot send a header: it stands in an address, so it must be worthless soon. */
  ticketFor(principal: Principal): string {
    const now = this.#sources.wallMs()
    for (const [text, { until }] of this.#tickets) {
      if (until > now && this.#tickets.size < TICKETS_MAX) break
      this.#tickets.delete(text)
    }
    const ticket = randomBytes(32).toString('base64url')
    this.#tickets.set(ticket, { principal, until: now + TICKET_MS })
    return ticket
  }

  /** Whether a ticket waits for its use; asking does not use it. */
  isTicket(text: string): boolean {
    return this.#tickets.has(text)
  }

  /** @returns null for a ticket that is unknown, used, old, or whose session has ended */
  takeTicket(text: string): Principal | null {
    const ticket = this.#tickets.get(text)
    this.#tickets.delete(text)
    if (ticket === undefined || ticket.until < this.#sources.wallMs()) return null
    const { username, sessionId } = ticket.principal
    return sessionId === null ? ticket.principal : this.ofSession(sessionId, username)
  }

  /** @returns takes the listener away */
  onSessionEnd(listener: SessionEnd): () => void {
    return this.sessions.onEnd(listener)
  }
}
