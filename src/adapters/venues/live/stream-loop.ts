/**
 * Keeps one socket alive: connects, subscribes, notices silence, connects again with a jittered back-off and within the
 * venue's allowance of logins. It tells `onLive` once after each subscription and `onGap` once for each loss.
 */
import type { Clock } from '../../../ports/clock.ts'
import { backoffMs } from './backoff.ts'

const BACKOFF_FIRST_MS = 250
const BACKOFF_MAX_MS = 30_000
/** A connection that lasted so long was a good one: the next failure starts the back-off anew. */
const STEADY_MS = 30_000
const OPEN_TIMEOUT_MS = 15_000

export interface StreamLoopParts {
  readonly name: string
  readonly clock: Clock
  readonly random: () => number
  /** How often something must come on the socket (the ping of either side), ms. Silence is found within twice of it. */
  readonly keepAliveMs: number
  readonly quota: ConnectQuota
  /** Connects, logs in and subscribes everything; resolves when the venue has confirmed it. */
  open(): Promise<void>
  /** Ends the socket, also one that no longer answers. */
  drop(): void
  onLive(): void
  onGap(reason: string): void
}

type State = 'stopped' | 'waiting' | 'opening' | 'live'

export class StreamLoop {
  readonly #parts: StreamLoopParts
  #state: State = 'stopped'
  /** Grows with each connection: what belongs to an earlier one is not listened to. */
  #generation = 0
  #failures = 0
  #liveAt = 0
  #frameAt = 0
  #reconnects = -1
  #cancelTimer: (() => void) | null = null
  #cancelWatch: (() => void) | null = null

  constructor(parts: StreamLoopParts) {
    this.#parts = parts
  }

  get isLive(): boolean {
    return this.#state === 'live'
  }

  get reconnects(): number {
    return Math.max(0, this.#reconnects)
  }

  start(): void {
    if (this.#state !== 'stopped') return
    this.#state = 'waiting'
    this.#cancelWatch = this.#parts.clock.every(this.#parts.keepAliveMs / 4, () => this.#watch())
    void this.#open()
  }

  stop(): void {
    if (this.#state === 'stopped') return
    this.#state = 'stopped'
    this.#generation++
    this.#cancelTimer?.()
    this.#cancelWatch?.()
    this.#parts.drop()
  }

  /** Something came on the socket. */
  frame(): void {
    this.#frameAt = this.#parts.clock.monotonicMs()
  }

  /** The socket is gone, or what came on it shows that something is missing. */
  lost(reason: string): void {
    if (this.#state !== 'opening' && this.#state !== 'live') return
    const { clock, random, quota } = this.#parts
    const wasLive = this.#state === 'live'
    this.#state = 'waiting'
    this.#generation++
    const isSteady = wasLive && clock.monotonicMs() - this.#liveAt >= STEADY_MS
    this.#failures = isSteady ? 0 : this.#failures + 1
    this.#parts.drop()
    const waitMs = Math.max(
      backoffMs(this.#failures - 1, BACKOFF_FIRST_MS, BACKOFF_MAX_MS, random),
      quota.waitMs(),
    )
    this.#cancelTimer = clock.after(waitMs, () => void this.#open())
    if (wasLive) this.#parts.onGap(`stream ${this.#parts.name}: ${reason}`)
  }

  async #open(): Promise<void> {
    if (this.#state !== 'waiting') return
    const { clock, quota } = this.#parts
    const waitMs = quota.waitMs()
    if (waitMs > 0) {
      this.#cancelTimer = clock.after(waitMs, () => void this.#open())
      return
    }
    quota.take()
    this.#state = 'opening'
    const generation = ++this.#generation
    this.frame()
    const cancel = clock.after(OPEN_TIMEOUT_MS, () => {
      if (generation === this.#generation) this.lost('not subscribed in time')
    })
    try {
      await this.#parts.open()
    } catch (error) {
      if (generation === this.#generation) this.lost(nameOf(error))
      return
    } finally {
      cancel()
    }
    if (generation !== this.#generation) return
    this.#state = 'live'
    this.#liveAt = clock.monotonicMs()
    this.#reconnects++
    this.#parts.onLive()
  }

  /** Looked at four times a keep-alive: silence of 1.5 is found before 2. */
  #watch(): void {
    if (this.#state !== 'live') return
    const silentMs = this.#parts.clock.monotonicMs() - this.#frameAt
    if (silentMs > this.#parts.keepAliveMs * 1.5) this.lost(`silent for ${Math.round(silentMs)} ms`)
  }
}

/** The class alone: texts of ccxt hold URLs and bodies. */
const nameOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.constructor.name} while subscribing`
    : 'failed while subscribing'

/** How often a venue lets one connect and log in: `count` in any `perMs`; shared by the sockets of a desk. */
export class ConnectQuota {
  readonly #clock: Clock
  readonly #count: number
  readonly #perMs: number
  #taken: number[] = []

  constructor(clock: Clock, count: number, perMs: number) {
    this.#clock = clock
    this.#count = count
    this.#perMs = perMs
  }

  /** ms until the next connection is allowed; 0 = now. */
  waitMs(): number {
    const now = this.#clock.monotonicMs()
    this.#taken = this.#taken.filter((at) => now - at < this.#perMs)
    const first = this.#taken[this.#taken.length - this.#count]
    return first === undefined ? 0 : Math.ceil(first + this.#perMs - now)
  }

  take(): void {
    this.#taken.push(this.#clock.monotonicMs())
  }
}
