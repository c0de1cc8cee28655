/** The section `arbitrage`: what the scanner of opportunities compares (docs/concepts/arbitrage.md). */
import type { QuoteRates } from '../domain/arbitrage/conversion.ts'
import type { ScanSettings } from '../domain/arbitrage/scan.ts'
import { money, parseDecimal, parseDecimalRounded, type Ratio, ratio } from '../domain/money.ts'
import {
  anyText,
  decimal,
  integer,
  listOfText,
  number,
  oneOf,
  section,
  type ValueOf,
  venueName,
} from './schema.ts'

const quoteRate = {
  allowed: 'a currency and its worth in USD like USDT=0.9995',
  many: 'currencies with their worth in USD like USDT=0.9995',
  pattern: /^[A-Z0-9]{1,20}=\d{1,7}(\.\d{1,8})?$/,
}

export const arbitrageSection = section({
  venues: listOfText(venueName, {
    default: [],
    doc: 'venues that are compared; the scanner runs when two or more are named',
  }),
  symbols: listOfText(anyText, {
    default: [],
    doc: 'contracts (BTC/USDT:USDT) or bases (BTC) that are compared; empty = every base that two venues share',
  }),
  min_edge_bps: decimal(
    { min: 0, max: 10_000 },
    { default: '0', unit: 'basis points after costs', doc: 'smallest edge that is an opportunity' },
  ),
  max_edge_bps: decimal(
    { min: 0, max: 10_000 },
    {
      default: '500',
      unit: 'basis points after costs',
      doc: 'a larger edge is taken for a wrong price: it is shown as implausible and is no opportunity',
    },
  ),
  notional: decimal(
    { min: 1, max: 10_000_000 },
    { default: '1000', unit: 'USD', doc: 'size that is priced on the books' },
  ),
  slippage_bps: decimal(
    { min: 0, max: 1000 },
    {
      default: '1',
      unit: 'basis points',
      doc: 'expected on each of the four fills, beyond the depth of the books',
    },
  ),
  holding_s: number(
    { min: 0, max: 31_536_000 },
    { default: 28_800, unit: 's', doc: 'funding that is settled within this time counts' },
  ),
  stale_after_s: number(
    { min: 0, max: 3600, isAbove: true },
    { default: 5, unit: 's', doc: 'a book that its venue has not updated for longer never counts' },
  ),
  quote_rates: listOfText(quoteRate, {
    default: ['USDT=1', 'USDC=1'],
    doc: 'worth of quote currencies in USD; contracts in a currency that is not listed are not compared',
  }),
  scan_interval_ms: integer(
    { min: 1, max: 3_600_000 },
    {
      default: 500,
      unit: 'ms',
      doc: 'how often lists and history are brought up to date; books are compared at every update',
    },
  ),
  market: oneOf(['auto', 'live', 'sandbox'], {
    default: 'auto',
    doc: 'whose books: the venues’ own, or those of the sandbox of this home; auto = the sandbox where an instance trades there',
  }),
})

const RATE_DECIMALS = 8
const BPS_DECIMALS = 4

/** Null: fewer than two venues are named, nothing is compared. */
export function scanSettings(values: ValueOf<typeof arbitrageSection>): ScanSettings | null {
  const venues = [...new Set(values.venues)]
  if (venues.length < 2) return null
  return {
    venues,
    symbols: values.symbols,
    edgeMin: basisPoints(values.min_edge_bps),
    edgeMax: basisPoints(values.max_edge_bps),
    notional: money(parseDecimal(values.notional, RATE_DECIMALS)),
    slippage: basisPoints(values.slippage_bps),
    holdingMs: Math.round(values.holding_s * 1000),
    ageMaxMs: Math.round(values.stale_after_s * 1000),
    intervalMs: values.scan_interval_ms,
    rates: ratesOf(values.quote_rates),
  }
}

/** What is finer than 1e-8 counts against the trader. */
const basisPoints = (text: string): Ratio => ratio(parseDecimalRounded(text, BPS_DECIMALS, 'ceil'))

const ratesOf = (texts: readonly string[]): QuoteRates =>
  Object.fromEntries(
    texts.map((text) => {
      const [currency = '', worth = '0'] = text.split('=')
      return [currency, ratio(parseDecimal(worth, RATE_DECIMALS))]
    }),
  )
