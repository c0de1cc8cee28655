/** What a command line or another program may ask of a fleet, whoever answers: the control plane or the files. */
import { userInfo } from 'node:os'
import type {
  ActionResult,
  CleanupResult,
  InstanceList,
  TableName,
  TableRow,
} from '../protocol/fleet-messages.ts'
import { HttpError, type HttpTarget, request } from './http-client.ts'

export type ActionName = 'start' | 'restart' | 'pause' | 'resume' | 'arm' | 'close' | 'kill'

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
  table(name: TableName, instance: string | null, limit: number): Promise<readonly TableRow[]>
  /** Takes away what processes that are gone have left. */
  cleanup(): Promise<CleanupResult>
}

/** Actions wait for the orders of an instance to be settled. */
const ACTION_TIMEOUT_MS = 90_000
const READ_TIMEOUT_MS = 10_000

/** Who works here; written into the versions of a file. */
function presentUser(): string {
  try {
    return userInfo().username
  } catch {
    return 'operator'
  }
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
    return (await this.#post(`/instances/${id}/${action}`, {})) as ActionResult
  }

  async stop(id: string, options: StopOptions): Promise<ActionResult> {
    return (await this.#post(`/instances/${id}/stop`, options)) as ActionResult
  }

  status(id: string): Promise<unknown> {
    return this.#get(`/instances/${id}/grid`)
  }

  async adjust(id: string, adjustment: GridAdjustment): Promise<AdjustResult> {
    const body = { ...adjustment, author: presentUser() }
    return (await this.#post(`/instances/${id}/grid/adjust`, body)) as AdjustResult
  }

  async table(
    name: TableName,
    instance: string | null,
    limit: number,
  ): Promise<readonly TableRow[]> {
    const of = instance === null ? '' : `&instance=${instance}`
    const answer = await this.#get(`/${name}?limit=${limit}${of}`)
    return (answer as { readonly items: readonly TableRow[] }).items
  }

  async cleanup(): Promise<CleanupResult> {
    return (await this.#post('/cleanup', {})) as CleanupResult
  }

  /** Ends the control plane; `withBots`: everything. It answers before it ends. */
  async shutDown(withBots: boolean): Promise<void> {
    await this.#post('/shutdown', { stop_bots: withBots })
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
