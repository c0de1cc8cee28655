/**
 * ccxt's unified watch loops, supervised: each is asked again after every answer, and a socket that is gone or silent is
 * found by the StreamLoop. ccxt does not tell when a subscription stands: a socket that is open for a second counts as live.
 */
import type { Clock } from '../../../ports/clock.ts'
import { dropClient, type SocketTap } from '../live/guarded-class.ts'
import { ConnectQuota, StreamLoop } from '../live/stream-loop.ts'
import type { UnifiedExchange } from './unified.ts'

const KEEP_ALIVE_MS = 20_000
const SETTLED_MS = 1000
const HOUR_MS = 3_600_000

export interface WatchParts {
  readonly clock: Clock
  readonly random: () => number
  readonly exchange: UnifiedExchange
  readonly onLive: (stream: string) => void
  readonly onGap: (stream: string, reason: string) => void
  readonly onFrame: () => void
}

interface Watch {
  readonly loop: StreamLoop
  readonly next: () => Promise<void>
  generation: number
}

export class WatchLoops implements SocketTap {
  readonly #parts: WatchParts
  readonly #quota: ConnectQuota
  readonly #watches = new Map<string, Watch>()

  constructor(parts: WatchParts) {
    this.#parts = parts
    this.#quota = new ConnectQuota(parts.clock, 120, HOUR_MS)
  }

  /** @param next waits for one answer of ccxt and hands it on */
  start(name: string, next: () => Promise<void>): void {
    if (this.#watches.has(name)) return
    const { clock, random, onLive, onGap } = this.#parts
    const loop = new StreamLoop({
      ...{ name, clock, random, keepAliveMs: KEEP_ALIVE_MS, quota: this.#quota },
      open: () => this.#open(name),
      drop: () => this.#drop(name),
      onLive: () => onLive(name),
      onGap: (reason) => onGap(name, reason),
    })
    this.#watches.set(name, { loop, next, generation: 0 })
    loop.start()
  }

  stop(): void {
    for (const { loop } of this.#watches.values()) loop.stop()
    for (const url of Object.keys(this.#parts.exchange.clients ?? {}))
      dropClient(this.#parts.exchange, url)
  }

  /** ccxt does not say whose socket it is: what comes on one shows that the way is open. */
  onFrame(): void {
    for (const { loop } of this.#watches.values()) loop.frame()
    this.#parts.onFrame()
  }

  /** Nor whose was lost: all are asked anew. */
  onLost(_url: string, reason: string): void {
    for (const { loop } of this.#watches.values()) loop.lost(reason)
  }

  #open(name: string): Promise<void> {
    const watch = this.#watches.get(name)
    if (!watch) return Promise.resolve()
    const generation = ++watch.generation
    void this.#run(watch, generation)
    // Failures within the second end the attempt by `lost`.
    return new Promise((resolve) => void this.#parts.clock.after(SETTLED_MS, resolve))
  }

  async #run(watch: Watch, generation: number): Promise<void> {
    try {
      while (watch.generation === generation) await watch.next()
    } catch (error) {
      if (watch.generation !== generation) return
      watch.loop.lost(error instanceof Error ? error.constructor.name : 'failed')
    }
  }

  #drop(name: string): void {
    const watch = this.#watches.get(name)
    if (watch) watch.generation++
  }
}
