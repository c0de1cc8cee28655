/** Requests to Backpack and the markets that its answers speak of; shared by the parts of the dialect. */
import type { Instrument, InstrumentId } from '../../../domain/instrument.ts'
import type { HistogramCounts } from '../../../domain/statistic/histogram.ts'
import type { RequestPool, RequestPriority } from '../../../ports/request-budget.ts'
import { VenueError, type VenueWord } from '../../../ports/venue.ts'
import { momentFrom } from '../live/decimal.ts'
import type { DialectParts } from '../live/dialect.ts'
import { NotSentError } from '../live/errors.ts'
import type { SocketTap } from '../live/guarded-class.ts'
import { type EndpointClass, Transport } from '../live/transport.ts'
import { backpackCredentials, backpackUrls } from './connect.ts'
import { type BackpackExchange, backpackExchange, type Deadline } from './exchange.ts'
import { listOf, PAGE_ROWS, rowOf } from './history.ts'
import { type Fees, feesOf, instrumentOf, unifiedSymbol } from './instruments.ts'
import type { AccountRow, MarketRow } from './rows.ts'

/** The description names no limit; support names 2000 requests a minute and key. A fifth is kept for what lowers risk. */
export const POOL: RequestPool = {
  name: 'backpack',
  capacity: 200,
  refillPerS: 33,
  reserve: 40,
  scope: 'account',
}
const COSTS = [{ pool: POOL.name, weight: 1 }]

export interface Question {
  /** For error texts. */
  readonly name: string
  readonly path: string
  /** A list for a batch. */
  readonly params?: unknown
  readonly endpoint?: EndpointClass
  readonly priority?: RequestPriority
}

/** Where what comes on the socket goes. */
export interface SocketListener extends SocketTap {
  onMessage(message: unknown): void
}

export class BackpackClient {
  readonly #parts: DialectParts
  readonly #transport: Transport
  readonly #listener: () => SocketListener
  readonly #markets = new Map<string, MarketRow>()
  readonly #instruments = new Map<string, Instrument>()
  #exchange: BackpackExchange | null = null
  #fees: Fees | null = null

  constructor(parts: DialectParts, listener: () => SocketListener) {
    this.#parts = parts
    this.#listener = listener
    this.#transport = new Transport({ ...parts, venue: 'backpack' })
  }

  get roundTrips(): HistogramCounts {
    return this.#transport.roundTrips
  }

  /** @throws NotSentError `unavailable` before `load` */
  get exchange(): BackpackExchange {
    if (this.#exchange) return this.#exchange
    throw new NotSentError('unavailable', 'not_open', 'backpack is not connected yet.')
  }

  /** @throws NotSentError `unavailable` before `load` */
  get fees(): Fees {
    if (this.#fees) return this.#fees
    throw new NotSentError('unavailable', 'not_open', 'backpack has not told its fees yet.')
  }

  /** Venue wall clock, ms. */
  venueNow(): number {
    return this.#parts.clock.wallMs() + (this.#exchange?.clockOffsetMs ?? 0)
  }

  // Requests

  ask(question: Question, api: 'public' | 'private' = 'private'): Promise<unknown> {
    return this.#transport.call(errand(question), () =>
      this.exchange.request(question.path, api, 'GET', question.params ?? {}),
    )
  }

  /** A question that needs no key, for what strategies look at. */
  askMarket(name: string, path: string, params: object): Promise<unknown> {
    return this.ask({ name, path, params, endpoint: 'market', priority: 'data' }, 'public')
  }

  /** One page of a history. */
  page(name: string, path: string, params: object): Promise<unknown> {
    return this.ask({ name, path, params: { ...params, limit: PAGE_ROWS } })
  }

  send(
    method: 'POST' | 'DELETE' | 'PATCH',
    question: Question,
    deadline?: Deadline,
  ): Promise<unknown> {
    const leavesWithinMs = deadline ? Math.max(0, deadline.expiresAt - this.venueNow()) : null
    return this.#transport.call({ ...errand(question), leavesWithinMs }, () =>
      this.exchange.request(question.path, 'private', method, question.params ?? {}, deadline),
    )
  }

  // What everything else needs

  /** Makes the class, measures the clock, reads fees and markets. */
  async load(): Promise<AccountRow> {
    this.#exchange ??= await this.#makeExchange()
    await this.measureClock()
    const [account] = await Promise.all([this.loadAccount(), this.loadMarkets()])
    return account
  }

  #makeExchange(): Promise<BackpackExchange> {
    return backpackExchange({
      credentials: backpackCredentials(this.#parts.credentials),
      urls: backpackUrls(this.#parts),
      clock: this.#parts.clock,
      tap: this.#listener,
      onMessage: (message) => this.#listener().onMessage(message),
    })
  }

  /** Venue wall clock minus ours, ms; requests are signed with it from now on. */
  async measureClock(): Promise<number> {
    const { clock } = this.#parts
    const askedAt = clock.wallMs()
    const question: Question = { name: 'time', path: 'api/v1/time', endpoint: 'market' }
    const venueAt = momentFrom(await this.ask(question, 'public'))
    const offsetMs = venueAt - (askedAt + clock.wallMs()) / 2
    this.exchange.clockOffsetMs = offsetMs
    return offsetMs
  }

  /** The venue's own state: `Ok`, or `Maintenance` with a message. */
  async word(): Promise<VenueWord | null> {
    const question: Question = { name: 'status', path: 'api/v1/status', endpoint: 'status' }
    const { status } = rowOf<{ readonly status?: string }>(await this.ask(question, 'public'))
    return status === 'Maintenance' ? { text: 'it is in maintenance', isDown: true } : null
  }

  async loadAccount(): Promise<AccountRow> {
    const account = rowOf<AccountRow>(await this.ask({ name: 'account', path: 'api/v1/account' }))
    this.#fees = feesOf(account)
    // Instruments carry the fees.
    this.#instruments.clear()
    return account
  }

  async loadMarkets(): Promise<void> {
    const question: Question = { name: 'markets', path: 'api/v1/markets', endpoint: 'market' }
    const rows = listOf<MarketRow>(await this.ask(question, 'public'))
    this.#markets.clear()
    this.#instruments.clear()
    for (const row of rows) if (row.marketType === 'PERP') this.#markets.set(row.symbol, row)
  }

  // Markets

  /**
   * The market of a unified symbol, loaded anew when it is not known.
   * @throws VenueError `rejected` when the venue has none
   */
  async marketOf(symbol: string): Promise<MarketRow> {
    const find = () => [...this.#markets.values()].find((row) => unifiedSymbol(row) === symbol)
    if (!find()) await this.loadMarkets()
    const market = find()
    if (market) return market
    const text = `backpack has no perpetual contract ${symbol}.`
    throw new VenueError('rejected', 'no_such_market', text)
  }

  /** null for what is no perpetual contract, or was listed since the markets were loaded. */
  perpetual(marketId: string): Instrument | null {
    const known = this.#instruments.get(marketId)
    if (known) return known
    const row = this.#markets.get(marketId)
    if (row === undefined || this.#fees === null) return null
    const made = instrumentOf(row, this.#fees)
    this.#instruments.set(marketId, made)
    return made
  }

  /** What an answer says of perpetual contracts; markets are loaded anew for one that is not known. */
  async readRows<Row extends { readonly symbol: string }, Report>(
    rows: readonly Row[],
    read: (instrument: Instrument, row: Row) => Report,
  ): Promise<Report[]> {
    const isNew = ({ symbol }: Row) => symbol.endsWith('_PERP') && !this.#markets.has(symbol)
    if (rows.some(isNew)) await this.loadMarkets()
    return rows.flatMap((row) => {
      const instrument = this.perpetual(row.symbol)
      return instrument ? [read(instrument, row)] : []
    })
  }

  /** @throws NotSentError `unavailable` before `load`, or for another venue's instrument */
  marketId(id: InstrumentId): string {
    for (const row of this.#markets.values())
      if (id === `backpack:${unifiedSymbol(row)}`) return row.symbol
    throw new NotSentError('unavailable', 'not_open', `backpack has told no market ${id}.`)
  }
}

const errand = ({ name, endpoint, priority }: Question) => ({
  name,
  endpoint: endpoint ?? 'account',
  priority: priority ?? 'reconcile',
  costs: COSTS,
})
