/** What a command line or another program may ask of a fleet, whoever answers: the control plane or the files. */
import { userInfo } from 'node:os'
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
  readonly market_trade?: AdjustTrade | null
  /** A dry run tells each order. */
  readonly changes?: {
    readonly canceled: readonly AdjustedOrder[]
    readonly placed: readonly AdjustedOrder[]
  }
}

export interface AdjustTrade {
  readonly side: 'buy' | 'sell'
  readonly quantity: string
  readonly unit: string
  /** The last price, and the fee of a taker at it. */
  readonly price: string
  readonly fee: string
  readonly settle: string
  readonly position_before: string
  readonly position_after: string
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
function instancePath(id: string): string {
  if (/^[a-z0-9_-]+$/.test(id)) return `/instances/${id}`
  throw new HttpError(
    'NOT_FOUND',
    0,
    `there is no instance ${id} there: an id has a-z, 0-9, _ and - only`,
  )
}

/** A fleet behind its control plane. */
export class HttpFleet implements FleetAccess {
  readonly hasControlPlane = true
  readonly #target: HttpTarget

  constructor(target: HttpTarget) {
    this.#target = target
  }

  async list(): Promise<InstanceList> {
    return (await this.#get('/instances')) as InstanceList
  }

  async act(action: ActionName, id: string): Promise<ActionResult> {
    return (await this.#post(`${instancePath(id)}/${action}`, {})) as ActionResult
  }

  async stop(id: string, options: StopOptions): Promise<ActionResult> {
    return (await this.#post(`${instancePath(id)}/stop`, options)) as ActionResult
  }

  async status(id: string): Promise<unknown> {
    return this.#get(`${instancePath(id)}/grid`)
  }

  /** A grid on the present price of the market there. */
  async preview(id: string): Promise<unknown> {
    return this.#get(`${instancePath(id)}/grid/preview`)
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
    return (await this.#get(`${instancePath(id)}/logs?${query}`)) as LogPage
  }

  async adjust(id: string, adjustment: GridAdjustment): Promise<AdjustResult> {
    const body = { ...adjustment, author: presentUser() }
    return (await this.#post(`${instancePath(id)}/grid/adjust`, body)) as AdjustResult
  }

  async table(name: TableName, filter: TableFilter): Promise<readonly TableRow[]> {
    const query = new URLSearchParams()
    for (const [key, value] of Object.entries(filter))
      if (value !== null) query.set(key, String(value))
    const answer = await this.#get(`/${name}?${query}`)
    return (answer as { readonly items: readonly TableRow[] }).items
  }

  async cleanup(): Promise<CleanupResult> {
    return (await this.#post('/cleanup', {})) as CleanupResult
  }

  /** Ends the control plane; `withBots`: everything. It answers before it ends. */
  async shutDown(withBots: boolean): Promise<void> {
    await this.#post('/shutdown', { stop_bots: withBots })
  }

  /** As shutDown; answers when everything that should has stopped. @returns what has not */
  async shutDownFully(withBots: boolean): Promise<readonly string[]> {
    const answer = await this.#post('/shutdown', { stop_bots: withBots, wait: true })
    return (answer as { readonly left: readonly string[] }).left
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

  #get(path: string): Promise<unknown> {
    return request(this.#target, {
      method: 'GET',
      path: `/api/v1${path}`,
      timeoutMs: READ_TIMEOUT_MS,
    })
  }

  #post(path: string, body: unknown): Promise<unknown> {
    const timeoutMs = ACTION_TIMEOUT_MS
    return request(this.#target, { method: 'POST', path: `/api/v1${path}`, body, timeoutMs })
  }
}
