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

interface Limiters {
  /** Settings that they were made of. */
  readonly key: string
  readonly strangers: RateLimiterMemory
  readonly sessions: RateLimiterMemory
}

export class RequestLimits {
  readonly #settings: () => RateLimits
  #limiters: Limiters | null = null

  /** @param settings read at each request: a change acts at once */
  constructor(settings: () => RateLimits) {
    this.#settings = settings
  }

  /** @returns null, or so many seconds to wait */
  stranger(address: string): Promise<number | null> {
    return taken(() => this.#now().strangers, networkOf(address))
  }

  /** @returns null, or so many seconds to wait */
  session(key: string): Promise<number | null> {
    return taken(() => this.#now().sessions, key)
  }

  /** Counts anew when the settings have changed. */
  #now(): Limiters {
    const now = this.#settings()
    const key = JSON.stringify([now.points, now.duration, now.block_duration, now.session_points])
    if (this.#limiters?.key === key) return this.#limiters
    const { duration, block_duration: blockDuration } = now
    this.#limiters = {
      key,
      strangers: new RateLimiterMemory({ points: now.points, duration, blockDuration }),
      sessions: new RateLimiterMemory({ points: now.session_points, duration, blockDuration }),
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
