/** OKX's names and sizes: `BTC-USDT-SWAP`, counted in contracts of `ctVal` of the base currency. */
import type { Instrument } from '../../../domain/instrument.ts'
import {
  formatDecimal,
  type Money,
  type Price,
  parseDecimal,
  price,
  type Quantity,
  quantity,
  type Ratio,
} from '../../../domain/money.ts'
import { decimalText, type SandboxBackend, type SandboxInstrument } from '../front.ts'

/** Powers of ten of a contract's size, as OKX chose them; other bases have contracts of 1. */
const SIZE_EXPONENT: Readonly<Record<string, number>> = {
  BTC: -2,
  ETH: -1,
  BNB: -2,
  XRP: 2,
  DOGE: 3,
  ADA: 2,
}

export interface OkxContract {
  readonly instId: string
  readonly instFamily: string
  readonly listed: SandboxInstrument
  readonly instrument: Instrument
  /** A size counts 10^-sizeDecimals contracts; one lot is lotSize of these. */
  readonly sizeDecimals: number
  readonly ctVal: string
  readonly lotSz: string
  readonly minSz: string
  readonly tickSz: string
}

export class OkxContracts {
  readonly #backend: SandboxBackend
  readonly #minimums = new Map<string, number>()

  constructor(backend: SandboxBackend) {
    this.#backend = backend
  }

  all(): readonly OkxContract[] {
    return this.#backend.instruments().map((one) => this.#contract(one))
  }

  /** Null = the venue has no such contract. */
  byId(instId: string): OkxContract | null {
    const match = /^([A-Z0-9]+)-([A-Z0-9]+)-SWAP$/.exec(instId)
    if (!match) return null
    const found = this.#backend.instrument(`${match[1]}/${match[2]}:${match[2]}`)
    return found === null ? null : this.#contract(found)
  }

  /** @throws RangeError when the venue does not list it */
  of(id: string): OkxContract {
    const found = this.#backend.instrument(id)
    if (found === null) throw new RangeError(`OKX's sandbox does not list ${id}.`)
    return this.#contract(found)
  }

  #contract(listed: SandboxInstrument): OkxContract {
    const { instrument } = listed
    const { base, quote, quantityDecimals, lotSize, priceDecimals, priceRule } = instrument
    const exponent = Math.max(SIZE_EXPONENT[base] ?? 0, -quantityDecimals)
    const sizeDecimals = quantityDecimals + exponent
    const text = (lots: number) => formatDecimal(lots * lotSize, sizeDecimals)
    return {
      instId: `${base}-${quote}-SWAP`,
      instFamily: `${base}-${quote}`,
      listed,
      instrument,
      sizeDecimals,
      ctVal: exponent >= 0 ? String(10 ** exponent) : (10 ** exponent).toFixed(-exponent),
      lotSz: text(listed.lotStep),
      minSz: text(Math.max(this.#minimum(instrument), listed.lotStep)),
      tickSz: formatDecimal(priceRule.kind === 'tick' ? priceRule.tick : 1, priceDecimals),
    }
  }

  /** OKX has no least value, only a least size: twice the lots that the books would take at today's price. */
  #minimum(instrument: Instrument): number {
    const known = this.#minimums.get(instrument.id)
    if (known !== undefined) return known
    const value = this.#backend.price(instrument.id).last * instrument.moneyPerUnit
    const lots = Math.ceil((2 * instrument.notionalMin) / Math.max(1, value))
    const power = 10 ** Math.max(0, String(lots).length - 1)
    const minimum = Math.max(instrument.quantityMin, Math.ceil(lots / power) * power)
    this.#minimums.set(instrument.id, minimum)
    return minimum
  }
}

export const priceText = (contract: OkxContract, at: number): string =>
  formatDecimal(at, contract.instrument.priceDecimals)

/** An average with a fraction of a unit. */
export const averageText = (contract: OkxContract, units: number): string =>
  decimalText(units, contract.instrument.priceDecimals)

export const sizeText = (contract: OkxContract, lots: number): string =>
  formatDecimal(lots * contract.instrument.lotSize, contract.sizeDecimals)

export const moneyText = (value: number): string => formatDecimal(value as Money, 8)
export const ratioText = (value: Ratio): string => formatDecimal(value, 8)

/** Null when it is no price that the contract takes. */
export function readPrice(contract: OkxContract, text: string): Price | null {
  try {
    return price(parseDecimal(text, contract.instrument.priceDecimals))
  } catch {
    return null
  }
}

/** Null when it is no whole number of lots. */
export function readSize(contract: OkxContract, text: string): Quantity | null {
  try {
    const units = parseDecimal(text, contract.sizeDecimals)
    return units % contract.instrument.lotSize === 0
      ? quantity(units / contract.instrument.lotSize)
      : null
  } catch {
    return null
  }
}
