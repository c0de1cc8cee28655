/** A venue with several contracts whose books are exact to the last unit; it takes no orders, things just happen to it. */
import type { Instrument, InstrumentId } from '../../src/domain/instrument.ts'
import {
  type Money,
  money,
  type Price,
  price,
  type Quantity,
  quantity,
  ratio,
} from '../../src/domain/money.ts'
import type { Fill, Side } from '../../src/domain/order.ts'
import { applyExecution, FLAT, type Position } from '../../src/domain/position/position.ts'
import type {
  Attached,
  AttachRequest,
  VenueAccountEvent,
  VenueBalance,
  VenuePosition,
} from '../../src/domain/venue-report.ts'
import type { VenueAccount, VenueListener } from '../../src/ports/venue.ts'

type Body<E = VenueAccountEvent> = E extends unknown ? Omit<E, 'venueSeq' | 'at'> : never

export class LedgerVenue implements VenueAccount {
  readonly #instruments: ReadonlyMap<InstrumentId, Instrument>
  readonly positionsHeld = new Map<InstrumentId, Position>()
  readonly events: VenueAccountEvent[] = []
  balanceNow: Money
  mark: Price = price(15_000)
  #listener: VenueListener | null = null
  #at = 1_700_000_000_000

  constructor(instruments: readonly Instrument[], balance: Money) {
    this.#instruments = new Map(instruments.map((one) => [one.id, one]))
    this.balanceNow = balance
  }

  #tell(body: Body): void {
    this.#at += 1000
    const event = { ...body, venueSeq: this.events.length + 1, at: this.#at } as VenueAccountEvent
    this.events.push(event)
    this.#listener?.onAccount([event])
  }

  trade(instrument: Instrument, side: Side, lots: number, fee: number): void {
    const held = this.positionsHeld.get(instrument.id) ?? FLAT
    const change = applyExecution(instrument, held, side, this.mark, quantity(lots))
    this.positionsHeld.set(instrument.id, change.position)
    this.balanceNow = money(this.balanceNow + change.realised - fee)
    const fill: Fill = {
      id: `t${this.events.length}`,
      at: this.#at,
      instrument: instrument.id,
      clientId: null,
      side,
      price: this.mark,
      quantity: quantity(lots),
      fee: money(fee),
      isMaker: false,
    }
    this.#tell({ kind: 'fill', fill, isLiquidation: false })
  }

  fund(instrument: Instrument, amount: number): void {
    const position = this.positionsHeld.get(instrument.id)?.quantity ?? (0 as Quantity)
    this.balanceNow = money(this.balanceNow + amount)
    this.#tell({
      kind: 'funding',
      instrument: instrument.id,
      amount: money(amount),
      rate: ratio(1),
      position,
    })
  }

  cash(amount: number): void {
    this.balanceNow = money(this.balanceNow + amount)
    this.#tell({
      kind: 'cash',
      amount: money(amount),
      reason: amount > 0 ? 'deposit' : 'withdrawal',
    })
  }

  move(to: number): void {
    this.mark = price(to)
    const market = { last: this.mark, mark: this.mark }
    for (const instrument of this.#instruments.keys())
      this.#listener?.onMarket([{ kind: 'price', at: this.#at, instrument, price: market }])
  }

  /** Everything told again, under numbers of its own: what a query after a gap does. */
  repeat(): void {
    const last = this.events.at(-1)
    if (last === undefined || last.kind === 'cash') return
    const again = { ...last, venueSeq: this.events.length + 1 }
    this.events.push(again)
    this.#listener?.onAccount([again])
  }

  async connect(listener: VenueListener): Promise<void> {
    this.#listener = listener
  }
  async attach({ symbol }: AttachRequest): Promise<Attached> {
    const instrument = [...this.#instruments.values()].find((one) => one.symbol === symbol)
    if (instrument === undefined) throw new Error(`no contract ${symbol}`)
    const market = { last: this.mark, mark: this.mark }
    const fees = { maker: ratio(0), taker: ratio(0) }
    return { instrument, price: market, at: this.#at, fees, feed: 'test', pace: 'free' }
  }
  async positions(): Promise<readonly VenuePosition[]> {
    return [...this.positionsHeld].map(([instrument, position]) => ({ instrument, ...position }))
  }
  async balance(): Promise<VenueBalance> {
    return { settle: 'USDC', equity: this.balanceNow, balance: this.balanceNow }
  }
  async eventsSince(venueSeq: number): Promise<readonly VenueAccountEvent[]> {
    return this.events.slice(venueSeq)
  }
  async detach(): Promise<void> {}
  async place(): Promise<readonly []> {
    return []
  }
  async cancel(): Promise<readonly []> {
    return []
  }
  async lookup(): Promise<null> {
    return null
  }
  async openOrders(): Promise<readonly []> {
    return []
  }
  async clockOffsetMs(): Promise<number> {
    return 0
  }
  setWakes(): void {}
  stepDone(): void {}
  async close(): Promise<void> {
    this.#listener = null
  }
}
