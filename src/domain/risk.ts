/** The risk gate: the only maker of an ApprovedIntent. Pure; see docs/concepts/desk.md. */
import type { AccountState } from './account-risk.ts'
import type { InstanceMode } from './instance-mode.ts'
import { type Instrument, notionalOf } from './instrument.ts'
import type { MarketPrice } from './market.ts'
import { type MarketLimits, marketLimitReached } from './market-quality.ts'
import {
  invariant,
  type Money,
  mulDiv,
  type Price,
  type Quantity,
  quantity,
  RATIO_SCALE,
} from './money.ts'
import type { ClientOrderId, OrderRequest, Origin } from './order.ts'
import { withinBand } from './price-band.ts'
import type { ReasonCode } from './reason.ts'

export type { InstanceMode }

/** What shall be sent, before it is approved. */
export interface Intent {
  readonly clientId: ClientOrderId
  readonly instance: string
  readonly origin: Origin
  readonly request: OrderRequest
  /** A stop that the desk itself has watched and fires now; absent = false. */
  readonly isProtection?: boolean
}

/** Limits of one instance; shares are Ratio-free decimals times 1e8 (see Ratio). null = no limit. */
export interface RiskLimits extends MarketLimits {
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
  /** New orders per second of market time; absent or null = without limit. */
  readonly orderRatePerS?: number | null
  /** Distance from mark beyond which no order is sent, basis points; absent or null = without limit. */
  readonly priceBandBps?: number | null
  /** Losing round trips in a row that are allowed; absent or 0 = off. */
  readonly consecutiveLossesMax?: number
  /** Worst case of what may be held ÷ equity, whatever leverage the venue is set to; absent or null = without limit. */
  readonly leverageMax?: number | null
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
  /** The venue's position is not the booked one; only reducing passes, of what both have. */
  readonly isMismatched: boolean
  readonly limits: RiskLimits
  readonly leverage: number
  /** Capital + profit + funding - fees, on mark. */
  readonly equity: Money
  readonly mark: Price
  /** Orders of others on the contract and an unexplained position count as orders that are on their way. */
  readonly exposure: Exposure
  /** The instance has sent as many orders as it may for now (domain/order-rate.ts); absent = it has not. */
  readonly isRateSpent?: boolean
  /** The whole price as the venue told it last; absent or null = the market is not judged. */
  readonly market?: MarketPrice | null
  /** The market has been silent for too long. */
  readonly isMarketStale?: boolean
  /** Why the venue's allowance of requests has no room for new risk; absent or null = it has. */
  readonly budgetRefusal?: ReasonCode | null
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

/** Far enough below the largest safe integer for an estimate to tell. */
const SURELY_SAFE = 2 ** 52

/** A share (Ratio) of money, rounded down; what leaves the safe integers is as good as no limit. */
function shareOf(base: number, share: number): number {
  const factor = Math.round(share)
  if ((base / RATIO_SCALE) * factor < SURELY_SAFE) return mulDiv(base, factor, RATIO_SCALE, 'trunc')
  const value = (BigInt(base) * BigInt(factor)) / BigInt(RATIO_SCALE)
  return Number(value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : value)
}

function isCountable(instrument: Instrument, mark: Price, lots: number): boolean {
  return mark * lots * instrument.moneyPerUnit <= Number.MAX_SAFE_INTEGER
}

/** What an order would bring a limit to, and what it allows: money (1e-8), or positions (`limit_account_positions`). */
export interface LimitFound {
  readonly found: number
  readonly allowed: number
}

interface ReachedLimit {
  readonly code: ReasonCode
  /** null = beyond the numbers of the core. */
  readonly figures: LimitFound | null
}

const reached = (code: ReasonCode, found: number, allowed: number): ReachedLimit => ({
  code,
  figures: { found, allowed },
})

/** The limit on what may be held that an order would exceed; null = none. */
export const limitReached = (request: OrderRequest, state: GateState): ReasonCode | null =>
  reachedLimit(request, state)?.code ?? null

/** The same with its figures. */
export function reachedLimit(request: OrderRequest, state: GateState): ReachedLimit | null {
  const { exposure, limits, instrument } = state
  const lots = lotsOf(request, exposure.position)
  const worst =
    request.side === 'buy'
      ? exposure.position + exposure.buying + lots
      : exposure.selling + lots - exposure.position
  if (worst <= 0) return null
  // Beyond the numbers of the core there is no notional to compare: such an order is over every limit.
  if (!isCountable(instrument, state.mark, worst)) return { code: 'limit_position', figures: null }
  const notional = notionalOf(instrument, state.mark, quantity(worst), 'ceil')
  const equity = Math.max(0, state.equity)
  const sizeMax = shareOf(equity, limits.positionSizeMax * state.leverage)
  if (notional > sizeMax) return reached('limit_position', notional, sizeMax)
  const { positionNotionalMax } = limits
  if (positionNotionalMax !== null && notional > positionNotionalMax)
    return reached('limit_notional', notional, positionNotionalMax)
  const leverageMax = limits.leverageMax ?? null
  const leveraged = leverageMax === null ? null : shareOf(equity, leverageMax * RATIO_SCALE)
  if (leveraged !== null && notional > leveraged)
    return reached('limit_leverage', notional, leveraged)
  const margin = Math.ceil(notional / state.leverage)
  const marginMax = shareOf(equity, limits.capitalUtilizationMax)
  if (margin > marginMax) return reached('limit_capital', margin, marginMax)
  return state.account === null ? null : accountLimitReached(state, state.account, lots, request)
}

/** The account with this order: what the others may come to, and the worse side of this instance. */
function accountLimitReached(
  state: GateState,
  account: AccountState,
  lots: Quantity,
  request: OrderRequest,
): ReachedLimit | null {
  const { exposure, instrument, mark } = state
  const { limits, positionsOther, notionalMax } = account
  const isIdle = exposure.position === 0 && exposure.buying === 0 && exposure.selling === 0
  if (isIdle && limits.positionsMax > 0 && positionsOther >= limits.positionsMax)
    return reached('limit_account_positions', positionsOther + 1, limits.positionsMax)
  const isBuy = request.side === 'buy'
  const after: Exposure = {
    position: exposure.position,
    buying: quantity(exposure.buying + (isBuy ? lots : 0)),
    selling: quantity(exposure.selling + (isBuy ? 0 : lots)),
  }
  const own = notionalOf(instrument, mark, worstLots(after), 'ceil')
  const notional = account.notionalOther + own
  if (notionalMax !== null && notional > notionalMax)
    return reached('limit_account_notional', notional, notionalMax)
  const margin = account.marginOther + Math.ceil(own / state.leverage)
  const equity = Math.max(0, account.equity)
  const marginMax = shareOf(equity, limits.capitalUtilizationMax)
  return margin > marginMax ? reached('limit_account_capital', margin, marginMax) : null
}

/** The largest |position| that an exposure can come to: everything on one side fills, nothing on the other. */
export function worstLots({ position, buying, selling }: Exposure): Quantity {
  return quantity(Math.max(Math.abs(position), position + buying, selling - position))
}

/**
 * Judges one intent. What reduces |position| passes in every mode but `halted`, where only operators, targets of
 * the operator and protective orders pass. Price band and order rate bind what is not an operator's; the rate lets
 * reduce-only orders through.
 * @param expiresAt wall time in ms after which the venue must refuse the order; null = none
 */
export function checkIntent(
  intent: Intent,
  state: GateState,
  expiresAt: number | null,
): RiskVerdict {
  const isReduction = isReducing(intent.request, state.exposure)
  const isOrdered = intent.origin.kind === 'operator'
  const isProtection = intent.request.trigger !== null || intent.isProtection === true
  if (!isReduction || (state.mode === 'halted' && !isOrdered && !isProtection)) {
    const byMode = reasonOfMode(state.mode)
    if (byMode !== null) return { refused: byMode }
  }
  const refused = isReduction ? null : barredRise(intent.request, state)
  if (refused !== null) return { refused }
  return isOrdered
    ? ApprovedIntent.approve(approvalKey, intent, expiresAt)
    : checkManner(intent, state, expiresAt)
}

/** Why |position| may not become larger by this order; null = it may. */
function barredRise(request: OrderRequest, state: GateState): ReasonCode | null {
  if (!state.isReconciled) return 'reconciling'
  if (state.isMismatched) return 'position_mismatch'
  if (state.isMarketStale === true) return 'stale_market'
  const held = state.latch ?? state.account?.latch ?? limitReached(request, state)
  return held ?? barredByMarket(request, state) ?? state.budgetRefusal ?? null
}

/** How the market must be says nothing of what may be held, so it is asked last. */
function barredByMarket(request: OrderRequest, state: GateState): ReasonCode | null {
  if (state.market == null) return null
  const lots = lotsOf(request, state.exposure.position)
  return marketLimitReached(request, lots, state.market, state.limits)
}

/** How an order may be sent, whatever it does to the position: near the mark, and not too many at once. */
function checkManner(intent: Intent, state: GateState, expiresAt: number | null): RiskVerdict {
  const { limits, instrument, mark } = state
  const bps = limits.priceBandBps ?? null
  const { request: asked } = intent
  const request = bps === null ? asked : withinBand(instrument, mark, bps, asked)
  if (request === null) return { refused: 'limit_price_band' }
  const mayWait = !request.isReduceOnly && request.quantity !== 'position'
  if (mayWait && state.isRateSpent === true) return { refused: 'limit_order_rate' }
  const bounded = request === asked ? intent : { ...intent, request }
  return ApprovedIntent.approve(approvalKey, bounded, expiresAt)
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
