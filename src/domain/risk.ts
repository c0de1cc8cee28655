/** The risk gate: the only maker of an ApprovedIntent. Pure; see docs/concepts/desk.md. */
import type { AccountState } from './account-risk.ts'
import type { InstanceMode } from './instance-mode.ts'
import { type Instrument, notionalOf } from './instrument.ts'
import { invariant, type Money, type Price, type Quantity, quantity, RATIO_SCALE } from './money.ts'
import type { ClientOrderId, OrderRequest, Origin } from './order.ts'
import type { ReasonCode } from './reason.ts'

export type { InstanceMode }

/** What shall be sent, before it is approved. */
export interface Intent {
  readonly clientId: ClientOrderId
  readonly instance: string
  readonly origin: Origin
  readonly request: OrderRequest
}

/** Limits of one instance; shares are Ratio-free decimals times 1e8 (see Ratio). null = no limit. */
export interface RiskLimits {
  /** Share of equity × leverage that |position| may be worth, Ratio. */
  readonly positionSizeMax: number
  readonly positionNotionalMax: Money | null
  /** Ratio of the equity at the start of the day. */
  readonly dailyLossMax: number
  /** Ratio of the instance's capital. */
  readonly drawdownMax: number
  /** Ratio: margin in use ÷ equity. */
  readonly capitalUtilizationMax: number
  readonly onBreach: 'reduce_only' | 'halt' | 'flatten'
}

/** Signed lots at risk on one instrument: what is held, and what may still be bought or sold. */
export interface Exposure {
  readonly position: Quantity
  readonly buying: Quantity
  readonly selling: Quantity
}

/** What the gate knows when it judges one intent. */
export interface GateState {
  readonly instrument: Instrument
  readonly mode: InstanceMode
  /** A latched limit; only reducing passes. */
  readonly latch: ReasonCode | null
  /** False until the account has been compared with the venue. */
  readonly isReconciled: boolean
  readonly limits: RiskLimits
  readonly leverage: number
  /** Capital + profit + funding - fees, on mark. */
  readonly equity: Money
  readonly mark: Price
  readonly exposure: Exposure
  /** The rest of the account; null where an instance stands alone (backtest). */
  readonly account: AccountState | null
}

const modeReasons: Readonly<Record<Exclude<InstanceMode, 'running'>, ReasonCode>> = {
  paused: 'paused',
  reduce_only: 'reduce_only',
  halted: 'halted',
  killed: 'killed',
  disarmed: 'disarmed',
}

/** The reason code that a mode gives to what it forbids; null for running. */
export const reasonOfMode = (mode: InstanceMode): ReasonCode | null =>
  mode === 'running' ? null : modeReasons[mode]

/** Lots that an order may trade; a close-position order counts as the whole position. */
export function lotsOf(request: OrderRequest, position: Quantity): Quantity {
  return request.quantity === 'position' ? quantity(Math.abs(position)) : request.quantity
}

/**
 * Whether an order cannot make |position| larger even if everything else on its side fills first.
 * Reduce-only orders never can: the venue cuts them.
 */
export function isReducing(request: OrderRequest, exposure: Exposure): boolean {
  if (request.isReduceOnly || request.quantity === 'position') return true
  const lots = lotsOf(request, exposure.position)
  if (request.side === 'buy')
    return exposure.position < 0 && exposure.buying + lots <= -exposure.position
  return exposure.position > 0 && exposure.selling + lots <= exposure.position
}

/** A share (Ratio) of money, rounded down; what leaves the safe integers is as good as no limit. */
function shareOf(base: number, share: number): number {
  const value = (BigInt(base) * BigInt(Math.round(share))) / BigInt(RATIO_SCALE)
  return Number(value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : value)
}

function isCountable(instrument: Instrument, mark: Price, lots: number): boolean {
  return mark * lots * instrument.moneyPerUnit <= Number.MAX_SAFE_INTEGER
}

function limitReached(intent: Intent, state: GateState): ReasonCode | null {
  const { exposure, limits, instrument } = state
  const lots = lotsOf(intent.request, exposure.position)
  const worst =
    intent.request.side === 'buy'
      ? exposure.position + exposure.buying + lots
      : exposure.selling + lots - exposure.position
  if (worst <= 0) return null
  // Beyond the numbers of the core there is no notional to compare: such an order is over every limit.
  if (!isCountable(instrument, state.mark, worst)) return 'limit_position'
  const notional = notionalOf(instrument, state.mark, quantity(worst), 'ceil')
  const equity = Math.max(0, state.equity)
  const sizeMax = shareOf(equity, limits.positionSizeMax * state.leverage)
  if (notional > sizeMax) return 'limit_position'
  if (limits.positionNotionalMax !== null && notional > limits.positionNotionalMax)
    return 'limit_notional'
  const margin = Math.ceil(notional / state.leverage)
  const marginMax = shareOf(equity, limits.capitalUtilizationMax)
  if (margin > marginMax) return 'limit_capital'
  return state.account === null ? null : accountLimitReached(state, state.account, lots, intent)
}

/** The account with this order: what the others may come to, and the worse side of this instance. */
function accountLimitReached(
  state: GateState,
  account: AccountState,
  lots: Quantity,
  intent: Intent,
): ReasonCode | null {
  const { exposure, instrument, mark } = state
  const { limits } = account
  const isIdle = exposure.position === 0 && exposure.buying === 0 && exposure.selling === 0
  if (isIdle && limits.positionsMax > 0 && account.positionsOther >= limits.positionsMax)
    return 'limit_account_positions'
  const isBuy = intent.request.side === 'buy'
  const after: Exposure = {
    position: exposure.position,
    buying: quantity(exposure.buying + (isBuy ? lots : 0)),
    selling: quantity(exposure.selling + (isBuy ? 0 : lots)),
  }
  const notional = notionalOf(instrument, mark, worstLots(after), 'ceil')
  if (account.notionalMax !== null && account.notionalOther + notional > account.notionalMax)
    return 'limit_account_notional'
  const margin = account.marginOther + Math.ceil(notional / state.leverage)
  const equity = Math.max(0, account.equity)
  const marginMax = shareOf(equity, limits.capitalUtilizationMax)
  return margin > marginMax ? 'limit_account_capital' : null
}

/** The largest |position| that an exposure can come to: everything on one side fills, nothing on the other. */
export function worstLots({ position, buying, selling }: Exposure): Quantity {
  return quantity(Math.max(Math.abs(position), position + buying, selling - position))
}

/**
 * Judges one intent. What reduces |position| passes in every mode but `halted`, where only operators, targets of
 * the operator and protective orders pass.
 * @param expiresAt wall time in ms after which the venue must refuse the order; null = none
 */
export function checkIntent(
  intent: Intent,
  state: GateState,
  expiresAt: number | null,
): RiskVerdict {
  const isReduction = isReducing(intent.request, state.exposure)
  const isOrdered = intent.origin.kind === 'operator'
  if (!isReduction || (state.mode === 'halted' && !isOrdered && intent.request.trigger === null)) {
    const byMode = reasonOfMode(state.mode)
    if (byMode !== null) return { refused: byMode }
  }
  if (isReduction) return ApprovedIntent.approve(approvalKey, intent, expiresAt)
  if (!state.isReconciled) return { refused: 'reconciling' }
  if (state.latch !== null) return { refused: state.latch }
  if (state.account?.latch != null) return { refused: state.account.latch }
  const limit = limitReached(intent, state)
  return limit === null
    ? ApprovedIntent.approve(approvalKey, intent, expiresAt)
    : { refused: limit }
}

/**
 * The gate of a session that has no desk and no journal (kill and close-all with --direct): it lets nothing through but
 * what the venue itself keeps from raising |position|.
 * @throws InvariantError when the order is not reduce-only
 */
export function approveReduction(intent: Intent, expiresAt: number | null): ApprovedIntent {
  const { request, origin } = intent
  invariant(request.isReduceOnly, 'a direct session sends reduce-only orders alone')
  invariant(origin.kind === 'operator', 'a direct session acts for an operator')
  return ApprovedIntent.approve(approvalKey, intent, expiresAt)
}

const approvalKey: unique symbol = Symbol('risk gate')

/** An intent that the gate let pass. Cannot be built elsewhere: the constructor is private and the brand is checked at run time. */
export class ApprovedIntent {
  readonly #isApproved = true
  readonly intent: Intent
  /** Wall time in ms after which the venue must refuse the order; null = none. */
  readonly expiresAt: number | null

  private constructor(intent: Intent, expiresAt: number | null) {
    this.intent = intent
    this.expiresAt = expiresAt
  }

  /** Only checkIntent has the key. */
  static approve(
    key: typeof approvalKey,
    intent: Intent,
    expiresAt: number | null,
  ): ApprovedIntent {
    invariant(key === approvalKey, 'only the risk gate approves')
    return new ApprovedIntent(intent, expiresAt)
  }

  static isApproved(value: unknown): value is ApprovedIntent {
    return typeof value === 'object' && value !== null && #isApproved in value && value.#isApproved
  }
}

export type RiskVerdict = ApprovedIntent | { readonly refused: ReasonCode }
