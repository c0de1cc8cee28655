/** Contracts of a venue as its public answers describe them: the same rules that its adapter for real accounts counts with. */
import type { Instrument } from '../../../domain/instrument.ts'
import { type Price, ratio } from '../../../domain/money.ts'
import { VenueError } from '../../../ports/venue.ts'
import {
  instrumentOf as asterInstrument,
  isPerpetual,
  unifiedSymbol,
} from '../aster/instruments.ts'
import type { SymbolRow } from '../aster/rows.ts'
import {
  instrumentOf as backpackInstrument,
  unifiedSymbol as backpackSymbol,
} from '../backpack/instruments.ts'
import type { MarketRow } from '../backpack/rows.ts'
import { contractFrom as unifiedContract } from '../generic/reports.ts'
import type { UnifiedExchange } from '../generic/unified.ts'
import { BASE_FEES, MarketTable } from '../hyperliquid/instruments.ts'
import type { CcxtExchange } from '../live/ccxt-class.ts'
import type { Row } from '../okx/exchange.ts'
import { contractFrom as okxContract, tiersFrom } from '../okx/instruments.ts'

/** Base rates for who trades little; a paper account pays what its instance says. */
export const FEES = { maker: ratio(20_000), taker: ratio(50_000) }

/** One question of ccxt's public interface, sent as it is. */
export type Ask = <T>(name: string, send: (exchange: CcxtExchange) => Promise<T>) => Promise<T>

/** @param mark of a moment ago, for rules that are told in contracts */
type Describe = (
  ask: Ask,
  symbol: string,
  mark: () => Promise<string>,
) => Promise<Instrument | null>

interface OkxAnswer {
  readonly data: readonly Row[]
}

const okx: Describe = async (ask, symbol, mark) => {
  const get = (name: string, path: string, params: object) =>
    ask(name, (one) => one.request(path, 'public', 'GET', params) as Promise<OkxAnswer>)
  const { data } = await get('instruments', 'public/instruments', { instType: 'SWAP' })
  const row = data.find((one) => one['instId'] === instIdOf(symbol))
  const contract = row === undefined ? null : okxContract(row)
  if (contract === null) return null
  const { instFamily, instrument } = contract
  const params = { instType: 'SWAP', tdMode: 'isolated', instFamily }
  const [tiers, text] = await Promise.all([
    get('position tiers', 'public/position-tiers', params),
    mark(),
  ])
  const atPrice = Math.round(Number(text) * 10 ** instrument.priceDecimals) as Price
  const marginTiers = tiersFrom(tiers.data, contract, atPrice)
  return {
    ...instrument,
    makerFee: FEES.maker,
    takerFee: FEES.taker,
    liquidationFee: FEES.taker,
    marginTiers,
  }
}

/** `BTC/USDT:USDT` as the venue writes it. */
const instIdOf = (symbol: string): string =>
  `${(symbol.split(':')[0] ?? '').replace('/', '-')}-SWAP`

const hyperliquid: Describe = async (ask, symbol) => {
  const meta = await ask('contracts', (one) =>
    one.request('info', 'public', 'POST', { type: 'meta' }),
  )
  return new MarketTable(meta, BASE_FEES).ofSymbol(symbol).instrument
}

const backpack: Describe = async (ask, symbol) => {
  const rows = (await ask('markets', (one) =>
    one.request('api/v1/markets', 'public', 'GET', {}),
  )) as readonly MarketRow[]
  const row = rows.find((one) => one.marketType === 'PERP' && backpackSymbol(one) === symbol)
  return row === undefined ? null : backpackInstrument(row, FEES)
}

const aster: Describe = async (ask, symbol) => {
  const { symbols } = (await ask('contracts', (one) =>
    one.request('v3/exchangeInfo', 'fapiPublic', 'GET', {}),
  )) as { readonly symbols: readonly (SymbolRow & AsterMargin)[] }
  const row = symbols.find((one) => isPerpetual(one) && unifiedSymbol(one) === symbol)
  if (row === undefined) return null
  return asterPublicInstrument(row, undefined)
}

/** @param fundingHours length of the funding interval; absent = 8 */
export function asterPublicInstrument(
  row: SymbolRow & AsterMargin,
  fundingHours: number | undefined,
): Instrument {
  // Its table of margins is told to accounts alone; this is the first step of it.
  const brackets = [
    {
      notionalFloor: 0,
      initialLeverage: Math.floor(100 / Number(row.requiredMarginPercent ?? '100')),
      maintMarginRatio: String(Number(row.maintMarginPercent ?? '100') / 100),
    },
  ]
  const hours = fundingHours !== undefined && fundingHours > 0 ? fundingHours : 8
  return asterInstrument(row, { fees: FEES, brackets, fundingIntervalMs: hours * 3_600_000 })
}

interface AsterMargin {
  readonly requiredMarginPercent?: string
  readonly maintMarginPercent?: string
}

/** Of any other venue: what ccxt says of it in common words. */
const unified: Describe = (ask, symbol) =>
  ask('contract', async (one) => {
    const market = (one as UnifiedExchange).markets?.[symbol]
    return market === undefined
      ? null
      : unifiedContract(one as UnifiedExchange, (one as UnifiedExchange).market(symbol)).instrument
  })

const VENUES: Readonly<Record<string, Describe>> = { okx, hyperliquid, backpack, aster }

/** @throws VenueError `rejected` when the venue has no such contract */
export async function describeContract(
  venue: string,
  ask: Ask,
  symbol: string,
  mark: () => Promise<string>,
): Promise<Instrument> {
  const found = await (VENUES[venue] ?? unified)(ask, symbol, mark)
  if (found !== null) return found
  throw new VenueError(
    'rejected',
    'unknown_symbol',
    `${venue} has no perpetual contract ${symbol}: write it like BTC/USDT:USDT.`,
  )
}
