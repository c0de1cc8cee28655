/**
 * How often somebody may ask (`api.rate_limit`) and guess passwords. Counted in memory; a fault here lets requests pass,
 * for what must never happen is that an operator cannot act.
 */
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'

/** `api.rate_limit` of the configuration; s. */
export interface RateLimits {
  readonly points: number
  readonly duration: number
  readonly block_duration: number
  readonly session_points: number
}

/** Wrong passwords for one name from one address, and from one address for whatever name. */
const GUESSES = { points: 5, duration: 900, blockDuration: 300 }
const GUESSES_OF_ADDRESS = { points: 50, duration: 3600, blockDuration: 3600 }

const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1000))

/** One network of a provider is one asker: it has more IPv6 addresses than anybody can count. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [left = '', right] = address.toLowerCase().replace(/%.*$/, '').split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === undefined || right === '' ? [] : right.split(':')
  const zeros =
    right === undefined ? [] : Array(Math.max(0, 8 - head.length - tail.length)).fill('0')
  const groups = [...head, ...zeros, ...tail].slice(0, 4)
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`
}

/** So many askers are kept before those whose time is over are looked for. */
const ASKERS = 1000

interface Asked {
  count: number
  /** ms; what was counted is forgotten then. */
  until: number
  isBlocked: boolean
}

/** Counts the requests of each asker in a window of time; without waiting, for it is done at each request. */
class Windows {
  readonly #askers = new Map<string, Asked>()
  readonly #points: number
  readonly #durationMs: number
  readonly #blockMs: number
  #lookAt = ASKERS

  constructor(points: number, { duration, block_duration: block }: RateLimits) {
    this.#points = points
    this.#durationMs = duration * 1000
    this.#blockMs = block * 1000
  }

  /** @returns null, or so many seconds to wait */
  take(key: string): number | null {
    const now = performance.now()
    const asked = this.#of(key, now)
    asked.count += 1
    // Not the other way round: where a setting is no number, nobody is refused.
    if (!(asked.count > this.#points)) return null
    if (!asked.isBlocked && this.#blockMs > 0) {
      asked.isBlocked = true
      asked.until = now + this.#blockMs
    }
    return secondsOf(asked.until - now)
  }

  #of(key: string, now: number): Asked {
    const known = this.#askers.get(key)
    if (known !== undefined && known.until > now) return known
    if (this.#askers.size >= this.#lookAt) this.#forgetOld(now)
    const asked = { count: 0, until: now + this.#durationMs, isBlocked: false }
    this.#askers.set(key, asked)
    return asked
  }

  #forgetOld(now: number): void {
    for (const [key, { until }] of this.#askers) if (until <= now) this.#askers.delete(key)
    this.#lookAt = Math.max(ASKERS, 2 * this.#askers.size)
  }
}

interface Limiters {
  /** Settings that they were made of. */
  readonly settings: RateLimits
  readonly strangers: Windows
  readonly sessions: Windows
}

const areSame = (a: RateLimits, b: RateLimits): boolean =>
  a === b ||
  (a.points === b.points &&
    a.duration === b.duration &&
    a.block_duration === b.block_duration &&
    a.session_points === b.session_points)

export class RequestLimits {
  readonly #settings: () => RateLimits
  #limiters: Limiters | null = null

  /** @param settings read at each request: a change acts at once */
  constructor(settings: () => RateLimits) {
    this.#settings = settings
  }

  /** @returns null, or so many seconds to wait */
  stranger(address: string): number | null {
    return this.#now().strangers.take(networkOf(address))
  }

  /** @returns null, or so many seconds to wait */
  session(key: string): number | null {
    return this.#now().sessions.take(key)
  }

  /** Counts anew when the settings have changed. */
  #now(): Limiters {
    const now = this.#settings()
    if (this.#limiters !== null && areSame(this.#limiters.settings, now)) return this.#limiters
    this.#limiters = {
      // Somebody may change what he gave.
      settings: { ...now },
      strangers: new Windows(now.points, now),
      sessions: new Windows(now.session_points, now),
    }
    return this.#limiters
  }
}

async function taken(limiter: () => RateLimiterMemory, key: string): Promise<number | null> {
  try {
    await limiter().consume(key)
    return null
  } catch (refusal) {
    if (refusal instanceof Error) return null
    return secondsOf((refusal as RateLimiterRes).msBeforeNext)
  }
}

/** Guesses at passwords. A guess is counted before it is compared: many at once count as many. */
export class LoginLimits {
  readonly #byName = new RateLimiterMemory({ ...GUESSES, keyPrefix: 'name' })
  readonly #byAddress = new RateLimiterMemory({ ...GUESSES_OF_ADDRESS, keyPrefix: 'address' })

  /** @returns null, or so many seconds to wait before the next guess */
  async guess(address: string, username: string): Promise<number | null> {
    const network = networkOf(address)
    return (
      (await taken(() => this.#byName, `${network} ${username}`)) ??
      (await taken(() => this.#byAddress, network))
    )
  }

  /** The guess was right: it does not count. */
  async right(address: string, username: string): Promise<void> {
    const network = networkOf(address)
    await this.#byName.delete(`${network} ${username}`)
    await this.#byAddress.reward(network)
  }
}
