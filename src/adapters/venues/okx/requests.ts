/** Every request to OKX that this program makes, with its price in the venue's limits. */
import type { RequestCost, RequestPool, RequestPriority } from '../../../ports/request-budget.ts'
import { VenueError } from '../../../ports/venue.ts'
import type { EndpointClass, Transport } from '../live/transport.ts'
import { okxError } from './errors.ts'
import type { OkxExchange, Row } from './exchange.ts'

/** From the documents, per account unless said otherwise; `reserve` is what cancels and reductions keep. */
export const OKX_POOLS: readonly RequestPool[] = [
  // A batch counts each order: 300 in 2 s an instrument; 1000 in 2 s over all of them.
  { name: 'orders', capacity: 300, refillPerS: 150, reserve: 60, scope: 'account' },
  { name: 'cancels', capacity: 300, refillPerS: 150, reserve: 0, scope: 'account' },
  { name: 'stops', capacity: 20, refillPerS: 10, reserve: 5, scope: 'account' },
  { name: 'queries', capacity: 60, refillPerS: 30, reserve: 0, scope: 'account' },
  { name: 'account', capacity: 10, refillPerS: 5, reserve: 0, scope: 'account' },
  { name: 'bills', capacity: 5, refillPerS: 5, reserve: 0, scope: 'account' },
  { name: 'market', capacity: 20, refillPerS: 10, reserve: 0, scope: 'address' },
  // One in 5 s. Its room is more, so that the share of one of many desks still holds a question; each asks less often.
  { name: 'status', capacity: 20, refillPerS: 0.2, reserve: 0, scope: 'address' },
]

/** For an order more than its deadline: what comes later is asked for by its id. */
const ORDER_TIMEOUT_MS = 4000
const PAGE = 100
/** A question never reads more pages: at OKX's limits they hold more than an account can do in three days. */
const PAGES_MAX = 200

export interface Question {
  readonly name: string
  readonly path: string
  readonly params?: Readonly<Record<string, string>>
  readonly pool: string
  readonly isPublic?: boolean
  readonly endpoint?: EndpointClass
  /** ms within which it must have left; absent = whenever the budget lets it. */
  readonly leavesWithinMs?: number
  readonly priority?: RequestPriority
}

export interface Command {
  readonly name: string
  readonly path: string
  readonly payload: unknown
  readonly costs: readonly RequestCost[]
  readonly priority: RequestPriority
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly leavesWithinMs?: number | null
}

interface Answer {
  readonly code?: string
  readonly msg?: string
  readonly data?: readonly Row[]
}

export class OkxRequests {
  readonly #exchange: OkxExchange
  readonly #transport: Transport

  constructor(exchange: OkxExchange, transport: Transport) {
    this.#exchange = exchange
    this.#transport = transport
  }

  /** @throws VenueError of what the failure proves */
  async rows(question: Question): Promise<readonly Row[]> {
    const { name, path, params = {}, pool, isPublic = false } = question
    const endpoint = question.endpoint ?? (isPublic ? 'market' : 'account')
    const errand = {
      name,
      endpoint,
      priority: question.priority ?? (isPublic ? 'data' : 'reconcile'),
      costs: [{ pool, weight: 1 }],
      leavesWithinMs: question.leavesWithinMs ?? null,
    } as const
    const answer = await this.#transport.call(errand, () =>
      this.#exchange.request(path, isPublic ? 'public' : 'private', 'GET', { ...params }),
    )
    return rowsOf(answer, name)
  }

  /** All pages, the newest row first. @param cursor the field by which OKX goes on to older ones */
  async pages(question: Question, cursor: string): Promise<readonly Row[]> {
    const all: Row[] = []
    for (let page = 0; page < PAGES_MAX; page++) {
      const after = all.at(-1)?.[cursor]
      const params = {
        ...question.params,
        limit: String(PAGE),
        ...(after === undefined ? {} : { after }),
      }
      const rows = await this.rows({ ...question, params })
      all.push(...rows)
      if (rows.length < PAGE) return all
    }
    throw new VenueError(
      'unavailable',
      'too_many_pages',
      `okx has more than ${PAGES_MAX} pages of ${question.name}: nothing is concluded from a part of them.`,
    )
  }

  /** A change at the venue: sent once. The rows may hold a refusal each. */
  async send(command: Command): Promise<readonly Row[]> {
    const { name, path, payload, costs, priority, headers, leavesWithinMs } = command
    const errand = {
      name,
      endpoint: 'order',
      priority,
      costs,
      timeoutMs: ORDER_TIMEOUT_MS,
      leavesWithinMs: leavesWithinMs ?? null,
    } as const
    const answer = await this.#transport.call(errand, () =>
      this.#exchange.request(path, 'private', 'POST', payload, headers),
    )
    return rowsOf(answer, name)
  }

  /** A change that is done or refused as a whole. @throws VenueError with the refusal */
  async change(command: Command): Promise<void> {
    for (const row of await this.send(command)) {
      const { sCode, sMsg } = row
      if (sCode !== undefined && sCode !== '0') throw okxError(sCode, sMsg)
    }
  }
}

function rowsOf(answer: unknown, name: string): readonly Row[] {
  const { data } = (typeof answer === 'object' && answer !== null ? answer : {}) as Answer
  if (Array.isArray(data)) return data
  throw new VenueError('unknown', 'unreadable', `okx answered ${name} without data.`)
}
