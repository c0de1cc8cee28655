/** What the scanner knows as rows of text (protocol/arbitrage-messages.ts). */

import { ratePerDay, ratePerSecond } from '../domain/arbitrage/funding.ts'
import type { Opportunity, Refusal } from '../domain/arbitrage/opportunity.ts'
import type { Finding } from '../domain/arbitrage/scan.ts'
import { formatLots, type Instrument } from '../domain/instrument.ts'
import { formatDecimal, formatMoney, money } from '../domain/money.ts'
import type {
  OpportunityHistoryRow,
  OpportunityRow,
  PairRow,
  ScanFundingRow,
  ScanLegRow,
  ScanReasonRow,
} from '../protocol/arbitrage-messages.ts'
import type { Episode } from './episodes.ts'
import { type ContractState, type PairState, RESULT_CURRENCY } from './market-table.ts'

const iso = (at: number): string => new Date(at).toISOString()
/** A Ratio counts 1e-8; a basis point is 10,000 of it. */
const BPS_DECIMALS = 4
const bps = (ratio: number): string => formatDecimal(ratio, BPS_DECIMALS)

const contractOf = ({ pair }: Pick<Finding, 'pair'>, id: string): Instrument => {
  const [one, other] = pair.legs
  return one.id === id ? one : other
}

function legRow(finding: Finding, plan: Opportunity['long']): ScanLegRow {
  const { venue, symbol, settle, priceDecimals } = contractOf(finding, plan.instrument)
  return {
    exchange: venue,
    symbol,
    price: formatDecimal(plan.price, priceDecimals),
    worst: formatDecimal(plan.worst, priceDecimals),
    notional: formatMoney(plan.notional),
    currency: settle,
    margin: formatMoney(plan.margin),
  }
}

export function opportunityRow(
  finding: Finding,
  opportunity: Opportunity,
  since: number,
): OpportunityRow {
  const { costs, size } = opportunity
  const both = (one: 'slippage' | 'exitSpread'): string =>
    formatMoney(money(costs.long[one] + costs.short[one]))
  const fees = [costs.long, costs.short].reduce((sum, leg) => sum + leg.entryFee + leg.exitFee, 0)
  return {
    pair: finding.pair.id,
    base: finding.pair.base,
    at: iso(finding.at),
    since: iso(since),
    buy: legRow(finding, opportunity.long),
    sell: legRow(finding, opportunity.short),
    size: formatDecimal(size.units, size.decimals),
    limited_by: opportunity.limitedBy,
    edge_bps: bps(opportunity.edge),
    edge: formatMoney(opportunity.edgeMoney),
    notional: formatMoney(opportunity.notional),
    currency: RESULT_CURRENCY,
    costs: {
      entry_difference: formatMoney(costs.entryDifference),
      fees: formatMoney(money(fees)),
      slippage: both('slippage'),
      exit_spread: both('exitSpread'),
      funding: formatMoney(costs.funding),
    },
    funding_per_day: formatMoney(costs.fundingPerDay),
    break_even_s:
      opportunity.breakEvenMs === null ? null : Math.ceil(opportunity.breakEvenMs / 1000),
  }
}

export function pairRow(
  { pair, legs, finding }: PairState,
  isOne: boolean,
  venueNow: (venue: string) => number,
): PairRow {
  const { opportunity, reasons } = finding.assessment
  const price = ({ priceDecimals }: Instrument, level: readonly [number, number] | undefined) =>
    level === undefined ? null : formatDecimal(level[0], priceDecimals)
  return {
    pair: pair.id,
    base: pair.base,
    legs: legs.map(({ contract, book, at }) => ({
      exchange: contract.venue,
      symbol: contract.symbol,
      bid: price(contract, book?.bids[0]),
      ask: price(contract, book?.asks[0]),
      age_ms: at === 0 ? null : Math.max(0, venueNow(contract.venue) - at),
    })),
    opportunity: isOne,
    buy_exchange:
      opportunity === null ? null : contractOf(finding, opportunity.long.instrument).venue,
    edge_bps: opportunity === null ? null : bps(opportunity.edge),
    reasons: reasons.map((reason) => reasonRow(finding, reason)),
  }
}

export function reasonRow(finding: Finding, reason: Refusal): ScanReasonRow {
  const { code, instrument, unit } = reason
  const contract = instrument === null ? null : contractOf(finding, instrument)
  const text = (value: number): string | null => amountText(value, unit, contract)
  return {
    code,
    exchange: contract?.venue ?? null,
    symbol: contract?.symbol ?? null,
    found: text(reason.found),
    needed: text(reason.needed),
  }
}

function amountText(
  value: number,
  unit: Refusal['unit'],
  contract: Instrument | null,
): string | null {
  if (unit === 'none') return null
  if (unit === 'ratio') return `${bps(value)} bps`
  if (unit === 'money') return formatMoney(money(value))
  if (unit === 'ms') return `${value} ms`
  if (unit === 'price' && contract !== null) return formatDecimal(value, contract.priceDecimals)
  if (unit === 'lots' && contract !== null) {
    const size = formatLots(contract, value)
    return `${size} ${contract.base}`
  }
  return String(value)
}

export function historyRow({
  id,
  pair,
  openedAt,
  closedAt,
  best,
  reason,
}: Episode): OpportunityHistoryRow {
  const venueOf = (plan: Opportunity['long']): string => contractOf({ pair }, plan.instrument).venue
  return {
    id,
    pair: pair.id,
    buy_exchange: venueOf(best.long),
    sell_exchange: venueOf(best.short),
    opened_at: iso(openedAt),
    closed_at: closedAt === null ? null : iso(closedAt),
    edge_bps: bps(best.edge),
    edge: formatMoney(best.edgeMoney),
    currency: RESULT_CURRENCY,
    size: formatDecimal(best.size.units, best.size.decimals),
    reason,
  }
}

/** null = its venue has not told it. */
export function fundingRow({ contract, funding, fundingAt }: ContractState): ScanFundingRow | null {
  if (funding === null) return null
  return {
    exchange: contract.venue,
    symbol: contract.symbol,
    base: contract.base,
    rate: formatDecimal(funding.rate, 8),
    interval_s: Math.round(funding.intervalMs / 1000),
    next_at: iso(funding.nextAt),
    rate_per_second: formatDecimal(ratePerSecond(funding), 16),
    rate_per_day: formatDecimal(ratePerDay(funding), 8),
    at: iso(fundingAt),
  }
}
