/** What the conformance suite of the venue port needs from a venue that is under test. */

import type { MarketEvent } from '../../src/domain/market.ts'
import { type Money, money, price, quantity, ratio } from '../../src/domain/money.ts'
import type { ClientOrderId, OrderRequest, Side } from '../../src/domain/order.ts'
import {
  type ApprovedIntent,
  checkIntent,
  type GateState,
  type Intent,
} from '../../src/domain/risk.ts'
import type {
  Attached,
  AttachRequest,
  VenueAccount,
  VenueAccountEvent,
  VenueListener,
} from '../../src/ports/venue.ts'

/** A venue that runs, with one account of ours on it. */
export interface VenueUnderTest {
  /** A new connection to the account, as a restarted desk would open it. */
  readonly connect: (listener: VenueListener) => Promise<VenueAccount>
  readonly request: AttachRequest
  /** The venue stops answering, without closing anything. */
  readonly freeze: () => void
  readonly thaw: () => void
  /** The venue ends at once and comes back with what it had made durable. */
  readonly killAndRestart: () => Promise<void>
  readonly close: () => Promise<void>
  /** How a real venue differs from ours; absent = it does not. */
  readonly live?: LiveManners
}

/** What real venues do otherwise, each by its documents. */
export interface LiveManners {
  /** Ids of the venue's own form, each once. */
  readonly newId: () => ClientOrderId
  readonly deposit: Money
  /** Quantity of the orders, in lots: a venue has a minimum. */
  readonly lots: number
  /** A used id finds the order that has it, instead of refusing the second. */
  readonly adoptsDuplicates: boolean
}

/** Remembers everything that a venue pushes. */
export class Recorder implements VenueListener {
  readonly account: VenueAccountEvent[] = []
  readonly market: MarketEvent[] = []
  readonly steps: { step: number; at: number; seen: number }[] = []
  readonly calls: string[] = []

  onAccount(events: readonly VenueAccountEvent[]): void {
    this.account.push(...events)
  }
  onMarket(events: readonly MarketEvent[]): void {
    this.market.push(...events)
  }
  onStep(step: number, at: number): void {
    this.steps.push({ step, at, seen: this.account.length })
  }
  onGap(): void {
    this.calls.push('gap')
  }
  onReady(): void {
    this.calls.push('ready')
  }
}

export const paperTerms = {
  initialBalance: money(10_000 * 1e8),
  maker: ratio(20_000),
  taker: ratio(50_000),
  slippage: ratio(0),
  latencyMs: 0,
  volumeShare: ratio(1e8),
}

/** A limit order on the instrument, at a distance from the last price in price units. */
export function limitOrder(
  attached: Attached,
  side: Side,
  distance: number,
  changes: Partial<OrderRequest> = {},
): OrderRequest {
  const { instrument, price: present } = attached
  return {
    instrument: instrument.id,
    side,
    kind: 'limit',
    price: price(present.last + distance),
    quantity: quantity(10),
    timeInForce: 'gtc',
    isPostOnly: false,
    isReduceOnly: false,
    trigger: null,
    ...changes,
  }
}

/** Lets the real risk gate approve an order: nothing else makes an ApprovedIntent. */
export function approve(
  attached: Attached,
  clientId: string,
  request: OrderRequest,
  expiresAt: number | null = null,
): ApprovedIntent {
  const intent: Intent = {
    clientId: clientId as ClientOrderId,
    instance: 'conformance',
    origin: { kind: 'operator' },
    request,
  }
  const state: GateState = {
    instrument: attached.instrument,
    mode: 'running',
    latch: null,
    isReconciled: true,
    isMismatched: false,
    limits: {
      positionSizeMax: 1e8,
      positionNotionalMax: null,
      dailyLossMax: 1e8,
      drawdownMax: 1e8,
      capitalUtilizationMax: 1e8,
      onBreach: 'halt',
    },
    leverage: 10,
    equity: money(1_000_000 * 1e8),
    mark: attached.price.mark,
    exposure: { position: quantity(0), buying: quantity(0), selling: quantity(0) },
    account: null,
  }
  const verdict = checkIntent(intent, state, expiresAt)
  if ('refused' in verdict) throw new Error(`the gate refused a test order: ${verdict.refused}`)
  return verdict
}

/** Waits until a condition holds. @throws Error naming what was waited for */
export async function until(
  what: string,
  condition: () => boolean,
  timeoutMs = 10_000,
): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
