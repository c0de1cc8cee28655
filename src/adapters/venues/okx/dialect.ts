/** An account of OKX as a VenueDialect. See docs/concepts/venues.md. */
import type { Instrument } from '../../../domain/instrument.ts'
import type { Candle, MarketPrice } from '../../../domain/market.ts'
import type { ClientOrderId } from '../../../domain/order.ts'
import type { HistogramCounts } from '../../../domain/statistic/histogram.ts'
import type {
  CancelOutcome,
  PlaceOutcome,
  VenueBalance,
  VenueOrder,
  VenuePosition,
} from '../../../domain/venue-report.ts'
import { VenueError, type VenueWord } from '../../../ports/venue.ts'
import { momentFrom, moneyFrom } from '../live/decimal.ts'
import type {
  AccountFacts,
  DialectListener,
  DialectParts,
  InstrumentFacts,
  VenueDialect,
  VenueFact,
  VenueTraits,
  WireOrder,
} from '../live/dialect.ts'
import { Transport } from '../live/transport.ts'
import { accountFrom } from './connect.ts'
import { type OkxExchange, okxExchange, type Row, type StreamMessage } from './exchange.ts'
import { factsSince } from './history.ts'
import { type Contract, contractsFrom } from './instruments.ts'
import { OkxMarket } from './market.ts'
import { OrderIds } from './order-ids.ts'
import type { MarginMode } from './orders.ts'
import { candleFrom, fillFact, orderFact, orderFrom, positionFrom, stopFrom } from './reports.ts'
import { OKX_POOLS, OkxRequests } from './requests.ts'
import { OkxStreams, PRIVATE_SOCKETS } from './streams.ts'
import { OkxTrading } from './trading.ts'

const TRAITS: VenueTraits = {
  idScheme: 'text',
  deadlineMs: 2500,
  batchMax: 20,
  deadMan: 'account',
  deadManMs: { min: 10_000, max: 120_000 },
  hasRestingStops: true,
  hasClosePosition: true,
}

export class OkxDialect implements VenueDialect {
  readonly venue = 'okx'
  readonly traits = TRAITS
  readonly pools = OKX_POOLS
  readonly streams = PRIVATE_SOCKETS
  readonly #parts: DialectParts
  readonly #exchange: OkxExchange
  readonly #transport: Transport
  readonly #requests: OkxRequests
  readonly #streams: OkxStreams
  readonly #trading: OkxTrading
  readonly #market: OkxMarket
  readonly #ids = new OrderIds()
  readonly #contracts = new Map<string, Contract>()
  readonly #byInstId = new Map<string, Contract>()
  /** Contracts of the account that cannot be counted here, e.g. settled in the coin. */
  readonly #uncounted = new Set<string>()
  /** How each contract is margined, as set or as seen. */
  readonly #modes = new Map<string, MarginMode>()
  #listener: DialectListener | null = null
  #settle = 'USDT'
  #offsetMs = 0

  static async create(parts: DialectParts): Promise<OkxDialect> {
    let dialect: OkxDialect | null = null
    const exchange = await okxExchange({
      ...parts,
      tap: () => dialect?.tap ?? null,
      onData: (message) => dialect?.onData(message),
    })
    dialect = new OkxDialect(parts, exchange)
    return dialect
  }

  private constructor(parts: DialectParts, exchange: OkxExchange) {
    const { clock, budget, random } = parts
    this.#parts = parts
    this.#exchange = exchange
    this.#transport = new Transport({ venue: 'okx', clock, budget, random })
    this.#requests = new OkxRequests(exchange, this.#transport)
    this.#streams = new OkxStreams({
      clock,
      random,
      exchange: () => exchange,
      onLive: (socket) => this.#listener?.onLive(socket),
      onGap: (socket, reason) => this.#listener?.onGap(socket, reason),
      onFrame: () => this.#listener?.onMessage(),
    })
    this.#trading = new OkxTrading({
      requests: this.#requests,
      ids: this.#ids,
      contractOf: (instrument) => this.#contractOf(instrument),
      modeOf: (contract) => this.#modes.get(contract.instId) ?? 'isolated',
      venueNow: () => this.#venueNow(),
      isLive: () => PRIVATE_SOCKETS.every((socket) => this.#streams.isLive(socket)),
    })
    this.#market = new OkxMarket(this.#requests)
  }

  get tap(): OkxStreams {
    return this.#streams
  }
  get roundTrips(): HistogramCounts {
    return this.#transport.roundTrips
  }

  #venueNow(): number {
    return this.#parts.clock.wallMs() + this.#offsetMs
  }

  async open(): Promise<AccountFacts> {
    await this.clockOffsetMs()
    const [instruments, config, balance] = await Promise.all([
      this.#market.instruments(),
      this.#account('account configuration', 'account/config'),
      this.#account('balance', 'account/balance'),
    ])
    this.#take(instruments)
    return accountFrom(config[0], balance[0]?.['totalEq'] ?? '0', this.#offsetMs)
  }

  #take(rows: readonly Row[]): void {
    for (const [symbol, contract] of contractsFrom(rows)) {
      this.#contracts.set(symbol, contract)
      this.#byInstId.set(contract.instId, contract)
    }
  }

  /**
   * Contracts that were listed since the connection was made are learned before an answer about them is read: what is held
   * there must not look like nothing. What cannot be counted here stays left out, and is asked for once.
   */
  async #learnContracts(rows: readonly Row[]): Promise<void> {
    const missing = new Set(rows.map(({ instId = '' }) => instId))
    for (const instId of missing)
      if (this.#byInstId.has(instId) || this.#uncounted.has(instId)) missing.delete(instId)
    if (missing.size === 0) return
    for (const [symbol, contract] of contractsFrom(await this.#market.instruments())) {
      if (!missing.delete(contract.instId)) continue
      this.#contracts.set(symbol, contract)
      this.#byInstId.set(contract.instId, contract)
    }
    for (const instId of missing) this.#uncounted.add(instId)
  }

  #account(name: string, path: string, params?: Readonly<Record<string, string>>) {
    return this.#requests.rows({ name, path, pool: 'account', ...(params ? { params } : {}) })
  }

  async clockOffsetMs(): Promise<number> {
    const before = this.#parts.clock.wallMs()
    const at = await this.#market.time()
    this.#offsetMs = at - (before + this.#parts.clock.wallMs()) / 2
    // OKX refuses a request whose time is 30 s off, and `expTime` is read by its clock.
    this.#exchange.options['timeDifference'] = -this.#offsetMs
    return this.#offsetMs
  }

  word(): Promise<VenueWord | null> {
    return this.#market.word(this.#parts.isTestnet)
  }

  async instrument(symbol: string): Promise<InstrumentFacts> {
    const contract = this.#contracts.get(symbol)
    if (!contract)
      throw new VenueError(
        'rejected',
        'no_such_contract',
        `okx has no perpetual contract ${symbol} that can be counted here.`,
      )
    if (!contract.isLive)
      throw new VenueError('rejected', 'not_trading', `okx does not trade ${symbol} now.`)
    const facts = await this.#market.facts(contract)
    const complete = { ...contract, instrument: facts.instrument }
    this.#contracts.set(symbol, complete)
    this.#byInstId.set(contract.instId, complete)
    this.#settle = facts.instrument.settle
    return facts
  }

  async setTerms(
    instrument: Instrument,
    leverage: number,
    marginMode: 'isolated' | 'cross',
  ): Promise<void> {
    const { instId, leverageMax } = this.#contractOf(instrument)
    if (leverage > leverageMax)
      throw new VenueError(
        'rejected',
        'leverage',
        `okx allows leverage ${leverageMax} on ${instrument.symbol} at most, not ${leverage}.`,
      )
    this.#modes.set(instId, marginMode)
    const params = { instId, mgnMode: marginMode }
    const present = await this.#account('leverage', 'account/leverage-info', params)
    if (present.some((row) => Number(row['lever']) === leverage)) return
    await this.#requests.change({
      name: 'leverage',
      path: 'account/set-leverage',
      payload: { lever: String(leverage), mgnMode: marginMode, instId },
      costs: [{ pool: 'account', weight: 1 }],
      priority: 'place',
    })
  }

  place(orders: readonly WireOrder[]): Promise<readonly PlaceOutcome[]> {
    return this.#trading.place(orders)
  }
  cancel(instrument: Instrument, ids: readonly ClientOrderId[]): Promise<readonly CancelOutcome[]> {
    return this.#trading.cancel(instrument, ids)
  }
  lookup(instrument: Instrument, id: ClientOrderId): Promise<VenueOrder | null> {
    return this.#trading.lookup(instrument, id)
  }
  armDeadMan(timeoutMs: number | null): Promise<void> {
    return this.#trading.armDeadMan(timeoutMs)
  }

  async openOrders(): Promise<readonly VenueOrder[]> {
    const pending = (ordType: string) =>
      this.#requests.pages(
        {
          name: 'stops',
          path: 'trade/orders-algo-pending',
          params: { instType: 'SWAP', ordType },
          pool: 'queries',
        },
        'algoId',
      )
    const [orders, conditional, triggers] = await Promise.all([
      this.#requests.pages(
        {
          name: 'open orders',
          path: 'trade/orders-pending',
          params: { instType: 'SWAP' },
          pool: 'queries',
        },
        'ordId',
      ),
      pending('conditional,oco'),
      pending('trigger'),
    ])
    const stops = [...conditional, ...triggers]
    for (const row of stops) this.#ids.learnStop(row)
    await this.#learnContracts([...orders, ...stops])
    return [
      ...orders.flatMap((row) => this.#order(row)),
      ...stops.flatMap((row) => {
        const contract = this.#byInstId.get(row['instId'] ?? '')
        return contract ? [stopFrom(contract, row, null)] : []
      }),
    ]
  }

  #order(row: Row): VenueOrder[] {
    const contract = this.#byInstId.get(row['instId'] ?? '')
    if (!contract) return []
    return [orderFrom(contract, row, this.#ids.of(row) ?? null)]
  }

  factsSince(at: number): Promise<readonly VenueFact[]> {
    return factsSince(
      {
        requests: this.#requests,
        venueNow: () => this.#venueNow(),
        contractOf: (instId) => this.#byInstId.get(instId) ?? null,
        learnContracts: (rows) => this.#learnContracts(rows),
        clientIdOf: (row) => this.#trading.clientIdOf(row),
        settle: () => this.#settle,
      },
      at,
    )
  }

  async positions(): Promise<readonly VenuePosition[]> {
    const rows = await this.#account('positions', 'account/positions', { instType: 'SWAP' })
    await this.#learnContracts(rows)
    return rows.flatMap((row) => {
      const contract = this.#byInstId.get(row['instId'] ?? '')
      if (!contract) return []
      if (row['posSide'] !== undefined && row['posSide'] !== 'net')
        throw new VenueError(
          'rejected',
          'position_mode',
          'The account keeps long and short positions apart: set its position mode to net at okx.',
        )
      const position = positionFrom(contract, row)
      if (position)
        this.#modes.set(contract.instId, row['mgnMode'] === 'cross' ? 'cross' : 'isolated')
      return position ? [position] : []
    })
  }

  async balance(): Promise<VenueBalance> {
    const settle = this.#settle
    const [account] = await this.#account('balance', 'account/balance', { ccy: settle })
    const { details = [] } = (account ?? {}) as { readonly details?: readonly Row[] }
    const row = details.find((one) => one['ccy'] === settle)
    return {
      settle,
      equity: moneyFrom(row?.['eq'] || '0'),
      balance: moneyFrom(row?.['cashBal'] || '0'),
    }
  }

  candles(instrument: Instrument, openedFrom: number): Promise<readonly Candle[]> {
    return this.#market.candles(this.#contractOf(instrument), openedFrom)
  }

  listen(listener: DialectListener): void {
    this.#listener = listener
    this.#streams.start()
  }

  watch(instrument: Instrument): void {
    this.#streams.watch(this.#contractOf(instrument).instId)
  }

  async close(): Promise<void> {
    this.#listener = null
    this.#streams.stop()
    await this.#exchange.close()
  }

  #contractOf(instrument: Instrument): Contract {
    const contract = this.#contracts.get(instrument.symbol)
    if (contract) return contract
    throw new VenueError(
      'rejected',
      'no_such_contract',
      `okx has no contract ${instrument.symbol}.`,
    )
  }

  // Streams

  /** A data message; one of the account that cannot be read is as good as lost, so everything is asked. */
  onData(message: StreamMessage): void {
    const { channel = '', instId = '' } = message.arg
    try {
      if (channel === 'orders') for (const row of message.data) this.#onOrder(row as Row)
      else if (channel === 'orders-algo') for (const row of message.data) this.#onStop(row as Row)
      else this.#onMarketData(channel, instId, message.data)
    } catch (error) {
      const code = error instanceof VenueError ? error.code : 'failed'
      const text = `a message of ${channel} cannot be read (${code})`
      if (channel === 'orders') this.#streams.misread('private', text)
      else if (channel === 'orders-algo') this.#streams.misread('business', text)
      // A price that is none is left out: the next one comes at once, and silence is noticed.
      else this.#parts.logger.debug('venue', text)
    }
  }

  #onOrder(row: Row): void {
    const contract = this.#byInstId.get(row['instId'] ?? '')
    if (!contract) return
    const known = this.#ids.of(row)
    if (known !== undefined) return this.#tellOrder(contract, row, known)
    // Whose it is must be asked: of a stop that fired, or of somebody else.
    this.#trading.clientIdOf(row).then(
      (clientId) => this.#tellOrder(contract, row, clientId),
      () => this.#streams.misread('private', 'an order of nobody could not be looked up'),
    )
  }

  #tellOrder(contract: Contract, row: Row, clientId: ClientOrderId | null): void {
    const facts: VenueFact[] = []
    const fill = fillFact(contract, row, clientId)
    if (fill) facts.push(fill)
    if (clientId !== null)
      facts.push(orderFact(orderFrom(contract, row, clientId), momentFrom(row['uTime'])))
    if (facts.length > 0) this.#listener?.onFacts(facts)
  }

  #onStop(row: Row): void {
    const contract = this.#byInstId.get(row['instId'] ?? '')
    this.#ids.learnStop(row)
    // What has fired is told by the order that it placed.
    const isFired = /^(?:effective|partially_effective|order_placed|filled)$/.test(
      row['state'] ?? '',
    )
    if (!contract || isFired || (row['algoClOrdId'] ?? '') === '') return
    const at = momentFrom(row['uTime'] || row['cTime'])
    this.#listener?.onFacts([orderFact(stopFrom(contract, row, null), at)])
  }

  #onMarketData(channel: string, instId: string, data: readonly unknown[]): void {
    const contract = this.#byInstId.get(instId)
    if (!contract) return
    const { id } = contract.instrument
    for (const row of data) {
      if (channel === 'candle1m') {
        const { candle, isClosed } = candleFrom(contract, row as readonly string[])
        const price: MarketPrice = this.#market.price(contract) ?? {
          last: candle.close,
          mark: candle.close,
        }
        this.#listener?.onCandle(id, candle, isClosed, price)
      } else {
        const told = this.#market.told(contract, channel, row as Row)
        if (told) this.#listener?.onPrice(id, told.price, told.at)
      }
    }
  }
}
