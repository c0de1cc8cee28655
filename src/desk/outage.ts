/**
 * Whether a venue is there behind connections that stand: in maintenance its sockets may go on while nothing of the account is
 * answered. The venue's own word is asked, and questions that stay without an answer are noticed. While it is away the account
 * counts as not compared, so nothing raises risk, and it is asked again until it answers. See docs/concepts/desk.md.
 */
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import { type VenueAccount, VenueError, type VenueWord } from '../ports/venue.ts'

/** Comparisons that got no answer for so long, ms, and this many of them: the venue is away. One lost packet is no outage. */
export const AWAY_AFTER_MS = 5000
const FAILURES_MIN = 2
/** How often the venue is asked for its own word, ms; OKX allows one such question in 5 s. */
export const WORD_EVERY_MS = 15_000
/** What it said holds for so long when it is not said again, ms. */
const WORD_HOLDS_MS = 60_000

export interface OutageParts {
  /** Of the account, for the log. */
  readonly key: string
  readonly venue: Pick<VenueAccount, 'word' | 'traits'>
  readonly clock: Clock
  readonly logger: Logger
  /** It has gone away: the account must be compared before anything raises risk. */
  readonly onAway: () => void
  readonly onChanged: () => void
}

export class Outage {
  readonly #parts: OutageParts
  /** Since when comparisons get no answer, monotonic ms; null = the last one did. */
  #silentSince: number | null = null
  #failures = 0
  #failure = ''
  /** What the venue said of itself last; null = nothing is the matter, or it has no word for it. */
  #word: VenueWord | null = null
  #askedAt = Number.NEGATIVE_INFINITY
  #toldAt = Number.NEGATIVE_INFINITY
  #isAsking = false
  #isAway = false

  constructor(parts: OutageParts) {
    this.#parts = parts
  }

  /** Why nothing new is placed, as a clause; null = the venue is there. */
  get text(): string | null {
    if (!this.#isAway) return null
    const word = this.#word === null ? '' : `the venue says ${this.#word.text}`
    const isSilent = this.#silentSince !== null
    const silence = isSilent ? `it does not answer (${this.#failure.replace(/\.$/, '')})` : ''
    if (word !== '' && isSilent) return `${word}; ${silence}`
    return word === '' ? silence.replace(/^it/, 'the venue') : word
  }

  /** The last comparison got no answer. */
  get isSilent(): boolean {
    return this.#silentSince !== null
  }

  /** A comparison that began at `askedAt` (monotonic ms) failed; what is no silence of the venue says nothing of it. */
  failed(error: unknown, askedAt: number): void {
    // The simulated exchange is a process of this home: when it does not answer, its supervisor sees to it.
    if (this.#parts.venue.traits === undefined) return
    if (!(error instanceof VenueError) || error.kind !== 'unavailable') return
    this.#silentSince ??= askedAt
    this.#failures++
    // Why it is not asked any more says less than what it answered before.
    if (error.code !== 'circuit_open' || this.#failure === '') this.#failure = error.message
    void this.#ask()
    this.#judge()
  }

  /** A comparison was answered. */
  answered(): void {
    this.#silentSince = null
    this.#failures = 0
    this.#failure = ''
    this.#judge()
  }

  everySecond(): void {
    if (this.#parts.clock.monotonicMs() - this.#askedAt >= WORD_EVERY_MS) void this.#ask()
  }

  async #ask(): Promise<void> {
    const { venue, clock } = this.#parts
    const isSoon = clock.monotonicMs() - this.#askedAt < AWAY_AFTER_MS
    if (venue.word === undefined || this.#isAsking || isSoon) return
    this.#isAsking = true
    this.#askedAt = clock.monotonicMs()
    try {
      this.#word = await venue.word()
      this.#toldAt = clock.monotonicMs()
    } catch {
      if (clock.monotonicMs() - this.#toldAt > WORD_HOLDS_MS) this.#word = null
    } finally {
      this.#isAsking = false
    }
    this.#judge()
  }

  #judge(): void {
    const { clock, key, logger, onAway, onChanged } = this.#parts
    const silentMs = this.#silentSince === null ? 0 : clock.monotonicMs() - this.#silentSince
    const isSilent = this.#failures >= FAILURES_MIN && silentMs >= AWAY_AFTER_MS
    const isAway = isSilent || this.#word?.isDown === true
    if (isAway === this.#isAway) return
    this.#isAway = isAway
    if (!isAway) {
      logger.info('venue', 'the venue is back: the account is compared', { account: key })
      return onChanged()
    }
    const text = `the venue is away, so nothing that raises risk is placed until it answers: ${this.text}`
    logger.error('venue', text, { account: key })
    onAway()
  }
}
