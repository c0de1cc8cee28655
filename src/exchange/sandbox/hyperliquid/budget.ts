/** What requests weigh, and how many actions an address has earned ("Rate limits and user limits"). */
import type { RateRule, SandboxAccount, SandboxBackend, SandboxFill } from '../front.ts'
import { fillsBetween } from './account-views.ts'
import { type Action, batchLengthOf } from './actions.ts'

const MINUTE_MS = 60_000

const IP_WEIGHT: RateRule = {
  name: 'hyperliquid weight',
  kind: 'bucket',
  limit: 1200,
  windowMs: MINUTE_MS,
}
/** What an address may still do when its budget is used up: one action every ten seconds. */
const TRICKLE: RateRule = {
  name: 'hyperliquid address',
  kind: 'bucket',
  limit: 1,
  windowMs: 10_000,
}

const INFO_WEIGHT = 20
const LIGHT_INFO = new Set([
  'l2Book',
  'allMids',
  'clearinghouseState',
  'orderStatus',
  'spotClearinghouseState',
  'exchangeStatus',
])
const HEAVY_INFO: Readonly<Record<string, number>> = { userRole: 60 }
/** Answers that weigh more the longer they are: rows that add one. */
const ROWS_PER_WEIGHT: Readonly<Record<string, number>> = {
  recentTrades: 20,
  historicalOrders: 20,
  userFills: 20,
  userFillsByTime: 20,
  fundingHistory: 20,
  userFunding: 20,
  userNonFundingLedgerUpdates: 20,
  candleSnapshot: 60,
}

export const infoWeight = (type: string): number =>
  HEAVY_INFO[type] ?? (LIGHT_INFO.has(type) ? 2 : INFO_WEIGHT)

export const rowsWeight = (type: string, rows: number): number => {
  const per = ROWS_PER_WEIGHT[type]
  return per === undefined ? 0 : Math.floor(rows / per)
}

export const actionWeight = (action: Action): number => 1 + Math.floor(batchLengthOf(action) / 40)

/** @returns false when the caller has used up its minute */
export const takeWeight = (backend: SandboxBackend, address: string, weight: number): boolean =>
  backend.take(IP_WEIGHT, address, weight).isAllowed

/** Weighs what an answer weighs besides; a request that was let in is answered. */
export const addWeight = (backend: SandboxBackend, address: string, weight: number): void => {
  if (weight > 0) backend.take(IP_WEIGHT, address, weight)
}

export interface BudgetTerms {
  /** Actions an address begins with. */
  readonly initial: number
  /** Actions each traded USDC earns. */
  readonly perUsdc: number
}

interface Account {
  used: number
  /** Traded in all, USDC. */
  volume: number
}

const isCancel = (action: Action): boolean =>
  action.type === 'cancel' || action.type === 'cancelByCloid'

export class AddressBudget {
  readonly #backend: SandboxBackend
  readonly #terms: BudgetTerms
  readonly #accounts = new Map<string, Account>()

  constructor(backend: SandboxBackend, terms: BudgetTerms) {
    this.#backend = backend
    this.#terms = terms
  }

  /** Why an action is refused, null = it may be done; then it is counted. Refused ones are not. */
  take(account: SandboxAccount, action: Action): string | null {
    const state = this.#of(account)
    const cap = this.#capOf(state)
    const wanted = batchLengthOf(action)
    // Cancels get room beyond the cap, so that risk can always be taken off.
    const limit = isCancel(action) ? Math.min(cap + 100_000, cap * 2) : cap
    const isBeyond = state.used + wanted > limit
    if (isBeyond && !this.#backend.take(TRICKLE, account.name, 1).isAllowed) {
      return exhaustedText(state.used + wanted, limit, state.volume)
    }
    state.used += wanted
    return null
  }

  /** What `userRateLimit` answers. */
  view(account: SandboxAccount | null) {
    const state = account ? this.#of(account) : { used: 0, volume: 0 }
    return {
      cumVlm: state.volume.toFixed(2),
      nRequestsUsed: state.used,
      nRequestsCap: this.#capOf(state),
      nRequestsSurplus: 0,
    }
  }

  volumeOf(account: SandboxAccount): number {
    return this.#of(account).volume
  }

  onFill(account: SandboxAccount, fill: SandboxFill): void {
    // An account that is seen for the first time here reads this fill from its history.
    const known = this.#accounts.get(account.name)
    if (known) known.volume += this.#valueOf(fill)
  }

  #capOf(state: Account): number {
    return this.#terms.initial + Math.floor(state.volume * this.#terms.perUsdc)
  }

  #of(account: SandboxAccount): Account {
    const known = this.#accounts.get(account.name)
    if (known) return known
    let volume = 0
    for (const fill of fillsBetween(account, null, null)) volume += this.#valueOf(fill)
    const orders = [...account.openOrders(), ...account.orderHistory({ limit: 1 })]
    // Orders carry the count of their moment: a restart forgets only the cancels since the last one.
    const used = Math.max(0, ...orders.map((order) => Number(order.extra['used'] ?? 0)))
    const state = { used, volume }
    this.#accounts.set(account.name, state)
    return state
  }

  #valueOf(fill: SandboxFill): number {
    const instrument = this.#backend.instrument(fill.instrument)?.instrument
    return instrument ? (fill.price * fill.quantity * instrument.moneyPerUnit) / 1e8 : 0
  }

  usedBy(account: SandboxAccount): number {
    return this.#of(account).used
  }
}

export const exhaustedText = (sent: number, cap: number, volume: number): string =>
  `Too many cumulative requests sent (${sent} > ${cap}) for cumulative volume traded $${volume.toFixed(2)}. Place taker orders to free up 1 request per USDC traded.`
