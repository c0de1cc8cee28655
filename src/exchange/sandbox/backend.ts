/** The exchange as one venue's front sees it: listed contracts, market, accounts, with the faults that hold there. */
import type { Instrument, InstrumentId } from '../../domain/instrument.ts'
import type { MarketEvent } from '../../domain/market.ts'
import { MONEY_SCALE, money, price, quantity } from '../../domain/money.ts'
import type { OrderRequest } from '../../domain/order.ts'
import type { MarketSource } from '../../simulation/market-source.ts'
import { Account, type AccountConditions } from './account.ts'
import type { SandboxCore } from './core.ts'
import type {
  CandleQuery,
  DayFigures,
  RateResult,
  RateRule,
  SandboxAccount,
  SandboxBackend,
  SandboxBook,
  SandboxCandle,
  SandboxCredentials,
  SandboxEvent,
  SandboxFunding,
  SandboxInstrument,
  SandboxPrice,
  SandboxTrade,
  SandboxVenue,
  TradingState,
} from './front.ts'
import { MarketView } from './market-view.ts'

/** OKX keeps ids for ever, Aster among open orders; Hyperliquid and Backpack promise nothing, so the sandbox takes them twice. */
const CLIENT_IDS = {
  okx: 'unique',
  hyperliquid: 'free',
  backpack: 'free',
  aster: 'unique_open',
} as const

export interface BackendParts {
  readonly core: SandboxCore
  readonly venue: SandboxVenue
  /** History to look at: another one than the simulation reads. */
  readonly source: MarketSource
  /** What the venue lists, in a fixed order; not empty. */
  readonly instruments: readonly Instrument[]
  readonly accounts: readonly {
    readonly name: string
    readonly credentials: SandboxCredentials
    readonly conditions: AccountConditions
  }[]
}

export class VenueBackend implements SandboxBackend {
  readonly venue: SandboxVenue
  readonly #core: SandboxCore
  readonly #instruments: readonly Instrument[]
  readonly #bySymbol = new Map<string, Instrument>()
  readonly #view: MarketView
  readonly #accounts: Account[] = []
  readonly #byKey = new Map<string, Account>()
  readonly #watched = new Set<InstrumentId>()

  constructor(parts: BackendParts) {
    const { core, venue, instruments, source } = parts
    this.venue = venue
    this.#core = core
    this.#instruments = instruments
    for (const one of instruments) {
      core.addInstrument(one)
      this.#bySymbol.set(one.symbol, one)
      this.#bySymbol.set(one.id, one)
    }
    this.#view = new MarketView({
      source,
      startAt: core.books.feed.startAt,
      timeline: core.timeline,
      at: () => core.books.at,
      priceNow: (instrument) => core.books.price(instrument),
      wrong: (instrument) => {
        const scene = { venue, symbol: core.instrumentOf(instrument).symbol }
        return core.faults.holding('wrong_price', scene)?.text ?? null
      },
      fundingIntervalMs: ({ symbol, fundingIntervalMs }) =>
        core.faults.holding('funding_interval', { venue, symbol })?.value ?? fundingIntervalMs,
    })
    for (const one of parts.accounts) this.#open(one)
  }

  #open({ name, credentials, conditions }: BackendParts['accounts'][number]): void {
    const [first] = this.#instruments
    if (first === undefined) throw new RangeError(`The sandbox of ${this.venue} lists no contract.`)
    const account = new Account({
      core: this.#core,
      venue: this.venue,
      name,
      credentials,
      conditions,
      listed: (id) => this.instrument(id),
      clientIds: CLIENT_IDS[this.venue],
      cancelsCrossing: this.venue === 'okx',
      cutsReduceOnly: this.venue === 'backpack',
    })
    account.open(first)
    this.#accounts.push(account)
    const { apiKey, walletAddress, agentAddress } = credentials
    for (const key of [apiKey, walletAddress, agentAddress]) {
      if (key !== '') this.#byKey.set(key, account)
    }
  }

  wallMs(): number {
    return this.#core.venueWallMs(this.venue)
  }

  marketAt(): number {
    return this.#core.shownAt()
  }

  // Contracts

  instruments(): readonly SandboxInstrument[] {
    return this.#instruments.map((one) => this.#asItIs(one))
  }

  instrument(symbol: string): SandboxInstrument | null {
    const found = this.#bySymbol.get(symbol)
    return found === undefined ? null : this.#asItIs(found)
  }

  #asItIs(instrument: Instrument): SandboxInstrument {
    const { faults } = this.#core
    const scene = { venue: this.venue, symbol: instrument.symbol }
    const tick = faults.holding('tick', scene)?.value ?? 1
    const lotStep = faults.holding('lot', scene)?.value ?? 1
    const notional = faults.holding('min_notional', scene)?.value
    const delisted = faults.holding('delisted', scene)
    const rule = instrument.priceRule
    const changed: Instrument = {
      ...instrument,
      priceRule: rule.kind === 'tick' ? { ...rule, tick: rule.tick * tick } : rule,
      quantityMin: quantity(Math.max(instrument.quantityMin, lotStep)),
      notionalMin: notional === undefined ? instrument.notionalMin : money(notional * MONEY_SCALE),
      fundingIntervalMs: this.#view.funding(instrument).intervalMs,
    }
    const delistAt = delisted?.value === undefined ? null : this.wallMs() + delisted.value
    return { instrument: changed, lotStep, state: this.#stateOf(scene, delistAt), delistAt }
  }

  #stateOf(scene: { venue: SandboxVenue; symbol: string }, delistAt: number | null): TradingState {
    const { faults } = this.#core
    if (faults.holding('delisted', scene) !== null && delistAt === null) return 'delisted'
    if (faults.holding('trading_paused', scene) !== null) return 'paused'
    if (faults.holding('close_only', scene) !== null) return 'close_only'
    return faults.holding('post_only', scene) === null ? 'trading' : 'post_only'
  }

  #of(id: InstrumentId): Instrument {
    return this.#core.instrumentOf(id)
  }

  // Market

  price(instrument: InstrumentId): SandboxPrice {
    this.watch(instrument)
    return this.#view.price(this.#of(instrument))
  }

  book(instrument: InstrumentId, depth: number): SandboxBook {
    this.watch(instrument)
    return this.#view.book(this.#asItIs(this.#of(instrument)).instrument, depth)
  }

  trades(instrument: InstrumentId, limit: number): readonly SandboxTrade[] {
    return this.#view.trades(this.#of(instrument), limit)
  }

  candles(instrument: InstrumentId, query: CandleQuery): readonly SandboxCandle[] {
    return this.#view.candles(this.#of(instrument), query)
  }

  day(instrument: InstrumentId): DayFigures {
    return this.#view.day(this.#of(instrument))
  }

  openInterest(instrument: InstrumentId): number {
    return this.#view.openInterest(this.#of(instrument))
  }

  funding(instrument: InstrumentId): SandboxFunding {
    return this.#view.funding(this.#of(instrument))
  }

  fundingHistory(
    instrument: InstrumentId,
    query: { readonly from?: number; readonly until?: number; readonly limit: number },
  ) {
    return this.#view.fundingHistory(this.#of(instrument), query)
  }

  watch(instrument: InstrumentId): void {
    if (this.#watched.has(instrument)) return
    this.#watched.add(instrument)
    this.#accounts[0]?.watch(instrument)
  }

  // Accounts

  accounts(): readonly SandboxAccount[] {
    return this.#accounts
  }

  accountOf(key: string): SandboxAccount | null {
    return this.#byKey.get(key) ?? null
  }

  maintenance(): { readonly isOn: boolean; readonly until: number | null } {
    const fault = this.#core.faults.holding('maintenance', { venue: this.venue })
    if (fault === null) return { isOn: false, until: null }
    return { isOn: true, until: fault.forMs === undefined ? null : this.wallMs() + fault.forMs }
  }

  take(rule: RateRule, subject: string, weight: number): RateResult {
    return this.#core.limiter.take(rule, `${this.venue} ${subject}`, weight)
  }

  // Behind the front

  /** Events of every account since the last call. */
  takeEvents(): readonly { readonly account: string; readonly events: readonly SandboxEvent[] }[] {
    return this.#accounts
      .map((account) => ({ account: account.name, events: account.takeEvents() }))
      .filter(({ events }) => events.length > 0)
  }

  /** The books have told something of an account. */
  sync(bookKey: string): void {
    for (const account of this.#accounts) if (account.bookKey === bookKey) account.sync()
  }

  /** The key under which the market of this venue runs in the books. */
  get marketKey(): string {
    return this.#accounts[0]?.bookKey ?? ''
  }

  shownEvents(events: readonly MarketEvent[]): readonly MarketEvent[] {
    return events
      .filter((event) => this.#watched.has(event.instrument))
      .map((event) => this.#view.shownEvent(this.#of(event.instrument), event))
  }

  /** Brings the gaps of the market to what the faults say now. */
  applyGaps(): void {
    const { faults, books } = this.#core
    for (const { id, symbol } of this.#instruments) {
      const gap = faults.holding('price_gap', { venue: this.venue, symbol })
      books.setGap(id, gap?.value ?? 0)
    }
  }

  /** What happens once; false when there is nothing that it could happen to. */
  intervene(
    kind: 'liquidation' | 'adl' | 'foreign_order' | 'foreign_position',
    where: {
      readonly account?: string | undefined
      readonly symbol?: string | undefined
      readonly value?: number | undefined
    },
  ): boolean {
    const named = this.#accounts.filter(({ name }) => (where.account ?? name) === name)
    const found = where.symbol === undefined ? undefined : this.#bySymbol.get(where.symbol)
    if (where.symbol !== undefined && found === undefined) return false
    if (kind === 'liquidation' || kind === 'adl') {
      return named.some((one) => one.intervene(kind, found?.id ?? null, where.value ?? 0.5))
    }
    const instrument = found ?? this.#instruments[0]
    if (instrument === undefined) return false
    const request = this.#foreign(instrument, kind === 'foreign_position', where.value ?? 1)
    return named.some((one) => one.placeForeign(request).kind === 'accepted')
  }

  /** @param value lots of the contract's least order; negative = sell */
  #foreign(instrument: Instrument, isMarket: boolean, value: number): OrderRequest {
    const { last } = this.price(instrument.id)
    const far = Math.max(1, Math.round(last * (value < 0 ? 1.2 : 0.8)))
    const step = instrument.priceRule.kind === 'tick' ? instrument.priceRule.tick : 1
    const at = isMarket ? last : Math.max(step, far - (far % step))
    const least = Math.max(
      instrument.quantityMin,
      Math.ceil(instrument.notionalMin / (at * instrument.moneyPerUnit)),
    )
    return {
      instrument: instrument.id,
      side: value < 0 ? 'sell' : 'buy',
      kind: isMarket ? 'market' : 'limit',
      price: isMarket ? null : price(at),
      quantity: quantity(Math.max(1, Math.round(least * 2 * Math.abs(value)))),
      timeInForce: isMarket ? 'ioc' : 'gtc',
      isPostOnly: false,
      isReduceOnly: false,
      trigger: null,
    }
  }
}
