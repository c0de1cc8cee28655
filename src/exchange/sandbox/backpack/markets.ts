/** Which contracts Backpack's front lists, by the venue's symbols. */
import type { SandboxBackend, SandboxInstrument } from '../front.ts'
import { PRICE_BAND } from './order-input.ts'
import { BackpackRefusal } from './refusal.ts'
import {
  type JsonObject,
  marginFractions,
  marketSymbol,
  naiveTime,
  priceText,
  quantityText,
} from './wire.ts'

/** 2025-01-21: every market of the sandbox says that it was made then. */
const CREATED_AT = Date.UTC(2025, 0, 21, 6, 34, 54, 691)

/** Listed ones; a delisted market is not shown any more. */
export const listed = (backend: SandboxBackend): readonly SandboxInstrument[] =>
  backend.instruments().filter((one) => one.state !== 'delisted')

/** @throws BackpackRefusal INVALID_MARKET when there is no such market */
export function marketOf(backend: SandboxBackend, symbol: string): SandboxInstrument {
  const found = backend.instruments().find((one) => marketSymbol(one.instrument) === symbol)
  if (found !== undefined) return found
  throw new BackpackRefusal('INVALID_MARKET', `Market ${symbol} does not exist`)
}

/** The book's state in the venue's words (openapi: OrderBookState); reduce-only markets are told as Open. */
const STATES = {
  trading: 'Open',
  post_only: 'PostOnly',
  paused: 'Closed',
  close_only: 'Open',
  delisted: 'Closed',
} as const

/** A market as /markets tells it (openapi: Market). */
export function marketJson(found: SandboxInstrument): JsonObject {
  const { instrument, state } = found
  const { imf, mmf } = marginFractions(instrument)
  return {
    baseSymbol: instrument.base,
    createdAt: naiveTime(CREATED_AT),
    filters: filtersJson(found),
    fundingInterval: instrument.fundingIntervalMs,
    fundingRateLowerBound: '-100',
    fundingRateUpperBound: '100',
    imfFunction: { type: 'sqrt', base: imf, factor: '0' },
    marketType: 'PERP',
    mmfFunction: { type: 'sqrt', base: mmf, factor: '0' },
    openInterestLimit: '0',
    orderBookState: STATES[state],
    positionLimitWeight: '1',
    quoteSymbol: instrument.quote,
    symbol: marketSymbol(instrument),
    visible: true,
  }
}

function filtersJson({ instrument, lotStep }: SandboxInstrument): JsonObject {
  const rule = instrument.priceRule
  const tick = priceText(instrument, rule.kind === 'tick' ? rule.tick : 1)
  return {
    price: {
      maxImpactMultiplier: '1.03',
      maxMultiplier: String(PRICE_BAND.max / 100),
      meanMarkPriceBand: {
        maxMultiplier: String(PRICE_BAND.max / 100),
        minMultiplier: String(PRICE_BAND.min / 100),
      },
      minImpactMultiplier: '0.97',
      minMultiplier: String(PRICE_BAND.min / 100),
      minPrice: tick,
      tickSize: tick,
    },
    quantity: {
      minQuantity: quantityText(instrument, Math.max(1, instrument.quantityMin)),
      stepSize: quantityText(instrument, lotStep),
    },
  }
}
