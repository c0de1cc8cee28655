/**
 * The fleet's own limits: hands out `max_position_notional` to the accounts, and latches the loss of the day and the
 * drawdown of all accounts together. Everything is durable before a desk hears of it (docs/concepts/grants.md).
 */
import {
  type AccountLatch,
  type AccountLimits,
  LossWatch,
  type StoredLossWatch,
} from '../domain/account-risk.ts'
import { divideLimit, type GrantAnswer, GrantBook, type StoredGrants } from '../domain/grant.ts'
import { type Money, money } from '../domain/money.ts'
import type { FleetStore } from '../ports/fleet-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { FleetWord } from '../protocol/desk-messages.ts'

/** One account as its desk reports it (action `status`). */
export interface AccountReport {
  /** `{mode}-{venue}-{account}`. */
  readonly account: string
  readonly grant: GrantAnswer
  readonly used: Money
  readonly equity: Money
  readonly is_equity_known: boolean
  readonly flows: Money
  readonly fleet_latch: AccountLatch | null
  readonly fleet_number: number
}

/** Money of one mode is not that of another: paper accounts share a limit of their own. */
interface StoredPool {
  readonly grants: StoredGrants
  readonly watch: StoredLossWatch | null
  /** Flows already counted, per account. */
  readonly flows: Readonly<Record<string, number>>
  readonly number: number
}

const emptyPool: StoredPool = {
  grants: { limit: null, shares: [] },
  watch: null,
  flows: {},
  number: 0,
}

/** Shares are cut anew only when an account has less than this part of the room that it would get. */
const ROOM_SHARE = 0.5

export interface FleetRiskParts {
  readonly store: Pick<FleetStore, 'setting' | 'saveSetting'>
  readonly logger: Logger
  readonly timeZone: string
  /** The limits as configured now. */
  limits(): AccountLimits | null
  tell(account: string, word: FleetWord): Promise<GrantAnswer>
}

const isReport = (value: unknown): value is AccountReport =>
  typeof value === 'object' &&
  value !== null &&
  'account' in value &&
  typeof value.account === 'string' &&
  'grant' in value &&
  'flows' in value

export class FleetRisk {
  readonly #parts: FleetRiskParts
  readonly #telling = new Set<string>()

  constructor(parts: FleetRiskParts) {
    this.#parts = parts
  }

  #load(mode: string): StoredPool {
    const text = this.#parts.store.setting(`risk.${mode}`)
    return text === null ? emptyPool : (JSON.parse(text) as StoredPool)
  }

  #save(mode: string, before: StoredPool, after: StoredPool): void {
    const text = JSON.stringify(after)
    if (text !== JSON.stringify(before)) this.#parts.store.saveSetting(`risk.${mode}`, text)
  }

  /**
   * Takes the answer of a desk to `status`.
   * @param atOf market time of a mode, ms; null = unknown, then losses are not judged
   */
  take(accounts: readonly unknown[], atOf: (mode: string) => number | null): void {
    const limits = this.#parts.limits()
    if (limits === null) return
    const byMode = Map.groupBy(
      accounts.filter(isReport),
      ({ account }) => account.split('-')[0] ?? '',
    )
    for (const [mode, reports] of byMode) this.#takeMode(mode, reports, limits, atOf(mode))
  }

  #takeMode(
    mode: string,
    reports: readonly AccountReport[],
    limits: AccountLimits,
    at: number | null,
  ): void {
    const before = this.#load(mode)
    const book = new GrantBook(before.grants)
    for (const { account, grant } of reports) book.answer(account, grant)
    book.setLimit(limits.notionalMax)
    const used = new Map(reports.map((report) => [report.account, Number(report.used)]))
    if (this.#isUneven(book, limits.notionalMax, used))
      book.aim(divideLimit(limits.notionalMax, used))
    const judged = this.#judge(before, reports, limits, at)
    const after: StoredPool = { ...judged, grants: book.stored() }
    // What is told must be remembered first: a raise that is forgotten would be handed out twice.
    this.#save(mode, before, after)
    for (const report of reports) this.#tell(mode, book, after, report)
  }

  /** Whether an account is short of room, or not all holders are where the limit wants them. */
  #isUneven(book: GrantBook, limit: Money | null, used: ReadonlyMap<string, number>): boolean {
    const goals = divideLimit(limit, used)
    return [...goals].some(([account, goal]) => {
      const bound = book.bound(account)
      if (goal === null || bound === null) return goal !== bound
      const own = used.get(account) ?? 0
      return bound - own < (goal - own) * ROOM_SHARE || (limit !== null && bound > limit)
    })
  }

  #judge(
    before: StoredPool,
    reports: readonly AccountReport[],
    limits: AccountLimits,
    at: number | null,
  ): StoredPool {
    // An account that has not told its equity yet would look like a loss.
    const known = Object.keys(before.flows)
    const isWhole =
      reports.every((report) => report.is_equity_known) &&
      known.every((account) => reports.some((report) => report.account === account))
    if (at === null || !isWhole) return before
    const watch = new LossWatch(this.#parts.timeZone, before.watch)
    for (const { account, flows, equity } of reports) {
      // An account that is new brings its money along: a flow, not a profit.
      const counted = before.flows[account]
      watch.flow(money(counted === undefined ? equity : flows - counted))
    }
    const equity = money(reports.reduce((sum, report) => sum + report.equity, 0))
    const what = watch.onEquity(at, equity, limits)
    if (what === 'latched')
      this.#parts.logger.warn('risk', `the fleet reached ${watch.latch}`, { equity })
    return {
      ...before,
      watch: watch.stored,
      flows: Object.fromEntries(reports.map(({ account, flows }) => [account, flows])),
      number: what === null ? before.number : before.number + 1,
    }
  }

  /** Says again and again what an account has not confirmed. */
  #tell(mode: string, book: GrantBook, pool: StoredPool, report: AccountReport): void {
    const { account } = report
    const grant = book.pending(account)
    const latch = pool.watch?.latch ?? null
    const isLatchKnown = report.fleet_number >= pool.number
    if ((grant === null && isLatchKnown) || this.#telling.has(account)) return
    this.#telling.add(account)
    this.#parts
      .tell(account, { number: pool.number, latch, grant })
      .then((answer) => this.#confirm(mode, account, answer))
      .catch((error: unknown) => {
        const text = error instanceof Error ? error.message : String(error)
        this.#parts.logger.warn('risk', `${account} was not reached: ${text}`)
      })
      .finally(() => this.#telling.delete(account))
  }

  #confirm(mode: string, account: string, answer: GrantAnswer): void {
    const before = this.#load(mode)
    const book = new GrantBook(before.grants)
    book.answer(account, answer)
    this.#save(mode, before, { ...before, grants: book.stored() })
  }

  /** An operator lets an instance of this mode trade again: the losses of the fleet count anew from here. */
  release(mode: string): void {
    const before = this.#load(mode)
    if (before.watch?.latch == null) return
    this.#save(mode, before, { ...before, watch: null, number: before.number + 1 })
  }
}
