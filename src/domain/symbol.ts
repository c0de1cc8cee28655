/** Names of perpetual contracts: every common spelling is read, ccxt's unified one is used inside. */

/** A perpetual contract by its currencies. */
export interface MarketSymbol {
  readonly base: string
  readonly quote: string
  /** Currency in which profit, fees and margin are paid. */
  readonly settle: string
  /** ccxt's unified symbol, e.g. SOL/USDC:USDC. */
  readonly symbol: string
  /** linear: settled in the quote currency; inverse: settled in the base currency. */
  readonly kind: 'linear' | 'inverse'
}

/** Quote currencies that a spelling without a separator may end in, e.g. BTCUSDT. */
const QUOTES = ['USDT', 'USDC', 'FDUSD', 'BUSD', 'TUSD', 'USDE', 'USD1', 'USD', 'EUR', 'BTC', 'ETH']

const CURRENCY = '[A-Z0-9]{1,20}'
const UNIFIED = new RegExp(`^(${CURRENCY})/(${CURRENCY}):(${CURRENCY})$`)
const UNDERSCORE = new RegExp(`^(${CURRENCY})_(${CURRENCY})(?:_(${CURRENCY}))?_PERP$`)
const SWAP = new RegExp(`^(${CURRENCY})-(${CURRENCY})-SWAP$`)
const SPOT = new RegExp(`^(${CURRENCY})([/_-])(${CURRENCY})$`)
const PLAIN = new RegExp(`^${CURRENCY}$`)

/**
 * Reads `SOL/USDC:USDC`, `SOL_USDC_PERP`, `BTC-USDT-SWAP`, or `BTCUSDT` when only one reading is possible;
 * upper and lower case alike.
 * @throws RangeError with a sentence that names the text, what is wrong and how to write it
 */
export function parseSymbol(text: string): MarketSymbol {
  const name = text.trim().toUpperCase()
  const unified = UNIFIED.exec(name)
  if (unified) return make(text, unified[1] ?? '', unified[2] ?? '', unified[3] ?? '')
  const underscore = UNDERSCORE.exec(name)
  if (underscore) {
    const quote = underscore[2] ?? ''
    return make(text, underscore[1] ?? '', quote, underscore[3] ?? quote)
  }
  const swap = SWAP.exec(name)
  if (swap) {
    const [, base = '', quote = ''] = swap
    // OKX settles its coin-margined swaps, the only ones quoted in plain USD, in the base currency.
    return make(text, base, quote, quote === 'USD' ? base : quote)
  }
  return parseWithoutKind(text, name)
}

function parseWithoutKind(text: string, name: string): MarketSymbol {
  const spot = SPOT.exec(name)
  if (spot) {
    const [, base = '', , quote = ''] = spot
    throw new RangeError(
      `symbol "${text}" names no perpetual contract: write ${base}/${quote}:${quote} or ${base}_${quote}_PERP`,
    )
  }
  if (!PLAIN.test(name)) throw unreadable(text)
  const readings = QUOTES.filter((quote) => name.length > quote.length && name.endsWith(quote))
  const [quote, other] = readings
  if (quote === undefined) throw unreadable(text)
  const base = name.slice(0, name.length - quote.length)
  if (other !== undefined) {
    const second = name.slice(0, name.length - other.length)
    throw new RangeError(
      `symbol "${text}" can be read as ${base}/${quote} and as ${second}/${other}: write the one you mean with its settlement, e.g. ${base}/${quote}:${quote}`,
    )
  }
  if (quote === 'USD') {
    throw new RangeError(
      `symbol "${text}" does not say in which currency it settles: write ${base}/USD:USD or ${base}/USD:${base}`,
    )
  }
  return make(text, base, quote, quote)
}

function make(text: string, base: string, quote: string, settle: string): MarketSymbol {
  if (base === quote) {
    throw new RangeError(`symbol "${text}" has ${base} on both sides: write it like SOL/USDC:USDC`)
  }
  if (settle !== quote && settle !== base) {
    throw new RangeError(
      `symbol "${text}" settles in ${settle}: a perpetual contract settles in its quote (${base}/${quote}:${quote}) or base currency (${base}/${quote}:${base})`,
    )
  }
  const kind = settle === quote ? 'linear' : 'inverse'
  return { base, quote, settle, symbol: `${base}/${quote}:${settle}`, kind }
}

function unreadable(text: string): RangeError {
  return new RangeError(
    `symbol "${text}" cannot be read: write it like SOL/USDC:USDC, SOL_USDC_PERP or BTC-USDT-SWAP`,
  )
}

/**
 * The spelling for folders and set names: `SOL_USDC_PERP`; contracts that settle in the base currency carry it too
 * (`BTC_USD_BTC_PERP`). parseSymbol reads both back.
 */
export function venueSpelling(symbol: MarketSymbol): string {
  const { base, quote, settle } = symbol
  return settle === quote ? `${base}_${quote}_PERP` : `${base}_${quote}_${settle}_PERP`
}
