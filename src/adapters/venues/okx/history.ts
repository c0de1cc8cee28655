/** What happened to the account since a moment: executions, funding, and money that moved without a trade. */
import type { ClientOrderId } from '../../../domain/order.ts'
import type { VenueFact } from '../live/dialect.ts'
import type { Row } from './exchange.ts'
import type { Contract } from './instruments.ts'
import { cashFact, fillFact, fundingFact, type SettledRate } from './reports.ts'
import type { OkxRequests } from './requests.ts'

const DAY_MS = 86_400_000
/** `fills` holds three days, `bills` seven; what is older lies in their archives, which are slower. */
const FILLS_DAYS = 3
const BILLS_DAYS = 7
/** A rate is settled at its hour; the bill comes within a minute or so. */
const SETTLED_WITHIN_MS = 600_000

export interface HistoryParts {
  readonly requests: OkxRequests
  /** Venue wall ms. */
  readonly venueNow: () => number
  readonly contractOf: (instId: string) => Contract | null
  /** Makes contracts known that were listed since the connection was made. */
  readonly learnContracts: (rows: readonly Row[]) => Promise<void>
  /** The client id of an order, asked for where it is not known. */
  readonly clientIdOf: (row: Row) => Promise<ClientOrderId | null>
  /** Currency in which the account is kept. */
  readonly settle: () => string
}

export async function factsSince(parts: HistoryParts, at: number): Promise<readonly VenueFact[]> {
  const [fills, funding, cash] = await Promise.all([
    fillsSince(parts, at),
    fundingSince(parts, at),
    cashSince(parts, at),
  ])
  return [...fills, ...funding, ...cash].sort((a, b) => a.at - b.at)
}

async function fillsSince(parts: HistoryParts, at: number): Promise<VenueFact[]> {
  const isOld = parts.venueNow() - at > FILLS_DAYS * DAY_MS
  const rows = await parts.requests.pages(
    {
      name: 'fills',
      path: isOld ? 'trade/fills-history' : 'trade/fills',
      params: { instType: 'SWAP', begin: String(Math.floor(at)) },
      pool: isOld ? 'account' : 'queries',
    },
    'billId',
  )
  await parts.learnContracts(rows)
  const facts: VenueFact[] = []
  // The oldest first: numbers of events follow the order in which things happened.
  for (const row of [...rows].reverse()) {
    const contract = parts.contractOf(row['instId'] ?? '')
    if (!contract) continue
    const fact = fillFact(contract, row, await parts.clientIdOf(row))
    if (fact) facts.push(fact)
  }
  return facts
}

function bills(parts: HistoryParts, type: string, at: number): Promise<readonly Row[]> {
  const isOld = parts.venueNow() - at > BILLS_DAYS * DAY_MS
  const path = isOld ? 'account/bills-archive' : 'account/bills'
  const params = { type, begin: String(Math.floor(at)) }
  return parts.requests.pages({ name: 'bills', path, params, pool: 'bills' }, 'billId')
}

async function fundingSince(parts: HistoryParts, at: number): Promise<VenueFact[]> {
  const rows = await bills(parts, '8', at)
  await parts.learnContracts(rows)
  const facts: VenueFact[] = []
  const rates = new Map<string, readonly SettledRate[]>()
  for (const row of [...rows].reverse()) {
    const { instId = '', ts = '' } = row
    const contract = parts.contractOf(instId)
    if (!contract) continue
    const known = rates.get(instId) ?? (await settledRates(parts, instId))
    rates.set(instId, known)
    const near = known.find((one) => Math.abs(one.at - Number(ts)) <= SETTLED_WITHIN_MS) ?? null
    facts.push(fundingFact(contract, row, near))
  }
  return facts
}

/** The rate is for the eye: without it the amount is booked all the same. */
async function settledRates(parts: HistoryParts, instId: string): Promise<readonly SettledRate[]> {
  try {
    const rows = await parts.requests.rows({
      name: 'funding rates',
      path: 'public/funding-rate-history',
      params: { instId, limit: '100' },
      pool: 'market',
      isPublic: true,
    })
    return rows.map((row) => ({
      at: Number(row['fundingTime']),
      rate: row['realizedRate'] || row['fundingRate'] || '0',
    }))
  } catch {
    return []
  }
}

async function cashSince(parts: HistoryParts, at: number): Promise<VenueFact[]> {
  const kinds = await Promise.all(['1', '7'].map((type) => bills(parts, type, at)))
  const settle = parts.settle()
  return kinds
    .flat()
    .filter((row) => row['ccy'] === settle && Number(row['balChg']) !== 0)
    .map(cashFact)
}
