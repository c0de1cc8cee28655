/** Every perpetual contract that a venue lists, from one or two public questions, as its books are read. */
import type { MarginTier } from '../../../domain/instrument.ts'
import { InvariantError, money, RATIO_SCALE, ratio } from '../../../domain/money.ts'
import { VenueError } from '../../../ports/venue.ts'
import { isPerpetual } from '../aster/instruments.ts'
import type { SymbolRow } from '../aster/rows.ts'
import { instrumentOf as backpackInstrument } from '../backpack/instruments.ts'
import type { MarketRow } from '../backpack/rows.ts'
import { hyperliquidBookContract } from '../hyperliquid/books.ts'
import { BASE_FEES, MarketTable } from '../hyperliquid/instruments.ts'
import { type BookContract, baseContract } from '../live/book-levels.ts'
import { okxBookContract } from '../okx/books.ts'
import type { Row } from '../okx/exchange.ts'
import { contractsFrom } from '../okx/instruments.ts'
import type { BookVenue } from './book-venues.ts'
import { asterPublicInstrument, FEES } from './contracts.ts'
import type { PublicHttp } from './public-http.ts'

type List = (http: PublicHttp) => Promise<readonly BookContract[]>

const okx: List = async (http) => {
  const answer = await http.ask('/api/v5/public/instruments?instType=SWAP')
  const contracts = contractsFrom(rowsOf<Row>((answer as { data?: unknown })?.data, 'okx'))
  return [...contracts.values()]
    .filter(({ isLive }) => isLive)
    .map((one) => {
      const { leverageMax } = one
      const instrument = {
        ...one.instrument,
        makerFee: FEES.maker,
        takerFee: FEES.taker,
        liquidationFee: FEES.taker,
        marginTiers: firstTier(leverageMax),
      }
      return okxBookContract({ ...one, instrument })
    })
}

/** Its tiers stand in a question for each contract: half of the least initial margin stands for the maintenance. */
const firstTier = (leverageMax: number): readonly MarginTier[] => [
  {
    notionalFloor: money(0),
    maintenanceRate: ratio(Math.ceil(RATIO_SCALE / (2 * leverageMax))),
    maintenanceAmount: money(0),
    leverageMax,
  },
]

const hyperliquid: List = async (http) =>
  new MarketTable(await http.ask('/info', { type: 'meta' }), BASE_FEES).listed.map(
    hyperliquidBookContract,
  )

const backpack: List = async (http) =>
  countable(rowsOf<MarketRow>(await http.ask('/api/v1/markets'), 'backpack'), (row) =>
    row.marketType === 'PERP' && row.orderBookState !== 'Closed'
      ? baseContract(backpackInstrument(row, FEES), row.symbol)
      : null,
  )

const aster: List = async (http) => {
  const [info, funding] = await Promise.all([
    http.ask('/fapi/v3/exchangeInfo'),
    http.ask('/fapi/v3/fundingInfo'),
  ])
  const rows = rowsOf<SymbolRow>((info as { symbols?: unknown })?.symbols, 'aster')
  type Funding = { readonly symbol: string; readonly fundingIntervalHours?: number }
  const hours = new Map(
    rowsOf<Funding>(funding, 'aster').map((one) => [one.symbol, Number(one.fundingIntervalHours)]),
  )
  return countable(rows, (row) =>
    isPerpetual(row) && row.status === 'TRADING'
      ? baseContract(asterPublicInstrument(row, hours.get(row.symbol)), row.symbol)
      : null,
  )
}

const LISTS: Readonly<Record<BookVenue, List>> = { okx, hyperliquid, backpack, aster }

/**
 * By ccxt's unified symbol. Fees are base rates; margins are those of small positions where the venue tells no more.
 * @throws VenueError `unavailable` when the venue does not answer readably
 */
export async function listBookContracts(
  venue: BookVenue,
  http: PublicHttp,
): Promise<ReadonlyMap<string, BookContract>> {
  const found = await LISTS[venue](http)
  return new Map(found.map((one) => [one.instrument.symbol, one]))
}

function rowsOf<T>(answer: unknown, venue: string): readonly T[] {
  if (Array.isArray(answer)) return answer
  throw new VenueError('unavailable', 'unreadable', `${venue}'s list of contracts is no list.`)
}

/** Without contracts that the core cannot count in. */
function countable<T>(
  rows: readonly T[],
  make: (row: T) => BookContract | null,
): readonly BookContract[] {
  return rows.flatMap((row) => {
    try {
      const contract = make(row)
      return contract === null ? [] : [contract]
    } catch (error) {
      if (!isUncountable(error)) throw error
      return []
    }
  })
}

const isUncountable = (error: unknown): boolean =>
  error instanceof InvariantError ||
  error instanceof RangeError ||
  error instanceof TypeError ||
  (error instanceof VenueError && error.code === 'unreadable')
