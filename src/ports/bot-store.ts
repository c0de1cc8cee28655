/** Where a bot keeps its state and ledger; everything in it can be fetched again from the desk by sequence. */
import type { Json } from '../domain/strategy.ts'

/** One booked fill for people: decimal texts, market time in ms. */
export interface StoredFill {
  readonly seq: number
  readonly at: number
  readonly instrument: string
  readonly side: 'buy' | 'sell'
  readonly price: string
  readonly quantity: string
  readonly fee: string
  readonly isMaker: boolean
  /** The slot of the strategy, or `target`, `operator`, `liquidation`, `foreign`. */
  readonly origin: string
}

export interface BotStore {
  /** What `save` wrote last, null before the first. */
  load(): Json | null
  /**
   * One transaction: the record (state, ledger, last sequence) and the fills booked since the last call.
   * @param isDurable survives a power failure too; else only the end of the process
   */
  save(record: unknown, fills: readonly StoredFill[], isDurable: boolean): void
  /** A copy of the last status, for readers while no bot runs. */
  saveStatus(status: Json): void
  /** The newest fills, newest first. */
  lastFills(limit: number): readonly StoredFill[]
  close(): void
}
