/** Settings of a scanner for tests: 1,000 USD, no slippage, everything at par. */
import type { ScanSettings } from '../../src/domain/arbitrage/scan.ts'
import { MONEY_SCALE, money, RATIO_SCALE, ratio } from '../../src/domain/money.ts'

const PAR = ratio(RATIO_SCALE)

export const scanSettingsOf = (parts: Partial<ScanSettings> = {}): ScanSettings => ({
  venues: ['a', 'b', 'c'],
  symbols: [],
  edgeMin: ratio(0),
  edgeMax: ratio(RATIO_SCALE),
  notional: money(1_000 * MONEY_SCALE),
  slippage: ratio(0),
  holdingMs: 0,
  ageMaxMs: 5_000,
  intervalMs: 500,
  rates: { USD: PAR, USDC: PAR, USDT: PAR },
  ...parts,
})
