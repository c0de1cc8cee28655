/** What a command line or another program may ask of a fleet, whoever answers: the control plane or the files. */
import { userInfo } from 'node:os'
import type { MarketTrade } from '../protocol/adjust-messages.ts'
import type { ExecutedFilter, ExecutedRow } from '../protocol/arbitrage-messages.ts'
import type {
  ActionResult,
  CleanupResult,
  InstanceList,
  LogPage,
  TableFilter,
  TableName,
  TableRow,
} from '../protocol/fleet-messages.ts'
import { HttpError, type HttpTarget, request } from './http-client.ts'
import { TypedApi } from './typed-api.ts'

export type ActionName =
  | 'start'
  | 'restart'
  | 'pause'
  | 'resume'
  | 'arm'
  | 'disarm'
  | 'close'
  | 'kill'

export interface StopOptions {
  readonly orders: 'cancel' | 'keep'
  readonly positions: 'keep' | 'close'
}

/** New range of a grid; decimals as text. */
export interface GridAdjustment {
  readonly grid_lower_price: string
  readonly grid_upper_price: string
  readonly grid_num?: number
  readonly dry_run?: boolean
  readonly temporary?: boolean
}

export interface AdjustResult {
  readonly orders_kept: number
  readonly orders_canceled: number
  readonly orders_placed: number
  /** What follows is absent in the answer of an earlier version. */
  readonly price_outside?: 'below' | 'above' | null
  readonly price?: string
  readonly orders_wanted?: number
  readonly orders_allowed?: number
  readonly limits?: readonly {
    readonly code: string
    readonly text: string
    readonly side: string
    readonly line: string
    readonly before: number
  }[]
  /** What the adjustment trades at market at once; null = nothing. */
  readonly market_trade?: MarketTrade | null
  /** A dry run tells each order. */
  readonly changes?: {
    readonly canceled: readonly AdjustedOrder[]
    readonly placed: readonly AdjustedOrder[]
  }
}

export interface AdjustedOrder {
  readonly side: string
  readonly price: string
  readonly quantity: string
}

/** Every method may throw an Error with one sentence and, as `code`, a code of docs/reference/http.md. */
export interface FleetAccess {
  /** A control plane answers; else everything comes from files and local sockets. */
  readonly hasControlPlane: boolean
  list(): Promise<InstanceList>
  act(action: ActionName, id: string): Promise<ActionResult>
  stop(id: string, options: StopOptions): Promise<ActionResult>
  /** What the bot says of itself (GET /api/status of its own port). */
  status(id: string): Promise<unknown>
  adjust(id: string, adjustment: GridAdjustment): Promise<AdjustResult>
  table(name: TableName, filter: TableFilter): Promise<readonly TableRow[]>
  /** Opportunities that instances of two legs took, the newest first. */
  executed(filter: ExecutedFilter): Promise<readonly ExecutedRow[]>
  /** Takes away what processes that are gone have left. */
  cleanup(): Promise<CleanupResult>
}

/** Actions wait for the orders of an instance to be settled. */
const ACTION_TIMEOUT_MS = 90_000
const READ_TIMEOUT_MS = 10_000

/** Who works here; written into the versions of a file. */
export function presentUser(): string {
  try {
    return userInfo().username
  } catch {
    return 'operator'
  }
}

/** @throws HttpError NOT_FOUND for what cannot be the id of an instance: it would be another path */
function named(id: string): { readonly id: string } {
  if (/^[a-z0-9_-]+$/.test(id)) return { id }
  throw new HttpError(
    'NOT_FOUND',
    0,
    `there is no instance ${id} there: an id has a-z, 0-9, _ and - only`,
  )
}

function asked(filter: TableFilter | ExecutedFilter): URLSearchParams {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(filter))
    if (value !== null) query.set(key, String(value))
  return query
}

const INSTANCE = '/api/v1/instances/{id}'
const reading = { timeoutMs: READ_TIMEOUT_MS }
const acting = { timeoutMs: ACTION_TIMEOUT_MS }

/** A fleet behind its control plane. */
export class HttpFleet implements FleetAccess {
  readonly hasControlPlane = true
  readonly #target: HttpTarget
  readonly #api: TypedApi

  constructor(target: HttpTarget) {
    this.#target = target
    this.#api = new TypedApi(target)
  }

  list(): Promise<InstanceList> {
    return this.#api.get('/api/v1/instances', reading)
  }

  async act(action: ActionName, id: string): Promise<ActionResult> {
    return this.#api.post(`${INSTANCE}/${action}`, { ...acting, path: named(id), body: {} })
  }

  async stop(id: string, options: StopOptions): Promise<ActionResult> {
    return this.#api.post(`${INSTANCE}/stop`, { ...acting, path: named(id), body: options })
  }

  async status(id: string): Promise<unknown> {
    return this.#api.get(`${INSTANCE}/grid`, { ...reading, path: named(id) })
  }

  /** A grid on the present price of the market there. */
  async preview(id: string): Promise<unknown> {
    return this.#api.get(`${INSTANCE}/grid/preview`, { ...reading, path: named(id) })
  }

  /** A piece of a log: what lies before a cursor (null: the last lines), or behind one. */
  async logPage(
    id: string,
    stream: 'bot' | 'daemon',
    piece: { readonly before: string | null; readonly limit: number } | { readonly after: string },
  ): Promise<LogPage> {
    const query = new URLSearchParams({ stream })
    if ('after' in piece) query.set('after', piece.after)
    else query.set('limit', String(piece.limit))
    if ('before' in piece && piece.before !== null) query.set('before', piece.before)
    return this.#api.get(`${INSTANCE}/logs`, { ...reading, path: named(id), query })
  }

  async adjust(id: string, adjustment: GridAdjustment): Promise<AdjustResult> {
    const body = { ...adjustment, author: presentUser() }
    return this.#api.post(`${INSTANCE}/grid/adjust`, { ...acting, path: named(id), body })
  }

  async table(name: TableName, filter: TableFilter): Promise<readonly TableRow[]> {
    const { items } = await this.#api.get(`/api/v1/${name}`, { ...reading, query: asked(filter) })
    return items
  }

  async executed(filter: ExecutedFilter): Promise<readonly ExecutedRow[]> {
    const query = asked(filter)
    const { items } = await this.#api.get('/api/v1/arbitrage/executed', { ...reading, query })
    return items
  }

  cleanup(): Promise<CleanupResult> {
    return this.#api.post('/api/v1/cleanup', { ...acting, body: {} })
  }

  /** Ends the control plane; `withBots`: everything. It answers before it ends. */
  async shutDown(withBots: boolean): Promise<void> {
    await this.#api.post('/api/v1/shutdown', { ...acting, body: { stop_bots: withBots } })
  }

  /** As shutDown; answers when everything that should has stopped. @returns what has not */
  async shutDownFully(withBots: boolean): Promise<readonly string[]> {
    const body = { stop_bots: withBots, wait: true }
    const { left = [] } = await this.#api.post('/api/v1/shutdown', { ...acting, body })
    return left
  }

  /** Whether it has started and is not ending. */
  async isReady(): Promise<boolean> {
    try {
      await request(this.#target, { method: 'GET', path: '/ready', timeoutMs: 2000 })
      return true
    } catch (error) {
      if (error instanceof HttpError) return false
      throw error
    }
  }
}
