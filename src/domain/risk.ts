/** The risk gate: the only maker of an ApprovedIntent. Pure; see docs/concepts/desk.md. */
import { type Instrument, notionalOf } from './instrument.ts'
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
import type { ReasonCode } from './reason.ts'

/** What an instance may do now; kept by the desk over restarts. */
export type InstanceMode = 'running' | 'paused' | 'reduce_only' | 'halted' | 'killed' | 'disarmed'

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

function limitReached(intent: Intent, state: GateState): ReasonCode | null {
  const { exposure, limits, instrument } = state
  const lots = lotsOf(intent.request, exposure.position)
  const worst =
    intent.request.side === 'buy'
      ? exposure.position + exposure.buying + lots
      : exposure.selling + lots - exposure.position
  if (worst <= 0) return null
  const notional = notionalOf(instrument, state.mark, quantity(worst), 'ceil')
  const equity = Math.max(0, state.equity)
  const sizeMax = mulDiv(equity * state.leverage, limits.positionSizeMax, RATIO_SCALE, 'floor')
  if (notional > sizeMax) return 'limit_position'
  if (limits.positionNotionalMax !== null && notional > limits.positionNotionalMax)
    return 'limit_notional'
  const margin = Math.ceil(notional / state.leverage)
  const marginMax = mulDiv(equity, limits.capitalUtilizationMax, RATIO_SCALE, 'floor')
  return margin > marginMax ? 'limit_capital' : null
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
  const limit = limitReached(intent, state)
  return limit === null
    ? ApprovedIntent.approve(approvalKey, intent, expiresAt)
    : { refused: limit }
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
