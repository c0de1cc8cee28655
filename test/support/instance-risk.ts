/** The risk of one instance with a capital of a thousand units, fills of nobody, and prices. */
import { type Money, money, price, quantity, ratio } from '../../src/domain/money.ts'
import type { Fill, Side } from '../../src/domain/order.ts'
import type { RiskLimits } from '../../src/domain/risk.ts'
import { InstanceRisk } from '../../src/engine/instance-risk.ts'
import { testInstrument } from './fault-venue.ts'

export const NOON = Date.parse('2026-11-21T12:00:00Z')
/** Worth of one lot that rises by one price unit. */
export const UNIT = testInstrument.moneyPerUnit
export const CAPITAL = money(1000 * UNIT)
export const riskAt = (value: number) => ({ last: price(value), mark: price(value) })

export const limitsOf = (change: Partial<RiskLimits> = {}): RiskLimits => ({
  positionSizeMax: ratio(100_000_000),
  positionNotionalMax: null,
  dailyLossMax: 0,
  drawdownMax: 0,
  capitalUtilizationMax: ratio(100_000_000),
  onBreach: 'reduce_only',
  ...change,
})

export const riskOf = (change: Partial<RiskLimits> = {}, timeZone = 'UTC'): InstanceRisk =>
  new InstanceRisk(
    { instrument: testInstrument, capital: CAPITAL, limits: limitsOf(change), timeZone },
    riskAt(15_000),
    NOON,
  )

let fills = 0
export const riskFill = (side: Side, lots: number, value: number, fee: Money = money(0)): Fill => ({
  id: `f${++fills}`,
  at: NOON,
  instrument: testInstrument.id,
  clientId: null,
  side,
  price: price(value),
  quantity: quantity(lots),
  fee,
  isMaker: true,
})
