/** Limits of one instance: of the fleet's and its own, the tighter one holds. */
import type { AccountLimits } from '../domain/account-risk.ts'
import { type Money, money, parseDecimal } from '../domain/money.ts'
import type { RiskLimits } from '../domain/risk.ts'
import { ratioOf } from './decimal.ts'
import type { ValueOf } from './schema.ts'
import type { riskSection, tradingSection } from './trading-schema.ts'

export type TradingValues = ValueOf<typeof tradingSection>
export type RiskValues = ValueOf<typeof riskSection>

/** From mild to strict. */
const BREACH_ORDER = ['reduce_only', 'halt', 'flatten'] as const

const tighter = (fleet: number, own: number | null): number => Math.min(fleet, own ?? fleet)

/** A canonical decimal text as money; the schema has checked its digits and size. */
export const moneyOf = (text: string): Money => money(parseDecimal(text, 8))

/** The tighter of trading and risk_config, key by key, in the units of the core. */
export function resolveLimits(trading: TradingValues, own: RiskValues): RiskLimits {
  const notionals = [trading.max_position_notional, own.max_position_notional]
    .filter((text) => text !== null)
    .map(moneyOf)
  const breaches = [trading.on_breach, own.on_breach ?? trading.on_breach]
  return {
    positionSizeMax: ratioOf(tighter(trading.max_position_size, own.max_position_size)),
    positionNotionalMax: notionals.length === 0 ? null : money(Math.min(...notionals)),
    dailyLossMax: ratioOf(tighter(trading.max_daily_loss, own.max_daily_loss)),
    drawdownMax: ratioOf(tighter(trading.max_drawdown, own.max_drawdown)),
    capitalUtilizationMax: ratioOf(
      tighter(trading.max_capital_utilization, own.max_capital_utilization),
    ),
    onBreach: BREACH_ORDER.findLast((kind) => breaches.includes(kind)) ?? 'reduce_only',
    orderRatePerS: own.order_rate_per_s,
    priceBandBps: own.price_band_bps,
    spreadMaxBps: own.max_spread_bps,
    depthMinMultiple: own.min_depth_multiple,
    priceDisagreementMaxBps: own.max_price_disagreement_bps,
    leverageMax: tighter(trading.max_leverage, own.max_leverage),
    consecutiveLossesMax: consecutiveLosses(trading, own),
  }
}

/** Limits of every account as a whole; `max_position_notional` is the fleet's, split by grants (docs/concepts/grants.md). */
export function resolveAccountLimits(trading: TradingValues): AccountLimits {
  return {
    positionsMax: trading.max_active_positions,
    capitalUtilizationMax: ratioOf(trading.max_capital_utilization),
    dailyLossMax: ratioOf(trading.max_daily_loss),
    drawdownMax: ratioOf(trading.max_drawdown),
    notionalMax:
      trading.max_position_notional === null ? null : moneyOf(trading.max_position_notional),
    onBreach: trading.on_breach,
  }
}

/** Losing round trips in a row that are allowed; 0 = off, which is the looser of two. */
function consecutiveLosses(trading: TradingValues, own: RiskValues): number {
  const limits = [trading.max_consecutive_losses, own.max_consecutive_losses ?? 0].filter(
    (limit) => limit > 0,
  )
  return limits.length === 0 ? 0 : Math.min(...limits)
}
