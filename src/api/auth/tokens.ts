/** Access tokens: JWT signed by HS256 and nothing else. They name a session, whose end ends them too. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'

const ALGORITHM = 'HS256'
const ISSUER = 'perpfleet'
const AUDIENCE = 'perpfleet-api'

/** What a token says of its bearer; what it may do is looked up at each request. */
export interface TokenSubject {
  readonly username: string
  readonly sessionId: string
}

interface ReadToken {
  readonly subject: TokenSubject
  /** s since 1970 UTC. */
  readonly expiresAt: number
}

const READ_MAX = 1000

export class AccessTokens {
  readonly #key: Uint8Array
  readonly #wallMs: () => number
  /** Those that were found good: a signature takes a hundred times as long as everything else of a request. */
  readonly #read = new Map<string, ReadToken>()

  /** @param secret at least 32 bytes */
  constructor(secret: string, wallMs: () => number) {
    this.#key = new TextEncoder().encode(secret)
    if (this.#key.length < 32) throw new Error('the secret of the sessions has less than 32 bytes')
    this.#wallMs = wallMs
  }

  sign({ username, sessionId }: TokenSubject, role: string, lifeS: number): Promise<string> {
    const now = Math.floor(this.#wallMs() / 1000)
    return new SignJWT({ role, sid: sessionId })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(username)
      .setIssuedAt(now)
      .setExpirationTime(now + lifeS)
      .sign(this.#key)
  }

  /** Of a token that was found good before and has not expired; null = it must be read. */
  known(token: string): TokenSubject | null {
    const known = this.#read.get(token)
    return known !== undefined && known.expiresAt > this.#wallMs() / 1000 ? known.subject : null
  }

  /** @returns null for whatever this fleet has not signed, and for what has expired */
  async read(token: string): Promise<TokenSubject | null> {
    const known = this.known(token)
    if (known !== null) return known
    this.#read.delete(token)
    const found = await this.#verified(token)
    if (found === null) return null
    for (const oldest of this.#read.keys()) {
      if (this.#read.size < READ_MAX) break
      this.#read.delete(oldest)
    }
    this.#read.set(token, found)
    return found.subject
  }

  async #verified(token: string): Promise<ReadToken | null> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'sid', 'exp'],
        currentDate: new Date(this.#wallMs()),
      })
      const { sub, sid, exp } = payload
      if (typeof sub !== 'string' || typeof sid !== 'string' || exp === undefined) return null
      return { subject: { username: sub, sessionId: sid }, expiresAt: exp }
    } catch {
      return null
    }
  }
}

/** What is kept of a token that opens something by itself. */
export const hashOf = (token: string): string =>
  createHash('sha256').update(token).digest('base64url')

/** Compares digests, so that neither length nor content of the secret shows in the time taken. */
export const isSameSecret = (given: string, secret: string): boolean =>
  timingSafeEqual(digestOf(given), digestOf(secret))

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()

/** The token of `Authorization: Bearer TOKEN`; null when there is none. */
export const bearerOf = (authorization: string | undefined): string | null =>
  /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null
