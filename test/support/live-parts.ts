/** What a dialect of a real venue is made of in tests: the sandbox's wall clock, an allowance without end, a silent log. */
import type {
  Credentials,
  DialectListener,
  DialectParts,
  VenueFact,
} from '../../src/adapters/venues/live/dialect.ts'
import type { MarketPrice } from '../../src/domain/market.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { silentLogger } from '../../src/ports/logger.ts'
import type { RequestBudget } from '../../src/ports/request-budget.ts'
import type { Wire } from './wire.ts'

/** Real timers, wall clock as given. */
export const clockAt = (wallMs: () => number): Clock => ({
  monotonicMs: () => performance.now(),
  wallMs,
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
  every: (intervalMs, callback) => {
    const timer = setInterval(callback, intervalMs)
    return () => clearInterval(timer)
  },
})

/** Lets everything pass and keeps what it was told. */
export class OpenBudget implements RequestBudget {
  readonly taken: string[] = []
  readonly blocked: (readonly [string, number])[] = []
  readonly use: (readonly [string, number])[] = []

  take(priority: string): Promise<void> {
    this.taken.push(priority)
    return Promise.resolve()
  }

  block(pool: string, forMs: number): void {
    this.blocked.push([pool, forMs])
  }

  used(pool: string, weight: number): void {
    this.use.push([pool, weight])
  }
}

export const dialectParts = (
  wire: Wire,
  credentials: Credentials,
  wallMs: () => number,
): DialectParts & { readonly budget: OpenBudget } => ({
  credentials,
  restUrl: wire.restUrl,
  wsUrl: wire.wsUrl,
  isTestnet: false,
  acceptsMainKey: false,
  acceptsUnverified: false,
  clock: clockAt(wallMs),
  logger: silentLogger,
  budget: new OpenBudget(),
  random: () => 0.5,
})

/** Keeps what streams tell; `until` waits for it. */
export class Heard implements DialectListener {
  readonly facts: VenueFact[] = []
  readonly prices: MarketPrice[] = []
  readonly live: string[] = []
  readonly gaps: string[] = []
  candles = 0
  messages = 0
  #waiting: (() => void)[] = []

  onFacts(facts: readonly VenueFact[]): void {
    this.facts.push(...facts)
    this.#wake()
  }

  onCandle(): void {
    this.candles++
    this.#wake()
  }

  onPrice(_instrument: unknown, price: MarketPrice): void {
    this.prices.push(price)
    this.#wake()
  }

  onLive(stream: string): void {
    this.live.push(stream)
    this.#wake()
  }

  onGap(stream: string, reason: string): void {
    this.gaps.push(`${stream}: ${reason}`)
    this.#wake()
  }

  onMessage(): void {
    this.messages++
  }

  /** Keys of the facts of a kind, in the order in which they came. */
  keys(kind: VenueFact['kind']): string[] {
    return this.facts.filter((fact) => fact.kind === kind).map(({ key }) => key)
  }

  /** Resolves when the condition holds; it is looked at again with everything that is heard. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => void this.#waiting.push(resolve))
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resume of waiting) resume()
  }
}
