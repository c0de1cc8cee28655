/** What the desk last said of its instances, and what changed by somebody else's hand. */
import type { Instrument } from '../domain/instrument.ts'
import { instanceOfLeg, legName } from '../domain/leg-name.ts'
import type { MarketPrice } from '../domain/market.ts'
import type { ModeCause } from '../domain/mode-cause.ts'
import type { Money, Quantity, Ratio } from '../domain/money.ts'
import type { ReasonCode } from '../domain/reason.ts'
import type { InstanceMode, LimitFound } from '../domain/risk.ts'
import type { HistogramCounts } from '../domain/statistic/histogram.ts'
import type { VenueLink } from '../ports/venue.ts'
import { namesAmong, rowAmong } from './leg-rows.ts'

/** One instance in a desk's answer to `status`; integers of the core. */
export interface DeskInstanceRow {
  readonly instance: string
  readonly symbol: string
  readonly instrument: Instrument
  readonly mode: InstanceMode
  readonly latch: ReasonCode | null
  /** Why the mode holds; absent from desks that do not tell. */
  readonly cause?: ModeCause | null
  /** Of slots without an order; absent from desks that do not tell. */
  readonly reasons?: Readonly<Record<string, string>>
  /** Of its limits among the reasons: what an order would have come to, and what is allowed; absent as above. */
  readonly limits?: Readonly<Record<string, LimitFound>>
  readonly is_bot_connected: boolean
  readonly position: Quantity
  /** What the venue holds, where it is another number; null, absent = the books agree with it. */
  readonly position_venue?: number | null
  /** Orders of others on the contract, in lots; absent from desks that do not tell. */
  readonly foreign?: { readonly orders: number; readonly buying: number; readonly selling: number }
  readonly equity: Money
  readonly orders_working: number
  readonly orders_unknown: number
  /** Orders and trades of others under `on_foreign: halt`, since the desk started; absent from desks that do not tell. */
  readonly foreign_total?: number
  /** Equity without the capital; absent from desks that do not tell. */
  readonly pnl?: Money
  /** Equity against that of the start of the day; absent from desks that do not tell. */
  readonly pnl_today?: Money
  /** Fall of the equity from its peak as a share of the capital; absent from desks that do not tell. */
  readonly drawdown?: number
  /** Last price that it heard; absent from desks that do not tell, null = none yet. */
  readonly price?: MarketPrice | null
  /** Of an instance of several legs the row of each, and this one joins them (leg-rows.ts); a desk tells none. */
  readonly legs?: readonly DeskInstanceRow[]
}

export interface DeskAccount {
  /** `{mode}-{venue}-{account}`. */
  readonly account: string
  /** Of the account as a whole; absent from desks that do not tell. */
  readonly equity?: Money
  /** False: the venue has not told its balance yet, the equity is that of the instances alone. */
  readonly is_equity_known?: boolean
  readonly is_reconciled: boolean
  /** Its connection to the venue; absent from desks that do not tell, null = the venue's adapter does not. */
  readonly link?: VenueLink | null
  /** Orders sent for it since the desk started: decision to acceptance in s, by kind of order. */
  readonly executions?: Readonly<Record<string, HistogramCounts>>
  /** Fills that came after their order was final, since the desk started. */
  readonly late_fills_total?: number
  /** Differences that were found since the desk started. */
  readonly differences_total?: number
  readonly instances: readonly DeskInstanceRow[]
}

export interface DeskStatus {
  readonly accounts: readonly DeskAccount[]
}

export const isDeskStatus = (value: unknown): value is DeskStatus =>
  typeof value === 'object' &&
  value !== null &&
  'accounts' in value &&
  Array.isArray(value.accounts)

/** An instance was paused or resumed, by whomever. */
export interface ModeChange {
  readonly instance: string
  readonly desired: 'running' | 'paused'
}

export class DeskWatch {
  readonly #rows = new Map<string, DeskInstanceRow>()
  readonly #reconciled = new Set<string>()
  /** What each desk said last. */
  readonly #told = new Map<string, readonly DeskAccount[]>()
  readonly #desks = new Map<string, string>()
  readonly #ratesOf: (instance: string) => readonly Ratio[]

  /** @param ratesOf worth of the money of each leg in that of the first; of an instance of one contract it may be empty */
  constructor(ratesOf: (instance: string) => readonly Ratio[] = () => []) {
    this.#ratesOf = ratesOf
  }

  /** As a desk told it of one name: an instance, or a leg of one. */
  own(name: string): DeskInstanceRow | null {
    return this.#rows.get(name) ?? null
  }
  /** Of an instance; the rows of its legs are one. */
  row(instance: string): DeskInstanceRow | null {
    return rowAmong(this.#rows, instance, this.#ratesOf(instance))
  }
  /** The names of its legs that desks have told, itself first. */
  namesOf(instance: string): readonly string[] {
    return namesAmong(this.#rows.keys(), instance)
  }
  /** Every leg of it. */
  isReconciled(instance: string): boolean {
    const count = Math.max(1, this.#ratesOf(instance).length)
    return Array.from({ length: count }, (_, leg) => legName(instance, leg)).every((name) =>
      this.#reconciled.has(name),
    )
  }
  get accounts(): readonly DeskAccount[] {
    return [...this.#told.values()].flat()
  }
  /** Why a venue takes the key of an account of the instance no more; null = it does. */
  refusalOf(instance: string): string | null {
    const account = this.accounts.find(
      ({ link, instances }) =>
        link?.refusal != null && instances.some((row) => instanceOfLeg(row.instance) === instance),
    )
    return account?.link?.refusal ?? null
  }
  /** The desk at which an instance, or a leg of one, was seen last. */
  deskOf(instance: string): string | null {
    return this.#desks.get(instance) ?? null
  }

  /** Takes an answer; gives the instances, and legs, that were paused or resumed since the one before. */
  take(answer: unknown, desk = ''): ModeChange[] {
    if (!isDeskStatus(answer)) return []
    const before = new Map([...this.#rows].map(([id, row]) => [id, row.mode]))
    this.#told.set(desk, answer.accounts)
    this.#rows.clear()
    this.#reconciled.clear()
    for (const [name, accounts] of this.#told)
      for (const account of accounts) this.#enter(name, account)
    const changes: ModeChange[] = []
    for (const { instance, mode } of this.#rows.values()) {
      const was = before.get(instance)
      if (was === undefined || was === mode) continue
      if (mode === 'paused') changes.push({ instance, desired: 'paused' })
      else if (was === 'paused' && mode === 'running')
        changes.push({ instance, desired: 'running' })
    }
    return changes
  }

  #enter(desk: string, { instances, is_reconciled: isReconciled }: DeskAccount): void {
    for (const row of instances) {
      this.#rows.set(row.instance, row)
      this.#desks.set(row.instance, desk)
      if (isReconciled) this.#reconciled.add(row.instance)
    }
  }
}
