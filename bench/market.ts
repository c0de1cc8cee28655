/** What the benches trade: SOL of the demo market, and approved intents. */
import type { Instrument } from '../src/domain/instrument.ts'
import { money, price, quantity, ratio } from '../src/domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../src/domain/order.ts'
import { ApprovedIntent, checkIntent, type RiskLimits } from '../src/domain/risk.ts'
import { demoFeed } from '../src/exchange/feed.ts'

export const SOL: Instrument = demoFeed(1).offer('backpack', 'SOL/USDC:USDC')
export const LAST = price(14_950)

export const limits: RiskLimits = {
  positionSizeMax: 1e8,
  positionNotionalMax: null,
  dailyLossMax: 1e8,
  drawdownMax: 1e8,
  capitalUtilizationMax: 1e8,
  onBreach: 'reduce_only',
}

export const paper = {
  initialBalance: money(100_000e8),
  maker: ratio(20_000),
  taker: ratio(50_000),
  slippage: ratio(0),
  latencyMs: 0,
  volumeShare: ratio(1e8),
}

export const buyRequest = (at: number): OrderRequest => ({
  instrument: SOL.id,
  side: 'buy',
  kind: 'limit',
  price: price(at),
  quantity: quantity(10),
  timeInForce: 'gtc',
  isPostOnly: true,
  isReduceOnly: false,
  trigger: null,
})

/** An intent that the risk gate has approved. */
export function approvedIntent(clientId: string): ApprovedIntent {
  const intent = {
    clientId: clientId as ClientOrderId,
    instance: 'bench_01',
    origin: { kind: 'slot', slot: 'B14900' } as const,
    request: buyRequest(14_900),
  }
  const nothing = { position: quantity(0), buying: quantity(0), selling: quantity(0) }
  const verdict = checkIntent(
    intent,
    {
      instrument: SOL,
      mode: 'running',
      latch: null,
      isReconciled: true,
      isMismatched: false,
      limits,
      leverage: 1,
      equity: money(100_000e8),
      mark: LAST,
      exposure: nothing,
      account: null,
    },
    1,
  )
  if (verdict instanceof ApprovedIntent) return verdict
  throw new Error(`the gate refuses the intent of the bench: ${verdict.refused}`)
}
