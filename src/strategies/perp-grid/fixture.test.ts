/**
 * A market in miniature for the tests of perp_grid: keeps the reported wants and plays fills back.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { btcInstrument } from '../../../test/support/instruments.ts'
import { money, price, quantity, ratio } from '../../domain/money.ts'
import type { AttributedFill, ClientOrderId, Origin, Side } from '../../domain/order.ts'
import type {
  Finish,
  Json,
  RestingWant,
  StrategyContext,
  TargetWant,
  Wake,
  Wanted,
  Wants,
} from '../../domain/strategy.ts'
import type { GridParameters } from './settings.ts'
import type { GridState } from './state.ts'
import { perpGrid } from './strategy.ts'

/** BTC with cents, lots of 0.001: one cent · one lot = 1,000 units of 1e-8. */
export const btc = btcInstrument({ liquidationFee: ratio(500_000) })

export const usdt = (value: number) => money(Math.round(value * 100_000_000))

export function contextAt(last: number, other: Partial<StrategyContext> = {}): StrategyContext {
  return {
    at: 1_000_000,
    instruments: [btc],
    prices: [{ last: price(last), mark: price(last) }],
    capital: usdt(10_000),
    leverage: 1,
    marginMode: 'isolated',
    fees: [{ maker: btc.makerFee, taker: btc.takerFee }],
    positions: [quantity(0)],
    initialPosition: 'open',
    ...other,
  }
}

/** The contract's example, in dollars. */
export const example: GridParameters = {
  grid_lower_price: '10000',
  grid_upper_price: 30000,
  grid_num: 6,
  order_quantity: '0.152',
}

/** A running grid whose wants are kept as a desk would keep them. */
export class Rig implements Wants {
  state: GridState
  readonly resting = new Map<string, RestingWant>()
  targetWant: TargetWant | null = null
  wakes: Wake[]
  finished: Finish | null = null
  notes: string[] = []
  changes = 0
  at: number
  #seq = 0
  /** State is written and read again after every event. */
  isRestarting = false

  constructor(parameters: GridParameters, context: StrategyContext) {
    this.state = perpGrid.start(parameters, context)
    this.at = context.at
    const wanted = perpGrid.wanted(this.state)
    for (const want of wanted.resting) this.resting.set(want.slot, want)
    this.targetWant = wanted.targets[0] ?? null
    this.wakes = [...wanted.wakes]
    this.finished = wanted.finish
  }

  rest(want: RestingWant): void {
    this.changes += 1
    this.resting.set(want.slot, want)
  }
  drop(slot: string): void {
    this.changes += 1
    this.resting.delete(slot)
  }
  target(want: TargetWant): void {
    this.targetWant = want
  }
  dropTarget(): void {
    this.targetWant = null
  }
  wake(wake: Wake): void {
    this.wakes = [...this.wakes.filter((held) => held.by !== wake.by), wake]
  }
  finish(finish: Finish): void {
    assert.equal(this.finished, null, 'a finish is reported once')
    this.finished = finish
  }
  note(_level: 'info' | 'warn', text: string): void {
    this.notes.push(text)
  }

  #restart(): void {
    if (this.isRestarting) this.state = JSON.parse(JSON.stringify(this.state)) as GridState
  }

  price(last: number, mark = last): void {
    perpGrid.on(
      this.state,
      {
        kind: 'price',
        at: this.at,
        instrument: btc.id,
        price: { last: price(last), mark: price(mark) },
      },
      this,
    )
    this.#restart()
  }

  close(last: number, mark = last): void {
    this.at += 60_000
    const closeAt = Math.floor(this.at / 60_000) * 60_000
    const candle = {
      openAt: closeAt - 60_000,
      closeAt,
      open: price(last),
      high: price(last),
      low: price(last),
      close: price(last),
      volume: quantity(1),
    }
    perpGrid.on(
      this.state,
      {
        kind: 'candle',
        at: this.at,
        instrument: btc.id,
        candle,
        price: { last: price(last), mark: price(mark) },
      },
      this,
    )
    this.#restart()
  }

  fill(origin: Origin, side: Side, at: number, lots: number, fee = 0): void {
    this.#seq += 1
    const fill: AttributedFill = {
      id: String(this.#seq),
      at: this.at,
      instrument: btc.id,
      clientId: `pf${this.#seq}` as ClientOrderId,
      side,
      price: price(at),
      quantity: quantity(lots),
      fee: money(fee),
      isMaker: origin.kind === 'slot',
      origin,
    }
    perpGrid.on(this.state, { kind: 'fill', at: this.at, seq: this.#seq, fill }, this)
    this.#restart()
  }

  /** Fills a slot at its line, whole or in part. */
  fillSlot(slot: string, lots?: number): void {
    const want = this.resting.get(slot)
    assert.ok(want, `${slot} rests`)
    this.fill({ kind: 'slot', slot }, want.side, want.price, lots ?? Number(want.quantity))
  }

  /** Trades the target at a price, whole or in part. */
  fillTarget(at: number, lots?: number): void {
    const target = this.targetWant
    assert.ok(target, 'a target is wanted')
    const missing = target.quantity - this.state.book.position
    const side = missing > 0 ? 'buy' : 'sell'
    this.fill({ kind: 'target' }, side, at, lots ?? Math.abs(missing))
  }

  fund(amount: number): void {
    this.#seq += 1
    perpGrid.on(
      this.state,
      { kind: 'funding', at: this.at, seq: this.#seq, instrument: btc.id, amount: money(amount) },
      this,
    )
    this.#restart()
  }

  command(parameters: Json): void {
    perpGrid.on(
      this.state,
      { kind: 'command', at: this.at, command: { name: 'adjust', parameters } },
      this,
    )
    this.#restart()
  }

  /** Slots in the order of their price, with lots. */
  book(): Record<string, number> {
    const sorted = [...this.resting.values()].sort((a, b) => a.price - b.price)
    return Object.fromEntries(sorted.map((want) => [want.slot, Number(want.quantity)]))
  }

  /** What was reported so far is what wanted() computes from scratch. */
  assertSame(): Wanted {
    const wanted = perpGrid.wanted(this.state)
    const bySlot = (a: RestingWant, b: RestingWant) => (a.slot < b.slot ? -1 : 1)
    assert.deepEqual([...this.resting.values()].sort(bySlot), [...wanted.resting].sort(bySlot))
    assert.deepEqual(this.targetWant, wanted.targets[0] ?? null)
    const byKind = (a: Wake, b: Wake) => (a.by < b.by ? -1 : 1)
    assert.deepEqual([...this.wakes].sort(byKind), [...wanted.wakes].sort(byKind))
    assert.deepEqual(this.finished, wanted.finish)
    return wanted
  }

  wakeBy(by: 'last' | 'mark'): Wake {
    const wake = this.wakes.find((held) => held.by === by)
    assert.ok(wake)
    return wake
  }
}

test('the rig starts a grid and wants what the strategy wants', () => {
  new Rig(example, contextAt(2_024_850)).assertSame()
})
