/** How far the events of the accounts have been recorded and told. */
import type { VenueAccountEvent } from '../domain/venue-report.ts'
import type { StoredAccount } from '../ports/exchange-store.ts'

export class AccountBook {
  readonly account: string
  readonly feed: string
  lastSeq: number
  toldSeq: number
  stepFromSeq: number
  told: StoredAccount['told']
  /** Recorded but kept back until the next step, ascending. */
  kept: VenueAccountEvent[] = []
  isDirty = false

  constructor(row: StoredAccount, kept: readonly VenueAccountEvent[]) {
    this.account = row.account
    this.feed = row.feed
    this.lastSeq = row.lastSeq
    this.toldSeq = row.toldSeq
    this.stepFromSeq = row.stepFromSeq
    this.told = row.told
    this.kept = [...kept]
  }

  static open(account: string, feed: string): AccountBook {
    const row = { account, feed, lastSeq: 0, toldSeq: 0, stepFromSeq: 0, told: null }
    const book = new AccountBook(row, [])
    book.isDirty = true
    return book
  }

  row(): StoredAccount {
    const { account, feed, lastSeq, toldSeq, stepFromSeq, told } = this
    return { account, feed, lastSeq, toldSeq, stepFromSeq, told }
  }

  /** Records an event that happened; it is kept back until it is released. */
  record(event: VenueAccountEvent): void {
    this.lastSeq = event.venueSeq
    this.kept.push(event)
    this.isDirty = true
  }

  /** Lets everything out that was kept back. */
  release(): readonly VenueAccountEvent[] {
    const events = this.kept
    if (events.length > 0 || this.told !== null) this.isDirty = true
    this.kept = []
    this.toldSeq = this.lastSeq
    this.told = null
    return events
  }

  /** Begins a step: what is released from here on belongs to it. */
  beginStep(): void {
    if (this.stepFromSeq === this.toldSeq) return
    this.stepFromSeq = this.toldSeq
    this.isDirty = true
  }
}
