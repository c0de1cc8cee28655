/** Requests to Aster and the markets that its answers speak of; shared by the parts of the dialect. */
import type { Instrument, InstrumentId } from '../../../domain/instrument.ts'
import type { HistogramCounts } from '../../../domain/statistic/histogram.ts'
import type { RequestPool, RequestPriority } from '../../../ports/request-budget.ts'
import { VenueError } from '../../../ports/venue.ts'
import type { CcxtClient } from '../live/ccxt-class.ts'
import { momentFrom, ratioFrom } from '../live/decimal.ts'
import type { DialectParts } from '../live/dialect.ts'
import { NotSentError } from '../live/errors.ts'
import type { SocketTap } from '../live/guarded-class.ts'
import { type EndpointClass, Transport } from '../live/transport.ts'
import { asterCredentials, asterUrls } from './connect.ts'
import { type AsterExchange, asterExchange, type SignTerms } from './exchange.ts'
import { type Fees, instrumentOf, isPerpetual, unifiedSymbol } from './instruments.ts'
import type { BracketRow, SymbolRow } from './rows.ts'

const WEIGHT_A_MINUTE = 2400
/** Of an address: what may leave at once and what comes back in a minute are that together. */
const WEIGHT: RequestPool = {
  name: 'aster:weight',
  capacity: 600,
  refillPerS: 30,
  reserve: 120,
  scope: 'address',
}
/** 1200 orders a minute of an account. */
const ORDERS: RequestPool = {
  name: 'aster:orders',
  capacity: 300,
  refillPerS: 15,
  reserve: 60,
  scope: 'account',
}
export const POOLS = [WEIGHT, ORDERS]

/** Weights by path as the documents tell them; 1 where nothing stands here. */
const WEIGHTS: Readonly<Record<string, number>> = {
  'v3/accountWithJoinMargin': 5,
  'v3/allOrders': 5,
  'v3/batchOrders': 5,
  'v3/commissionRate': 20,
  'v3/countdownCancelAll': 10,
  'v3/income': 30,
  'v3/klines': 10,
  // Without a symbol.
  'v3/openOrders': 40,
  'v3/positionRisk': 5,
  'v3/positionSide/dual': 30,
  'v3/userTrades': 5,
}

/** A ban lasts from two minutes to three days; one is over when the venue answers again. */
const BAN_MS = 120_000
const TOO_MANY_MS = 30_000
const HOUR_MS = 3_600_000
const FUNDING_HOURS = 8

export interface Question {
  /** For error texts. */
  readonly name: string
  readonly path: string
  /** In the order in which they are signed. */
  readonly params?: object
  readonly endpoint?: EndpointClass
  readonly priority?: RequestPriority
  /** New orders in it. */
  readonly orders?: number
}

/** Where what comes on the sockets goes. */
export interface SocketListener extends SocketTap {
  onMessage(url: string, message: unknown): void
}

export class AsterClient {
  readonly #parts: DialectParts
  readonly #transport: Transport
  readonly #listener: () => SocketListener
  readonly #symbols = new Map<string, SymbolRow>()
  readonly #instruments = new Map<string, Instrument>()
  readonly #fees = new Map<string, Fees>()
  #brackets = new Map<string, readonly BracketRow[]>()
  #fundingHours = new Map<string, number>()
  #exchange: AsterExchange | null = null

  constructor(parts: DialectParts, listener: () => SocketListener) {
    this.#parts = parts
    this.#listener = listener
    this.#transport = new Transport({ ...parts, venue: 'aster' })
  }

  get roundTrips(): HistogramCounts {
    return this.#transport.roundTrips
  }

  /** @throws NotSentError `unavailable` before `load` */
  get exchange(): AsterExchange {
    if (this.#exchange) return this.#exchange
    throw new NotSentError('unavailable', 'not_open', 'aster is not connected yet.')
  }

  /** Venue wall clock, ms. */
  venueNow(): number {
    return this.#parts.clock.wallMs() + (this.#exchange?.clockOffsetMs ?? 0)
  }

  // Requests

  /** A signed question. */
  ask(question: Question): Promise<unknown> {
    return this.#call('fapiPrivate', 'GET', question, {})
  }

  askMarket(name: string, path: string, params: object = {}): Promise<unknown> {
    const question: Question = { name, path, params, endpoint: 'market', priority: 'data' }
    return this.#call('fapiPublic', 'GET', question, {})
  }

  send(
    method: 'POST' | 'PUT' | 'DELETE',
    question: Question,
    terms: SignTerms = {},
  ): Promise<unknown> {
    return this.#call('fapiPrivate', method, question, terms)
  }

  #call(api: string, method: string, question: Question, terms: SignTerms): Promise<unknown> {
    const { name, path, params, endpoint, priority, orders } = question
    const { expiresAt } = terms
    const costs = [
      { pool: WEIGHT.name, weight: WEIGHTS[path] ?? 1 },
      ...(orders === undefined ? [] : [{ pool: ORDERS.name, weight: orders }]),
    ]
    const errand = {
      name,
      endpoint: endpoint ?? 'account',
      priority: priority ?? 'reconcile',
      costs,
      leavesWithinMs: expiresAt == null ? null : Math.max(0, expiresAt - this.venueNow()),
    } as const
    return this.#transport.call(errand, () =>
      this.exchange.request(path, api, method, params ?? {}, terms),
    )
  }

  /** What the venue says of its limits with every answer. */
  #onAnswer(status: number, headers: Readonly<Record<string, string>>): void {
    const { budget } = this.#parts
    const used = Number(headers['x-mbx-used-weight-1m'])
    // Its count is of the whole minute, ours of what may leave at once: only the last of the minute concerns us.
    const excess = Math.max(0, used - (WEIGHT_A_MINUTE - WEIGHT.capacity))
    if (Number.isFinite(used)) budget.used(WEIGHT.name, excess)
    if (status !== 418 && status !== 429) return
    const retryMs = Number(headers['retry-after']) * 1000
    budget.block(WEIGHT.name, retryMs > 0 ? retryMs : status === 418 ? BAN_MS : TOO_MANY_MS)
  }

  // What everything else needs

  /** Makes the class, measures the clock, reads symbols, brackets and funding intervals. */
  async load(): Promise<void> {
    this.#exchange ??= await this.#makeExchange()
    await this.measureClock()
    await this.loadMarkets()
  }

  #makeExchange(): Promise<AsterExchange> {
    return asterExchange({
      credentials: asterCredentials(this.#parts),
      urls: asterUrls(this.#parts),
      clock: this.#parts.clock,
      tap: this.#listener,
      onMessage: ({ url }: CcxtClient, message) => this.#listener().onMessage(url, message),
      onAnswer: (status, headers) => this.#onAnswer(status, headers),
    })
  }

  /** Venue wall clock minus ours, ms; requests are signed with it from now on. */
  async measureClock(): Promise<number> {
    const { clock } = this.#parts
    const askedAt = clock.wallMs()
    const answer = rowOf<{ serverTime: unknown }>(await this.askMarket('time', 'v3/time'))
    const offsetMs = momentFrom(answer.serverTime) - (askedAt + clock.wallMs()) / 2
    this.exchange.clockOffsetMs = offsetMs
    return offsetMs
  }

  async loadMarkets(): Promise<void> {
    const [info, brackets, funding] = await Promise.all([
      this.askMarket('symbols', 'v3/exchangeInfo'),
      this.ask({ name: 'brackets', path: 'v3/leverageBracket' }),
      this.askMarket('funding intervals', 'v3/fundingInfo'),
    ])
    const { symbols } = rowOf<{ symbols: readonly SymbolRow[] }>(info)
    this.#symbols.clear()
    this.#instruments.clear()
    for (const row of listOf<SymbolRow>(symbols))
      if (isPerpetual(row)) this.#symbols.set(row.symbol, row)
    type Brackets = { readonly symbol: string; readonly brackets: readonly BracketRow[] }
    this.#brackets = new Map(listOf<Brackets>(brackets).map((one) => [one.symbol, one.brackets]))
    type Funding = { readonly symbol: string; readonly fundingIntervalHours?: number }
    this.#fundingHours = new Map(
      listOf<Funding>(funding).map((one) => [one.symbol, Number(one.fundingIntervalHours)]),
    )
  }

  // Markets

  /**
   * The contract of a unified symbol with the account's fees, loaded anew when it is not known.
   * @throws VenueError `rejected` when the venue has none
   */
  async contract(
    symbol: string,
  ): Promise<{ readonly row: SymbolRow; readonly fees: Fees; readonly instrument: Instrument }> {
    const find = () => [...this.#symbols.values()].find((row) => unifiedSymbol(row) === symbol)
    if (!find()) await this.loadMarkets()
    const row = find()
    if (!row) {
      const text = `aster has no perpetual contract ${symbol}.`
      throw new VenueError('rejected', 'no_such_market', text)
    }
    const fees = await this.#loadFees(row.symbol)
    const instrument = this.perpetual(row.symbol)
    if (!instrument) throw new VenueError('unavailable', 'not_open', 'aster told no market.')
    return { row, fees, instrument }
  }

  async #loadFees(symbol: string): Promise<Fees> {
    const known = this.#fees.get(symbol)
    if (known) return known
    const question: Question = { name: 'fees', path: 'v3/commissionRate', params: { symbol } }
    const row = rowOf<Readonly<Record<string, unknown>>>(await this.ask(question))
    const fees = {
      maker: ratioFrom(row['makerCommissionRate']),
      taker: ratioFrom(row['takerCommissionRate']),
    }
    this.#fees.set(symbol, fees)
    this.#instruments.delete(symbol)
    return fees
  }

  /** null for what is no perpetual contract, or was listed since the markets were loaded. */
  perpetual(marketId: string): Instrument | null {
    const known = this.#instruments.get(marketId)
    if (known) return known
    const row = this.#symbols.get(marketId)
    if (row === undefined) return null
    const made = instrumentOf(row, {
      // Of a market that nobody attached the fees are not asked for: fills tell what was paid.
      fees: this.#fees.get(marketId) ?? { maker: ratioFrom('0'), taker: ratioFrom('0') },
      brackets: this.#brackets.get(marketId) ?? [],
      fundingIntervalMs: (this.#fundingHours.get(marketId) || FUNDING_HOURS) * HOUR_MS,
    })
    this.#instruments.set(marketId, made)
    return made
  }

  /** What an answer says of perpetual contracts; markets are loaded anew for one that is not known. */
  async readRows<Row extends { readonly symbol: string }, Report>(
    rows: readonly Row[],
    read: (instrument: Instrument, row: Row) => Report,
  ): Promise<Report[]> {
    if (rows.some(({ symbol }) => !this.#symbols.has(symbol))) await this.loadMarkets()
    return rows.flatMap((row) => {
      const instrument = this.perpetual(row.symbol)
      return instrument ? [read(instrument, row)] : []
    })
  }

  /** @throws NotSentError `unavailable` before `load`, or for another venue's instrument */
  marketId(id: InstrumentId): string {
    for (const row of this.#symbols.values())
      if (id === `aster:${unifiedSymbol(row)}`) return row.symbol
    throw new NotSentError('unavailable', 'not_open', `aster has told no market ${id}.`)
  }
}

/** @throws VenueError `unavailable` when the answer is no list */
export function listOf<Row>(answer: unknown): readonly Row[] {
  if (Array.isArray(answer)) return answer as Row[]
  throw new VenueError('unavailable', 'unreadable', "aster's answer is no list.")
}

/** @throws VenueError `unavailable` when the answer is no object */
export function rowOf<Row>(answer: unknown): Row {
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer as Row
  throw new VenueError('unavailable', 'unreadable', "aster's answer is no object.")
}
