/** Which instances are attached to which accounts and contracts. */
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { AttachRequest } from '../domain/venue-report.ts'
import type { StoredInstance } from '../ports/exchange-store.ts'
import type { Feed } from './feed.ts'
import { ExchangeRefused } from './refused.ts'

export class InstanceRegister {
  readonly #feed: Feed
  readonly #instances = new Map<string, StoredInstance>()
  readonly #instruments = new Map<InstrumentId, Instrument>()
  readonly #byAccount = new Map<string, ReadonlySet<InstrumentId>>()
  #changed: StoredInstance[] = []

  constructor(feed: Feed) {
    this.#feed = feed
  }

  /** Takes up a stored row; its contract is offered again when it belongs to this feed. */
  takeUp(row: StoredInstance, isOfThisFeed: boolean): void {
    this.#instances.set(row.instance, row)
    if (isOfThisFeed) this.offer(row.venue, row.request.symbol)
  }

  /** @throws ExchangeRefused `unknown_symbol` */
  offer(venue: string, symbol: string): Instrument {
    const instrument = this.#feed.offer(venue, symbol)
    this.#instruments.set(instrument.id, instrument)
    return instrument
  }

  instrument(id: InstrumentId): Instrument | undefined {
    return this.#instruments.get(id)
  }

  isAttached(instance: string): boolean {
    return this.#instances.get(instance)?.isAttached === true
  }

  /** Attached instances by account; every account of the list has an entry. */
  attached(accounts: Iterable<string>): ReadonlyMap<string, readonly string[]> {
    const result = new Map<string, string[]>()
    for (const account of accounts) result.set(account, [])
    for (const row of this.#instances.values()) {
      if (row.isAttached) result.get(row.account)?.push(row.instance)
    }
    return result
  }

  /** Instruments of the instances that are attached to an account. */
  instrumentsOf(account: string): ReadonlySet<InstrumentId> {
    const known = this.#byAccount.get(account)
    if (known) return known
    const found = new Set<InstrumentId>()
    for (const row of this.#instances.values()) {
      if (row.account !== account || !row.isAttached) continue
      found.add(this.offer(row.venue, row.request.symbol).id)
    }
    this.#byAccount.set(account, found)
    return found
  }

  /**
   * Instances that must give way before this one can have the instrument: attached, but without a living connection.
   * @throws ExchangeRefused `instrument_taken` when a living one holds it, or the instance belongs to another account
   */
  givingWay(
    account: string,
    instrument: Instrument,
    instance: string,
    isLive: (instance: string) => boolean,
  ): readonly string[] {
    const present = this.#instances.get(instance)
    if (present && present.account !== account) {
      throw new ExchangeRefused(
        'instrument_taken',
        `Instance ${instance} belongs to account ${present.account} and cannot attach to ${account}: give the instance another id.`,
      )
    }
    const owners = [...this.#instances.values()].filter(
      (row) =>
        row.account === account &&
        row.isAttached &&
        row.instance !== instance &&
        this.offer(row.venue, row.request.symbol).id === instrument.id,
    )
    const living = owners.find((row) => isLive(row.instance))
    if (living === undefined) return owners.map((row) => row.instance)
    throw new ExchangeRefused(
      'instrument_taken',
      `${instrument.symbol} on account ${account} already belongs to instance ${living.instance}: stop that one, or give ${instance} another account.`,
    )
  }

  attach(instance: string, account: string, venue: string, request: AttachRequest): void {
    this.#set({ instance, account, venue, request, isAttached: true })
  }

  detach(instance: string): void {
    const row = this.#instances.get(instance)
    if (row) this.#set({ ...row, isAttached: false })
  }

  #set(row: StoredInstance): void {
    this.#instances.set(row.instance, row)
    this.#byAccount.clear()
    this.#changed.push(row)
  }

  /** Rows that have changed since the last call. */
  takeChanged(): readonly StoredInstance[] {
    const changed = this.#changed
    this.#changed = []
    return changed
  }
}
