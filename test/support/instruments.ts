/** Instruments of tests: one of SOL in cents and hundredths, one of BTC in cents and thousandths; `parts` say the rest. */
import {
  type Instrument,
  instrumentId,
  linearMoneyPerUnit,
  type MarginTier,
} from '../../src/domain/instrument.ts'
import { money, quantity, ratio } from '../../src/domain/money.ts'

/** One tier: maintenance of 0.5 % whatever the notional. */
export const oneTier = (leverageMax: number): readonly MarginTier[] => [
  {
    notionalFloor: money(0),
    maintenanceRate: ratio(500_000),
    maintenanceAmount: money(0),
    leverageMax,
  },
]

function linear(
  venue: string,
  base: string,
  quote: string,
  quantityDecimals: number,
): Omit<Instrument, 'marginTiers' | 'fundingIntervalMs'> {
  const symbol = `${base}/${quote}:${quote}`
  return {
    id: instrumentId(venue, symbol),
    venue,
    symbol,
    base,
    quote,
    settle: quote,
    kind: 'linear',
    priceDecimals: 2,
    priceRule: { kind: 'tick', tick: 1 },
    quantityDecimals,
    lotSize: 1,
    moneyPerUnit: linearMoneyPerUnit(2, quantityDecimals, 1),
    quantityMin: quantity(1),
    notionalMin: money(0),
    makerFee: ratio(20_000),
    takerFee: ratio(50_000),
    liquidationFee: ratio(0),
  }
}

/** Lots of 0.01, settled in USDC: one price unit of one lot is worth 10,000 of 1e-8. */
export const usdcInstrument = (
  parts: Partial<Instrument> = {},
  base = 'SOL',
  venue = 'test',
): Instrument => ({
  ...linear(venue, base, 'USDC', 2),
  marginTiers: oneTier(50),
  fundingIntervalMs: 3_600_000,
  ...parts,
})

/** Lots of 0.001, settled in USDT: one price unit of one lot is worth 1,000 of 1e-8. */
export const btcInstrument = (parts: Partial<Instrument> = {}): Instrument => ({
  ...linear('test', 'BTC', 'USDT', 3),
  marginTiers: oneTier(100),
  fundingIntervalMs: 28_800_000,
  ...parts,
})

export const testInstrument: Instrument = usdcInstrument()
