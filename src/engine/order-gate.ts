/**
 * What the risk gate must know of one instance when it judges an order, gathered in one place; and how many orders the
 * instance has sent. Pure.
 */
import type { AccountState } from '../domain/account-risk.ts'
import type { ClientOrderId, OrderRequest, Origin } from '../domain/order.ts'
import { OrderRate, type StoredOrderRate } from '../domain/order-rate.ts'
import type { ReasonCode } from '../domain/reason.ts'
import {
  checkIntent,
  type Exposure,
  type GateState,
  type RiskLimits,
  type RiskVerdict,
} from '../domain/risk.ts'
import type { InstanceRisk } from './instance-risk.ts'
import type { Draft } from './order-loop-types.ts'
import type { Outside } from './outside.ts'

export interface OrderGateParts {
  readonly instance: string
  readonly risk: InstanceRisk
  readonly outside: Outside
  readonly exposure: () => Exposure
}

export class OrderGate {
  readonly #parts: OrderGateParts
  readonly #rate = new OrderRate()
  #leverage: number
  /** The rest of the account as the gate must see it; null = the instance stands alone. */
  #account: (() => AccountState | null) | null = null
  isReconciled = true
  isMarketStale = false
  /** What the venue's allowance of requests says of new risk; null = nobody asks. */
  #budget: (() => ReasonCode | null) | null = null
  /** Drawn for an order that was refused and never left: the next one takes it. */
  #spareId: ClientOrderId | null = null

  constructor(parts: OrderGateParts, leverage: number, at: number) {
    this.#parts = parts
    this.#leverage = leverage
    this.#rate.setLimit(parts.risk.limits.orderRatePerS ?? null, at)
  }

  get leverage(): number {
    return this.#leverage
  }
  /** Whether orders may have to wait for others of the instance. */
  get isRateLimited(): boolean {
    return this.#rate.isLimited
  }
  /** Null while no rate is set. */
  get rate(): StoredOrderRate | null {
    return this.#rate.stored
  }

  restoreRate(stored: StoredOrderRate | null): void {
    this.#rate.restore(stored)
  }

  /** Every new order is judged with the whole account from now on. */
  setAccount(account: () => AccountState | null): void {
    this.#account = account
  }

  /** Every order that could raise risk is judged by the allowance of requests from now on. */
  setBudget(budget: () => ReasonCode | null): void {
    this.#budget = budget
  }

  setTerms(leverage: number, limits: RiskLimits, at: number): void {
    this.#leverage = leverage
    this.#rate.setLimit(limits.orderRatePerS ?? null, at)
  }

  judge(
    origin: Origin,
    request: OrderRequest,
    { at, nextId, expiresAt }: Draft,
    isProtection = false,
  ): RiskVerdict {
    const { instance, risk, outside, exposure } = this.#parts
    const clientId = this.#spareId ?? nextId()
    if (clientId === null) return { refused: 'journal_unavailable' }
    const state: GateState = {
      instrument: risk.instrument,
      mode: risk.mode,
      latch: risk.latch,
      isReconciled: this.isReconciled,
      isMismatched: outside.gap !== 0,
      limits: risk.limits,
      leverage: this.#leverage,
      equity: risk.equity(),
      mark: risk.mark,
      exposure: exposure(),
      isRateSpent: this.#rate.isSpent(at),
      market: risk.book ?? (risk.limits.priceDisagreementMaxBps == null ? null : risk.price),
      isMarketStale: this.isMarketStale,
      budgetRefusal: this.#budget === null ? null : this.#budget(),
      account: this.#account === null ? null : this.#account(),
    }
    const intent = {
      clientId,
      instance,
      origin,
      request,
      ...(isProtection ? { isProtection } : {}),
    }
    const verdict = checkIntent(intent, state, expiresAt)
    const isRefused = 'refused' in verdict
    if (isRefused) risk.refused.note(verdict.refused, request, state)
    this.#spareId = isRefused ? clientId : null
    if (!isRefused) this.#rate.take(at)
    return verdict
  }
}
