/** Which contracts Aster's front lists, and how it describes them. */
import { formatMoney } from '../../../domain/money.ts'
import type { SandboxBackend, SandboxInstrument } from '../front.ts'
import { LOTS_MAX, PERCENT_PRICE } from './order-input.ts'
import { optionalText, type Params, text } from './params.ts'
import { AsterRefusal } from './refusal.ts'
import { type JsonObject, priceText, quantityText, symbolName } from './wire.ts'

const ONBOARD_AT = Date.UTC(2025, 0, 1)
const DELIVERY_AT = 4_133_404_800_000

/** Listed ones; a delisted symbol is not shown any more. */
export const listed = (backend: SandboxBackend): readonly SandboxInstrument[] =>
  backend.instruments().filter((one) => one.state !== 'delisted')

/** @throws AsterRefusal -1121 when there is no such symbol */
export function symbolOf(backend: SandboxBackend, name: string): SandboxInstrument {
  const found = backend.instruments().find((one) => symbolName(one.instrument) === name)
  if (found === undefined) throw new AsterRefusal('-1121')
  return found
}

/** The symbol that a request must name. @throws AsterRefusal -1102 or -1121 */
export const namedSymbol = (backend: SandboxBackend, params: Params): SandboxInstrument =>
  symbolOf(backend, text(params, 'symbol'))

/** The symbol that a request may name; null = it names none. @throws AsterRefusal -1121 */
export function optionalSymbol(backend: SandboxBackend, params: Params): SandboxInstrument | null {
  const name = optionalText(params, 'symbol')
  return name === null ? null : symbolOf(backend, name)
}

/** A symbol as /exchangeInfo tells it. */
export function symbolJson(found: SandboxInstrument): JsonObject {
  const { instrument, state } = found
  const name = symbolName(instrument)
  return {
    symbol: name,
    pair: name,
    contractType: 'PERPETUAL',
    deliveryDate: DELIVERY_AT,
    onboardDate: ONBOARD_AT,
    status: state === 'paused' ? 'PENDING_TRADING' : 'TRADING',
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: instrument.base,
    quoteAsset: instrument.quote,
    marginAsset: instrument.settle,
    pricePrecision: instrument.priceDecimals,
    quantityPrecision: instrument.quantityDecimals,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: ['SANDBOX'],
    settlePlan: 0,
    triggerProtect: '0.1500',
    filters: filters(found),
    orderTypes: ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET'],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
    liquidationFee: '0.010000',
    marketTakeBound: '0.30',
  }
}

function filters({ instrument, lotStep }: SandboxInstrument): readonly JsonObject[] {
  const rule = instrument.priceRule
  const tick = priceText(instrument, rule.kind === 'tick' ? rule.tick : 1)
  const lots = {
    maxQty: quantityText(instrument, LOTS_MAX),
    minQty: quantityText(instrument, Math.max(1, instrument.quantityMin)),
    stepSize: quantityText(instrument, lotStep),
  }
  return [
    { filterType: 'PRICE_FILTER', maxPrice: '10000000', minPrice: tick, tickSize: tick },
    { filterType: 'LOT_SIZE', ...lots },
    { filterType: 'MARKET_LOT_SIZE', ...lots },
    { filterType: 'MAX_NUM_ORDERS', limit: 200 },
    { filterType: 'MAX_NUM_ALGO_ORDERS', limit: 100 },
    { filterType: 'MIN_NOTIONAL', notional: formatMoney(instrument.notionalMin) },
    {
      filterType: 'PERCENT_PRICE',
      multiplierUp: (PERCENT_PRICE.up / 100).toFixed(4),
      multiplierDown: (PERCENT_PRICE.down / 100).toFixed(4),
      multiplierDecimal: 4,
    },
  ]
}
