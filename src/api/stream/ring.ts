/** The last events of the stream as text, so that a reader whose line was gone for a moment goes on without loss. */
import type { StreamTopic } from '../../protocol/api-messages.ts'

/** An event that is on its way or kept; `text` is its JSON, made once for all readers. */
export interface KeptEvent {
  readonly seq: number
  readonly topic: StreamTopic
  /** Null = of no single instance. */
  readonly instance: string | null
  /** Of a candle, else null. */
  readonly timeframe: string | null
  readonly text: string
}

export class EventRing {
  readonly #countMax: number
  readonly #lengthMax: number
  /** Oldest first; what lies before `#first` is forgotten. */
  #events: KeptEvent[] = []
  #first = 0
  #length = 0
  /** Number of the newest event that is not kept any more. */
  #forgotten = 0

  /** @param countMax events, @param lengthMax characters that are kept at most */
  constructor(countMax: number, lengthMax: number) {
    this.#countMax = countMax
    this.#lengthMax = lengthMax
  }

  add(event: KeptEvent): void {
    this.#events.push(event)
    this.#length += event.text.length
    while (this.#events.length - this.#first > this.#countMax || this.#length > this.#lengthMax)
      this.#forgetOldest()
    // Moving the rest for each event that is forgotten would cost more than the event itself.
    if (this.#first > this.#countMax / 4 + 16) {
      this.#events = this.#events.slice(this.#first)
      this.#first = 0
    }
  }

  #forgetOldest(): void {
    const oldest = this.#events[this.#first]
    if (oldest === undefined) return
    this.#length -= oldest.text.length
    this.#forgotten = oldest.seq
    // The text is let go now, the place later.
    this.#events[this.#first] = { ...oldest, text: '' }
    this.#first += 1
  }

  /** Events with a greater number, oldest first; null = some of them are not kept any more. */
  after(seq: number): readonly KeptEvent[] | null {
    if (seq < this.#forgotten) return null
    let low = this.#first
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#events[middle]?.seq ?? 0) > seq) high = middle
      else low = middle + 1
    }
    return this.#events.slice(low)
  }
}
