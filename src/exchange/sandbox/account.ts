/** One account of a venue of the sandbox: the exchange's books below, and what the venue itself keeps of it above. */
import {
  type Instrument,
  type InstrumentId,
  isPriceAllowed,
  notionalOf,
} from '../../domain/instrument.ts'
import {
  money,
  type Price,
  price,
  type Quantity,
  quantity,
  type Ratio,
} from '../../domain/money.ts'
import type { OrderRequest } from '../../domain/order.ts'
import { liquidationPrice } from '../../domain/position/liquidation.ts'
import { initialMargin, maintenanceMargin } from '../../domain/position/margin.ts'
import { averageEntry, unrealisedOf } from '../../domain/position/position.ts'
import { AccountLedger, innerId } from './account-ledger.ts'
import type { SandboxCore } from './core.ts'
import type {
  AmendResult,
  CancelResult,
  HistoryQuery,
  InstrumentTerms,
  KeyState,
  OrderRef,
  OrderRefusal,
  PlaceResult,
  PlaceWish,
  SandboxAccount,
  SandboxBalance,
  SandboxCredentials,
  SandboxEvent,
  SandboxFill,
  SandboxInstrument,
  SandboxOrder,
  SandboxPayment,
  SandboxPosition,
  SandboxVenue,
} from './front.ts'

/** What an account begins with and pays. */
export interface AccountConditions {
  /** Deposited once, 1e-8 settle. */
  readonly deposit: number
  readonly leverage: number
  readonly marginMode: 'isolated' | 'cross'
  readonly maker: Ratio
  readonly taker: Ratio
  readonly slippage: Ratio
  readonly volumeShare: Ratio
}

export interface AccountParts {
  readonly core: SandboxCore
  readonly venue: SandboxVenue
  readonly name: string
  readonly credentials: SandboxCredentials
  readonly conditions: AccountConditions
  readonly listed: (id: string) => SandboxInstrument | null
  /** Whether a client id may be used only once: for ever, among open orders, or not at all. */
  readonly clientIds: 'unique' | 'unique_open' | 'free'
  /** A post-only order that would take is accepted and canceled at once, instead of refused. */
  readonly cancelsCrossing: boolean
  /** A resting reduce-only order is cut when the position has become smaller than what is left of it. */
  readonly cutsReduceOnly: boolean
}

const OPEN_ORDERS_MAX = 5000

export class Account implements SandboxAccount {
  readonly name: string
  readonly credentials: SandboxCredentials
  readonly #parts: AccountParts
  /** In the exchange's books; apart from paper accounts of the same name. */
  readonly key: KeyState
  readonly bookKey: string
  readonly #ledger: AccountLedger
  readonly #attached = new Set<InstrumentId>()
  readonly #hiddenUntilMs = new Map<number, number>()

  constructor(parts: AccountParts) {
    this.#parts = parts
    this.name = parts.name
    this.credentials = parts.credentials
    this.bookKey = `${parts.venue}/sandbox-${parts.name}`
    this.#ledger = new AccountLedger(parts.core, parts.venue, parts.name, this.bookKey)
    const { faults } = parts.core
    const scene = { venue: parts.venue, account: parts.name }
    this.key = {
      get isRevoked() {
        return faults.holding('key_revoked', scene) !== null
      },
      get isAgentExpired() {
        return faults.holding('agent_expired', scene) !== null
      },
      get canWithdraw() {
        return faults.holding('withdraw_right', scene) !== null
      },
    }
  }

  /** Opens the account in the books with one instrument, and takes up what happened while nobody looked. */
  open(first: Instrument): void {
    this.#attach(first.id)
    this.#ledger.recover()
  }

  get uid(): string {
    let sum = 0
    for (const char of this.bookKey) sum = (Math.imul(sum, 31) + char.charCodeAt(0)) >>> 0
    return String(10_000_000 + (sum % 90_000_000))
  }

  get fees(): { readonly maker: Ratio; readonly taker: Ratio } {
    const { maker, taker } = this.#parts.conditions
    return { maker, taker }
  }

  get positionMode(): 'one_way' | 'hedge' {
    return this.#ledger.positionMode
  }

  // Orders

  place(wishes: readonly PlaceWish[]): readonly PlaceResult[] {
    const isSplit =
      wishes.length > 1 && this.#parts.core.faults.strike('batch_partial', this.#scene()) !== null
    return wishes.map((wish, index) =>
      isSplit && index % 2 === 1 ? rejected('fault') : this.#placeOne(wish, 'client'),
    )
  }

  /** An order of somebody else who has the same account. */
  placeForeign(request: OrderRequest): PlaceResult {
    const wish = { clientId: null, request, expiresAt: null }
    return this.#placeOne(wish, 'foreign')
  }

  #placeOne(wish: PlaceWish, origin: SandboxOrder['origin']): PlaceResult {
    const { core } = this.#parts
    const refusal = this.#refusalOf(wish)
    if (refusal !== null) return rejected(refusal)
    this.#attach(wish.request.instrument)
    const order = this.#ledger.begin(wish, origin)
    const wished = {
      clientId: innerId(order),
      request: wish.request,
      expiresAt: null,
    }
    const outcome = core.books.place(this.bookKey, [wished], core.wallMs())[0]
    const refused = outcome?.kind === 'accepted' ? null : (outcome?.reason ?? 'bad_request')
    if (refused === 'would_cross' && this.#parts.cancelsCrossing) {
      return { kind: 'accepted', order: this.#ledger.acceptAndEnd(order, refused) }
    }
    if (outcome?.kind !== 'accepted') {
      this.#ledger.refuse(order)
      return rejected((outcome?.reason ?? 'bad_request') as OrderRefusal)
    }
    this.#ledger.accept(order)
    this.sync()
    // What ended while it was placed (immediate-or-cancel) is in the answer of the books alone.
    if (outcome.status !== 'open') this.#ledger.settle(order.id)
    const scene = { ...this.#scene(), symbol: this.#symbolOf(wish.request.instrument) }
    const hidden = core.faults.strike('invisible', scene)
    if (hidden !== null)
      this.#hiddenUntilMs.set(order.id, core.monotonicMs() + (hidden.value ?? 5000))
    return { kind: 'accepted', order: this.#ledger.order(order.id) ?? order }
  }

  #refusalOf(wish: PlaceWish): OrderRefusal | null {
    const { request, clientId, expiresAt } = wish
    const { core, listed } = this.#parts
    const found = listed(request.instrument)
    if (found === null) return 'unknown_instrument'
    if (expiresAt !== null && core.venueWallMs(this.#parts.venue) > expiresAt) return 'expired'
    if (found.state === 'delisted') return 'delisted'
    if (found.state === 'paused') return 'not_trading'
    const isReducing = request.isReduceOnly || request.quantity === 'position'
    if (found.state === 'close_only' && !isReducing) return 'reduce_only_mode'
    if (found.state === 'post_only' && !request.isPostOnly) return 'post_only_mode'
    if (clientId !== null && this.#isTaken(clientId)) return 'duplicate_client_id'
    if (this.openOrders().length >= OPEN_ORDERS_MAX) return 'bad_request'
    return misfit(request, found)
  }

  #isTaken(clientId: string): boolean {
    const { clientIds } = this.#parts
    if (clientIds === 'free') return false
    const known = this.#ledger.byClientId(clientId)
    return known !== null && (clientIds === 'unique' || known.status === 'open')
  }

  cancel(refs: readonly OrderRef[]): readonly CancelResult[] {
    return refs.map((ref) => this.#cancelOne(ref))
  }

  #cancelOne(ref: OrderRef): CancelResult {
    const { core } = this.#parts
    const order = this.#find(ref)
    if (order === null) return { kind: 'absent', order: null }
    if (order.status !== 'open') return { kind: 'final', order }
    const inner = innerId(order)
    const scene = { ...this.#scene(), symbol: this.#symbolOf(order.instrument) }
    const isRace = core.faults.strike('cancel_races_fill', scene) !== null
    if (isRace) core.books.fillAtOnce(this.bookKey, inner)
    const outcome = core.books.cancel(this.bookKey, order.instrument, [inner])[0]
    this.sync()
    const now = this.#ledger.order(order.id) ?? order
    // The books answer a cancel without an event of its own; what else ended the order has told so.
    if (outcome?.kind === 'final' && outcome.status === 'canceled' && now.status === 'open') {
      return { kind: 'canceled', order: this.#ledger.canceled(now) }
    }
    return { kind: 'final', order: now }
  }

  amend(
    ref: OrderRef,
    change: { readonly price?: Price; readonly quantity?: Quantity },
  ): AmendResult {
    const order = this.#find(ref)
    if (order === null) return { kind: 'absent', order }
    if (order.status !== 'open') return { kind: 'final', order }
    const { request } = order
    const lots = change.quantity ?? request.quantity
    const wanted = { ...request, quantity: lots, price: change.price ?? request.price }
    const refused = (reason: OrderRefusal): AmendResult => ({ kind: 'rejected', reason, order })
    const found = this.#parts.listed(order.instrument)
    if (found === null || request.trigger !== null || lots === 'position')
      return refused('bad_request')
    if (lots <= order.quantityFilled) return refused('bad_quantity')
    const reason = misfit(wanted, found)
    return reason === null ? this.#replace(order, wanted) : refused(reason)
  }

  /** In the books an amended order is a new one; when they refuse it, the old one comes back. */
  #replace(order: SandboxOrder, wanted: OrderRequest): AmendResult {
    const { core } = this.#parts
    const [outcome] = core.books.cancel(this.bookKey, order.instrument, [innerId(order)])
    this.sync()
    const before = this.#ledger.order(order.id) ?? order
    const isOver = outcome?.kind !== 'final' || outcome.status !== 'canceled'
    if (isOver || before.status !== 'open') return { kind: 'final', order: before }
    const amended = this.#ledger.amend(before, wanted)
    const reason = this.#resubmit(amended)
    if (reason === null) {
      this.#ledger.accept(amended)
      this.sync()
      return { kind: 'amended', order: this.#ledger.order(order.id) ?? amended }
    }
    const restored = this.#ledger.amend(amended, before.request)
    if (this.#resubmit(restored) !== null) this.#ledger.canceled(restored)
    this.sync()
    return { kind: 'rejected', reason, order: this.#ledger.order(order.id) ?? restored }
  }

  /** What is left of an order, under its newest inner id; null = the books have taken it. */
  #resubmit(order: SandboxOrder): OrderRefusal | null {
    const { core } = this.#parts
    const left = quantity(order.quantity - order.quantityFilled)
    const request = { ...order.request, quantity: left }
    const placed = { clientId: innerId(order), request, expiresAt: null }
    const [outcome] = core.books.place(this.bookKey, [placed], core.wallMs())
    if (outcome?.kind === 'accepted') return null
    return (outcome?.reason ?? 'bad_request') as OrderRefusal
  }

  #find(ref: OrderRef): SandboxOrder | null {
    return 'id' in ref ? this.#ledger.order(ref.id) : this.#ledger.byClientId(ref.clientId)
  }

  #isHidden(order: SandboxOrder): boolean {
    const until = this.#hiddenUntilMs.get(order.id)
    if (until === undefined) return false
    if (this.#parts.core.monotonicMs() < until) return true
    this.#hiddenUntilMs.delete(order.id)
    return false
  }

  order(ref: OrderRef): SandboxOrder | null {
    const order = this.#find(ref)
    return order === null || this.#isHidden(order) ? null : order
  }

  openOrders(instrument?: InstrumentId): readonly SandboxOrder[] {
    const all = this.#ledger.openOrders()
    const wanted =
      instrument === undefined ? all : all.filter((one) => one.instrument === instrument)
    return wanted.filter((one) => !this.#isHidden(one))
  }

  orderHistory(query: HistoryQuery): readonly SandboxOrder[] {
    return this.#ledger.orders(query).filter((one) => !this.#isHidden(one))
  }

  fills(query: HistoryQuery): readonly SandboxFill[] {
    return this.#ledger.fills(query)
  }

  payments(
    query: HistoryQuery & { readonly kind?: 'funding' | 'cash' },
  ): readonly SandboxPayment[] {
    return this.#ledger.payments(query)
  }

  // Money

  positions(): readonly SandboxPosition[] {
    const { books } = this.#parts.core
    return books.positions(this.bookKey).flatMap((held) => {
      const instrument = this.#parts.core.instrumentOf(held.instrument)
      const { mark } = books.price(held.instrument)
      const lots = quantity(Math.abs(held.quantity))
      const notional = notionalOf(instrument, mark, lots)
      const terms = this.terms(held.instrument)
      const margin = books.marginTerms(this.bookKey, held.instrument)
      const times = this.#ledger.timesOf(held.instrument)
      return [
        {
          instrument: held.instrument,
          quantity: held.quantity,
          cost: held.cost,
          entryPrice: averageEntry(instrument, held) ?? 0,
          mark,
          notional,
          unrealised: unrealisedOf(instrument, held, mark),
          initialMargin: money(initialMargin(notional, terms.leverage)),
          maintenanceMargin: maintenanceMargin(instrument.marginTiers, notional),
          liquidationPrice: margin === null ? null : liquidationPrice(margin),
          leverage: terms.leverage,
          marginMode: terms.marginMode,
          createdAt: times.createdAt,
          updatedAt: times.updatedAt,
        },
      ]
    })
  }

  balance(): SandboxBalance {
    const { settle, balance, equity } = this.#parts.core.books.balance(this.bookKey)
    const positions = this.positions()
    const positionMargin = sum(positions.map((one) => one.initialMargin))
    const orderMargin = sum(this.#ledger.openOrders().map((order) => this.#marginOf(order)))
    return {
      settle,
      balance,
      unrealised: money(equity - balance),
      equity,
      positionMargin: money(positionMargin),
      orderMargin: money(orderMargin),
      maintenanceMargin: money(sum(positions.map((one) => one.maintenanceMargin))),
      available: money(Math.max(0, equity - positionMargin - orderMargin)),
    }
  }

  #marginOf(order: SandboxOrder): number {
    const { price: limit, isReduceOnly, quantity: lots, trigger } = order.request
    if (limit === null || isReduceOnly || lots === 'position' || trigger !== null) return 0
    const instrument = this.#parts.core.instrumentOf(order.instrument)
    const left = quantity(lots - order.quantityFilled)
    return initialMargin(notionalOf(instrument, limit, left), this.terms(order.instrument).leverage)
  }

  terms(instrument: InstrumentId): InstrumentTerms {
    const { leverage, marginMode } = this.#parts.conditions
    return this.#ledger.termsOf(instrument) ?? { leverage, marginMode }
  }

  setTerms(instrument: InstrumentId, wished: Partial<InstrumentTerms>): string | null {
    const found = this.#parts.listed(instrument)
    if (found === null) return 'unknown_instrument'
    const terms = { ...this.terms(instrument), ...wished }
    const max = found.instrument.marginTiers[0]?.leverageMax ?? 1
    if (!(terms.leverage >= 1) || terms.leverage > max) return 'leverage_max'
    const isModeChanged = terms.marginMode !== this.terms(instrument).marginMode
    if (isModeChanged && this.#holds(instrument)) return 'has_position'
    this.#attach(instrument, terms)
    this.#ledger.setTerms(instrument, terms)
    return null
  }

  #holds(instrument: InstrumentId): boolean {
    const positions = this.#parts.core.books.positions(this.bookKey)
    return positions.some((one) => one.instrument === instrument)
  }

  setPositionMode(mode: 'one_way' | 'hedge'): string | null {
    if (mode === this.positionMode) return null
    if (this.positions().length > 0 || this.#ledger.openOrders().length > 0) return 'has_position'
    this.#ledger.setPositionMode(mode)
    return null
  }

  // Behind the front

  /** The account trades an instrument from now on; with new terms when given. */
  #attach(instrument: InstrumentId, terms: InstrumentTerms = this.terms(instrument)): void {
    const { core, venue, conditions, name } = this.#parts
    const isKnown = this.#attached.has(instrument)
    const known = this.terms(instrument)
    const isSame = known.leverage === terms.leverage && known.marginMode === terms.marginMode
    if (isKnown && isSame) return
    const { deposit, maker, taker, slippage, volumeShare } = conditions
    const symbol = this.#symbolOf(instrument)
    const request = {
      instance: `${this.bookKey}:${symbol}`,
      symbol,
      leverage: terms.leverage,
      marginMode: terms.marginMode,
      paper: { initialBalance: money(deposit), maker, taker, slippage, latencyMs: 0, volumeShare },
      feed: null,
    }
    core.books.attach(venue, `sandbox-${name}`, request, () => false, this.bookKey)
    this.#attached.add(instrument)
  }

  /** Makes the market of an instrument run. */
  watch(instrument: InstrumentId): void {
    this.#attach(instrument)
  }

  /** Takes up what the books have told meanwhile. */
  sync(): void {
    this.#ledger.sync()
    if (this.#parts.cutsReduceOnly) this.#cutReducing()
  }

  /** No reduce-only order rests with more than the position that it reduces; without one the books end it. */
  #cutReducing(): void {
    const { books } = this.#parts.core
    const reducing = this.#ledger.openOrders().filter(({ request }) => request.isReduceOnly)
    if (reducing.length === 0) return
    const positions = books.positions(this.bookKey)
    for (const order of reducing) {
      const held = positions.find((one) => one.instrument === order.instrument)?.quantity ?? 0
      const isAgainst = held !== 0 && held > 0 === (order.request.side === 'sell')
      const lots = quantity(order.quantityFilled + Math.abs(held))
      if (!isAgainst || order.quantity <= lots) continue
      if (books.cutOrder(this.bookKey, innerId(order), lots)) this.#ledger.cut(order, lots)
    }
  }

  takeEvents(): readonly SandboxEvent[] {
    return this.#ledger.takeEvents()
  }

  /** What the venue does to the account by itself; false when there is nothing to do it to. */
  intervene(kind: 'liquidation' | 'adl', instrument: InstrumentId | null, share: number): boolean {
    const { books } = this.#parts.core
    const held = books
      .positions(this.bookKey)
      .find((one) => instrument === null || one.instrument === instrument)
    if (held === undefined) return false
    const lots = kind === 'liquidation' ? null : Math.ceil(Math.abs(held.quantity) * share)
    const isDone = books.closeByForce(this.bookKey, held.instrument, lots)
    this.sync()
    return isDone
  }

  #scene() {
    return { venue: this.#parts.venue, account: this.name, endpoint: null }
  }

  #symbolOf(instrument: InstrumentId): string {
    return this.#parts.core.instrumentOf(instrument).symbol
  }
}

const rejected = (reason: OrderRefusal): PlaceResult => ({ kind: 'rejected', reason, order: null })

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)

/** What does not fit the contract as it is now; the books know it only as it was. */
function misfit(
  request: OrderRequest,
  { instrument, lotStep }: SandboxInstrument,
): OrderRefusal | null {
  const { price: limit, trigger, quantity: lots } = request
  if (limit !== null && !isTradable(instrument, limit)) return 'bad_price'
  if (trigger !== null && !isTradable(instrument, trigger.price)) return 'bad_trigger'
  if (lots === 'position') return null
  if (!Number.isSafeInteger(lots) || lots <= 0 || lots % lotStep !== 0) return 'bad_quantity'
  const at = limit ?? trigger?.price ?? null
  if (request.isReduceOnly || at === null) return null
  const isSmall = notionalOf(instrument, at, lots) < instrument.notionalMin
  return isSmall || lots < instrument.quantityMin ? 'below_minimum' : null
}

const isTradable = (instrument: Instrument, at: Price): boolean =>
  Number.isSafeInteger(at) && isPriceAllowed(instrument, price(at))
