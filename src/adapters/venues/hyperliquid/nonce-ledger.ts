/** Which nonce an order was sent with, for as long as its fate is not known. */
import type { ClientOrderId } from '../../../domain/order.ts'
import type { PlaceOutcome } from '../../../domain/venue-report.ts'
import type { BurnOutcome } from '../../../ports/venue.ts'

/** Ids that are remembered, so that none is sent twice: the venue takes as many orders with one id as it is sent. */
const IDS_MAX = 20_000
/** More than can be unknown at once: the oldest have passed their deadline long ago. */
const KEPT_MAX = 2000

/** What was sent with one nonce: an order, or a batch. */
interface Entry {
  readonly nonce: number
  isBurnTried: boolean
  /** What became of it; `unsure` = not known. */
  fate: BurnOutcome
}

export class NonceLedger {
  readonly #entries = new Map<ClientOrderId, Entry>()
  readonly #ids = new Set<ClientOrderId>()

  /** Whether the id has left in this process. */
  wasSent(id: ClientOrderId): boolean {
    return this.#ids.has(id)
  }

  /** Orders of one action have one nonce. */
  sent(ids: readonly ClientOrderId[], nonce: number): void {
    const entry: Entry = { nonce, isBurnTried: false, fate: 'unsure' }
    for (const id of ids) {
      this.#entries.set(id, entry)
      this.#ids.add(id)
    }
    forgetOldest(this.#entries, KEPT_MAX)
    forgetOldest(this.#ids, IDS_MAX)
  }

  settled(outcomes: readonly PlaceOutcome[]): void {
    for (const { kind, clientId } of outcomes)
      if (kind !== 'unknown') this.#entries.delete(clientId)
  }

  /**
   * Uses up the nonce of an order, once for all orders that were sent with it.
   * @param use sends what uses it up: `consumed` when the venue calls it used already
   */
  async burn(
    id: ClientOrderId,
    use: (nonce: number) => Promise<BurnOutcome>,
  ): Promise<BurnOutcome> {
    const entry = this.#entries.get(id)
    if (!entry) return 'unsure'
    if (entry.fate !== 'unsure') return entry.fate
    const isFirst = !entry.isBurnTried
    entry.isBurnTried = true
    const told = await use(entry.nonce)
    // An earlier attempt that got no answer may have used it: then this one proves nothing of the order.
    if (told === 'burned' || (told === 'consumed' && isFirst)) entry.fate = told
    return entry.fate
  }
}

function forgetOldest(
  kept: {
    readonly size: number
    keys(): Iterable<ClientOrderId>
    delete(id: ClientOrderId): boolean
  },
  max: number,
): void {
  for (const oldest of kept.keys()) {
    if (kept.size <= max) return
    kept.delete(oldest)
  }
}
